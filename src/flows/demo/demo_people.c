/* SPDX-License-Identifier: Apache-2.0
 * Made-up people, where they live, and who sells and stores. Read through demo_words.h. Telephone
 * numbers are from ranges kept for fiction where a country has one. Must never hold a real person.
 */
#include "flows/demo/demo_words.h"

#define ENGLISH_GIVEN                                                                              \
    "Olivia|Noah|Amara|Liam|Chloé=Chloe|Ethan|Maya|Lucas|Grace|Owen|Priya|Daniel|"                \
    "Zoë=Zoe|Marcus|Hannah|Samuel|Aisha|Henry|Ivy|Jordan"
#define ENGLISH_FAMILY                                                                             \
    "Harper|Bennett|Okafor|Whitfield|Carver|Nguyen|Delgado|Marsh|Pemberton|Singh|Ashdown|Reyes|"   \
    "Holloway|Kowalski|Fairbanks|Brooks|Abara|Lindqvist|Moreau|Tate"

const struct demo_country demo_countries[] = {
    { .code = "US",
        .language = "en",
        .share = 40,
        .given = ENGLISH_GIVEN,
        .family = ENGLISH_FAMILY,
        .streets = "Maple Avenue|Cedar Street|Juniper Lane|Lakeview Drive|Orchard Road|Mill Street|"
                   "Hawthorne Boulevard|Prospect Place|Willow Court|2nd Street",
        .cities = "Portland,OR,972##|Austin,TX,787##|Madison,WI,537##|Denver,CO,802##|"
                  "Burlington,VT,054##|Savannah,GA,314##|Tucson,AZ,857##|Albany,NY,122##|"
                  "Boise,ID,837##|Columbus,OH,432##",
        .line1 = "{number} {street}",
        .line2 = "|||Apt #N|Unit N#|Suite N##",
        .phone = "+1 N0N 555 01##" },
    { .code = "CA",
        .language = "en",
        .share = 7,
        .given = ENGLISH_GIVEN,
        .family = ENGLISH_FAMILY,
        .streets = "Birch Street|Lakeshore Road|Rue des Érables|Granville Row|Pine Crescent",
        .cities = "Toronto,ON,M5@ #@#|Vancouver,BC,V6@ #@#|Montréal,QC,H2@ #@#|"
                  "Halifax,NS,B3@ #@#|Calgary,AB,T2@ #@#",
        .line1 = "{number} {street}",
        .line2 = "|||Unit N#",
        .phone = "+1 N0N 555 01##" },
    { .code = "GB",
        .language = "en",
        .share = 14,
        .given = ENGLISH_GIVEN,
        .family = ENGLISH_FAMILY,
        .streets = "Church Lane|Station Road|Victoria Terrace|Mill Hill|Albert Street|The Green",
        .cities = "Manchester,,M14 #@@|Bristol,,BS6 #@@|Leeds,,LS8 #@@|Edinburgh,,EH9 #@@|"
                  "Cardiff,,CF5 #@@|York,,YO31 #@@|London,,SE15 #@@",
        .line1 = "{number} {street}",
        .line2 = "|||Flat N|Top floor",
        .phone = "+44 7700 900###" },
    { .code = "DE",
        .language = "de",
        .share = 14,
        .given = "Jürgen=Juergen|Lena|Matthias|Käthe=Kaethe|Anneliese|Björn=Bjoern|Sophie|Lukas|"
                 "Miriam|Özlem=Oezlem|Felix|Johanna",
        .family = "Müller=Mueller|Schröder=Schroeder|Weiß=Weiss|Brandt|König=Koenig|Vogel|"
                  "Lindner|Yılmaz=Yilmaz|Hofmann|Krüger=Krueger",
        .streets = "Lindenstraße|Gartenweg|Bahnhofstraße|Am Mühlbach|Schillerplatz|Kirchgasse",
        .cities = "Berlin,,104##|Hamburg,,203##|Köln,,506##|München,,803##|Leipzig,,041##|"
                  "Freiburg im Breisgau,,791##",
        .line1 = "{street} {number}",
        .line2 = "||||c/o Hofmann|3. OG",
        .phone = "+49 30 23125 ###" },
    { .code = "FR",
        .language = "fr",
        .share = 9,
        .given = "Élodie=Elodie|Théo=Theo|Amélie=Amelie|Baptiste|Noémie=Noemie|Hugo|Inès=Ines|"
                 "Jérôme=Jerome|Camille|Léa=Lea",
        .family =
            "Lefèvre=Lefevre|Durand|Moreau|Garnier|Béranger=Beranger|Chevalier|Dubois|Roussel|"
            "Faure",
        .streets = "rue des Lilas|avenue de la Gare|rue du Moulin|place du Marché|quai des Brumes",
        .cities = "Lyon,,6900#|Nantes,,44000|Lille,,59000|Bordeaux,,33000|Strasbourg,,67000|"
                  "Paris,,7501#",
        .line1 = "{number} {street}",
        .line2 = "|||Bâtiment N|Escalier N",
        .phone = "+33 6 39 98 ## ##" },
    { .code = "NL",
        .language = "nl",
        .share = 4,
        .given = "Sanne|Daan|Femke|Bram|Lotte|Sven|Noor|Ruben",
        .family = "de Vries|Jansen|Bakker|van Dijk|Visser|Mulder|de Boer",
        .streets = "Kerkstraat|Molenweg|Singel|Lindelaan|Havenkade",
        .cities = "Amsterdam,,101# @@|Utrecht,,351# @@|Rotterdam,,301# @@|Groningen,,971# @@",
        .line1 = "{street} {number}",
        .line2 = "||||N hoog",
        .phone = "+31 85 000 ####" },
    { .code = "ES",
        .language = "es",
        .share = 4,
        .given = "Lucía=Lucia|Martín=Martin|Íñigo=Inigo|Carmen|Álvaro=Alvaro|Marta|Sofía=Sofia",
        .family = "García=Garcia|Núñez=Nunez|Romero|Ibáñez=Ibanez|Castro|Vidal|Serrano",
        .streets = "Calle Mayor|Calle de la Rosa|Avenida del Puerto|Plaza Nueva|Calle del Olmo",
        .cities = "Madrid,Madrid,280##|Valencia,Valencia,460##|Sevilla,Sevilla,410##|"
                  "Barcelona,Barcelona,080##",
        .line1 = "{street}, {number}",
        .line2 = "|N.º izq.|N.º B|",
        .phone = "+34 600 000 ###" },
    { .code = "IT",
        .language = "it",
        .share = 3,
        .given = "Giulia|Matteo|Chiara|Lorenzo|Niccolò=Niccolo|Francesca|Alessia",
        .family = "Rossi|Bianchi|Ferrara|Conti|Marchetti|De Luca|Esposito",
        .streets = "Via Garibaldi|Via delle Rose|Corso Italia|Piazza del Popolo|Via San Marco",
        .cities = "Torino,TO,101##|Bologna,BO,401##|Firenze,FI,501##|Verona,VR,371##",
        .line1 = "{street} {number}",
        .line2 = "|||Scala N",
        .phone = "+39 320 000 ####" },
    { .code = "SE",
        .language = "sv",
        .share = 3,
        .given = "Åsa=Asa|Björn=Bjorn|Linnéa=Linnea|Göran=Goran|Elsa|Nils|Freja",
        .family = "Lindström=Lindstrom|Åkesson=Akesson|Bergqvist|Sjöberg=Sjoberg|Nyström=Nystrom|"
                  "Holm",
        .streets = "Storgatan|Björkvägen|Strandvägen|Kungsgatan|Ängsgatan",
        .cities = "Stockholm,,11# ##|Göteborg,,41# ##|Malmö,,21# ##|Uppsala,,75# ##",
        .line1 = "{street} {number}",
        .line2 = "|||lgh 110N",
        .phone = "+46 70 174 06 ##" },
    { .code = "AU",
        .language = "en",
        .share = 4,
        .given = ENGLISH_GIVEN,
        .family = ENGLISH_FAMILY,
        .streets = "Wattle Street|Banksia Road|Ocean Parade|Ferry Lane|Jacaranda Avenue",
        .cities =
            "Melbourne,VIC,30##|Sydney,NSW,20##|Brisbane,QLD,40##|Hobart,TAS,700#|Perth,WA,60##",
        .line1 = "{number} {street}",
        .line2 = "|||Unit N",
        .phone = "+61 491 570 ###" },
};
const size_t demo_countries_n = COUNT(demo_countries);

static const struct demo_warehouse warehouses[DEMO_WAREHOUSES] = {
    { S_INIT("east"), S_INIT("Harrisburg"), S_INIT("1200 Depot Road"), S_INIT("Harrisburg"),
        S_INIT("PA"), S_INIT("17111"), S_INIT("US"), 40273, -76887 },
    { S_INIT("west"), S_INIT("Reno"), S_INIT("88 Sagebrush Way"), S_INIT("Reno"), S_INIT("NV"),
        S_INIT("89502"), S_INIT("US"), 39530, -119814 },
    { S_INIT("europe"), S_INIT("Venlo"), S_INIT("Handelsweg 14"), S_INIT("Venlo"), S_INIT(""),
        S_INIT("5928 AA"), S_INIT("NL"), 51370, 6172 },
};

const struct demo_warehouse *demo_warehouses(void)
{
    return warehouses;
}

#define SELLER(slug, name, country, about)                                                         \
    {                                                                                              \
        S_INIT(slug), S_INIT(name), S_INIT(slug "@example.com"), S_INIT(country), S_INIT(about)    \
    }

static const struct demo_seller sellers[] = {
    SELLER("souk", "Souk", "US", "Sold and sent by the shop itself."),
    SELLER("northgate-electronics", "Northgate Electronics", "US",
        "Computers and what belongs to them, since 2009."),
    SELLER("hallways", "Hallways", "US", "Furniture and light for rooms of a human size."),
    SELLER("atelier-lumen", "Atelier Lumen", "FR", "Beautiful things from small French workshops."),
    SELLER(
        "kontor-42", "Kontor 42", "DE", "Office, audio, photo: tested by us before it is listed."),
    SELLER("fell-and-ford", "Fell & Ford", "GB", "Clothes and gear for bad weather."),
    SELLER("casa-olivo", "Casa Olivo", "IT", "Kitchen and pantry, chosen with an appetite."),
    SELLER("bluebird-toys", "Bluebird Toys", "US", "Toys that survive the second child."),
    SELLER(
        "papermill-books", "Papermill Books", "GB", "Three booksellers and a very large cellar."),
    SELLER("fjell-sport", "Fjell Sport", "SE", "Everything for outside, repaired if need be."),
    SELLER("greenleaf-pantry", "Greenleaf Pantry", "CA", "Organic food, soap and supplements."),
    SELLER("whisker-and-wag", "Whisker & Wag", "AU", "For those who own a human."),
};

const struct demo_seller *demo_sellers(size_t *ret_n)
{
    *ret_n = COUNT(sellers);
    return sellers;
}
