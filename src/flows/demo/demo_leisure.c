/* SPDX-License-Identifier: Apache-2.0
 * What the sports, toy, book and music departments of a demo shop sell. Read through demo_words.h.
 * Must never name a real brand. */
#include "flows/demo/demo_words.h"

#define BRANDS                                                                                     \
    "Ridgevane|Tarnhollow|Alpenrö|Boldrake|Vantryl|Summitra|Pacewell|Outlyre|Grannoch|Trailmoss"
#define TOY_BRANDS                                                                                 \
    "Tumblewick|Pippa & Oak|Kinderlund|Zottelbär|Woodlark Lane|Marblefox|Hopscotcher|Little "     \
    "Quarry"
#define BOOK_BRANDS                                                                                \
    "Lantern Row Press|Harbourline Books|Éditions du Quai Vert|Grey Heron House|Paper Orchard|"   \
    "Kastanje Verlag|Small Hours Press"
#define AUTHORS                                                                                    \
    "Ida Marsholm|Théo Lavigne|Rosa Quintero-Bell|Jun Takemori|Annika Størlund|Miles Okonro|"    \
    "Clara Weißdorn|Peter Harrowgate|Lucía Verdaz|Noor el-Safir|Edith Pallow|Tomasz Wilczar|"    \
    "Zoë Amberley|Samuel Adeyinwa|Margit Føssum|Oona Kivelä"
#define BOOK_PROS                                                                                  \
    "I finished it in two evenings|the language is beautiful|the characters feel alive|the "       \
    "ending "                                                                                      \
    "is perfect|I have already given away two copies"
#define BOOK_CONS                                                                                  \
    "the middle part drags|the print is small|there are too many names|the cover was bent"

static const struct demo_spec specs[] = {
    { .slug = "balls", .name = "Balls", .parent = "sports", .picture = "ball",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {sport}, {use}, {material}",
        .attributes = {
            { "sport", "Sport", NULL, DEMO_TEXT, "Football|Basketball|Volleyball|Handball" },
            { "use", "Use", NULL, DEMO_TEXT, "Training|Match|Indoor|Street" },
            { "material", "Material", NULL, DEMO_TEXT, "Composite|Rubber|Microfibre|Recycled PU" },
            { "hand_stitched", "Hand-stitched", NULL, DEMO_BOOL, NULL, false, 35 },
        },
        .colours = "White|Orange|Blue|Yellow|Red", .colours_max = 2,
        .axis = "Size", .axis_values = "3|4|5", .axis_max = 2,
        .price_minor = 2790, .spread_percent = 50, .weight_g = 430,
        .lead =
            "A ball that flies where it was sent and comes back round.|{material} with a fine "
            "grain, so that it sits in wet hands too.",
        .detail =
            "The bladder holds its pressure for weeks, and panels are bonded without a seam.|A "
            "part of the price goes to youth clubs.",
        .bullets = "{material}|For {use}|Holds pressure for weeks|Pump needle included",
        .pros =
            "it flies true|it grips well in the rain|it keeps its air|the kids play with nothing "
            "else",
        .cons = "it arrives flat|it is a little hard|the print wears off on asphalt" },
    { .slug = "rackets", .name = "Rackets", .parent = "sports", .picture = "racket",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {sport} Racket, {weight} g, {frame}",
        .attributes = {
            { "sport", "Sport", NULL, DEMO_TEXT, "Tennis|Badminton|Squash" },
            { "frame", "Frame", NULL, DEMO_TEXT, "Aluminium|Graphite|Carbon", true },
            { "weight", "Weight", "g", DEMO_NUMBER, "85|130|255|280|300|315" },
            { "head", "Head size", "cm²", DEMO_NUMBER, "500|613|645|660|690" },
            { "strung", "Strung", NULL, DEMO_BOOL, NULL, false, 75 },
        },
        .colours = "Blue|Red|Black|Teal|Orange", .colours_max = 0,
        .axis = "Grip", .axis_values = "L1|L2|L3|L4", .axis_max = 4,
        .price_minor = 9490, .spread_percent = 55, .weight_g = 320,
        .lead =
            "{weight} g of {frame} that forgive a late step.|A {sport} racket with a sweet spot "
            "the size of a plate.",
        .detail =
            "The frame damps before it reaches the elbow, and the grip breathes.|It comes strung "
            "at a medium tension, with a cover.",
        .bullets = "{frame} frame|{weight} g|{head} cm² head|Damped handle|Cover included",
        .pros =
            "I hit with more spin at once|my elbow is grateful|it is well balanced|control is "
            "excellent",
        .cons =
            "the strings are basic|the grip is thin|it is head-heavy|paint chips at the frame" },
    { .slug = "bicycles", .name = "Bicycles", .parent = "sports", .picture = "bicycle",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind} Bike, {gears}-Speed, {frame} Frame, {wheels}-Inch",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "City|Gravel|Trekking|Mountain|Electric City" },
            { "frame", "Frame", NULL, DEMO_TEXT, "Steel|Aluminium|Aluminium|Carbon", true },
            { "gears", "Gears", NULL, DEMO_NUMBER, "3|7|8|11|12|20", true },
            { "wheels", "Wheels", "in", DEMO_NUMBER, "26|27.5|28|29" },
            { "weight", "Weight", "kg", DEMO_NUMBER, "9.8|11.5|13.2|15|18.5" },
            { "lights", "Lights", NULL, DEMO_BOOL, NULL, false, 60 },
        },
        .colours = "Forest Green|Black|Sky Blue|Red|Cream|Orange", .colours_max = 2,
        .axis = "Frame size", .axis_values = "S|M|L|XL", .axis_max = 4,
        .price_minor = 74900, .spread_percent = 55, .weight_g = 14500,
        .lead =
            "A {kind} bike with {gears} gears and a position that keeps the back happy.|The "
            "{name} weighs {weight} kg and goes where the road ends.",
        .detail =
            "Disc brakes stop it in the rain, and the belt needs no oil.|It arrives nearly "
            "assembled: turn the bars, fit the pedals, go.",
        .bullets =
            "{frame} frame, {weight} kg|{gears} gears|{wheels}-inch wheels|Hydraulic disc brakes|"
            "Delivered nearly assembled",
        .pros =
            "it rides like on rails|the gears shift cleanly|assembly took ten minutes|it looks "
            "stunning|the brakes are strong",
        .cons =
            "the saddle is hard|the bell is weak|the pedals are plastic|the manual covers five "
            "models" },
    { .slug = "tents", .name = "Tents", .parent = "outdoors", .picture = "tent",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {persons}-Person {kind} Tent, {weight} kg",
        .attributes = {
            { "persons", "Persons", NULL, DEMO_NUMBER, "1|2|2|3|4|6" },
            { "kind", "Kind", NULL, DEMO_TEXT, "Dome|Tunnel|Trekking|Family" },
            { "weight", "Weight", "kg", DEMO_NUMBER, "1.2|1.9|2.6|3.8|7.5" },
            { "water_column", "Water column", "mm", DEMO_NUMBER, "2000|3000|4000|5000", true },
            { "freestanding", "Freestanding", NULL, DEMO_BOOL, NULL, false, 70 },
        },
        .colours = "Forest Green|Orange|Sand|Sky Blue|Red", .colours_max = 2,
        .price_minor = 17900, .spread_percent = 60, .weight_g = 2600,
        .lead =
            "A home for {persons}, up in five minutes and dry at {water_column} mm.|The {name} "
            "has two doors, so that nobody climbs over anybody.",
        .detail =
            "Poles are colour-coded, and inner and outer tent go up together in the rain.|Storms "
            "are no news to it: it was tested at 100 km/h.",
        .bullets =
            "{persons} persons|{weight} kg|{water_column} mm water column|Two doors, two porches|"
            "Repair kit included",
        .pros =
            "it went up in minutes|it stayed dry in a storm|it packs small|there is room to sit|"
            "the zips never jam",
        .cons =
            "the pegs bend|it gets warm in the sun|the bag is tight|there is some condensation" },
    { .slug = "backpacks", .name = "Backpacks", .parent = "outdoors", .picture = "backpack",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind} Backpack, {volume} l, {material}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "City|Hiking|Travel|Laptop|Roll-Top" },
            { "volume", "Volume", "l", DEMO_NUMBER, "16|20|24|28|35|45" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Recycled Polyester|Waxed Canvas|Ripstop Nylon|Tarpaulin" },
            { "laptop", "Laptop pocket", "in", DEMO_NUMBER, "13|14|15.6|16|17" },
            { "rain_cover", "Rain cover", NULL, DEMO_BOOL, NULL, false, 45 },
        },
        .colours = "Black|Navy|Olive|Mustard|Burgundy|Teal|Sand", .colours_max = 4,
        .price_minor = 7900, .spread_percent = 50, .weight_g = 950,
        .lead =
            "{volume} litres for an office week or a weekend in the hills.|The {name} carries "
            "well because it sits close and breathes.",
        .detail =
            "A padded pocket holds laptops to {laptop} inches, and a hidden one keeps the "
            "passport.|Straps, buckles and zips can be replaced at home.",
        .bullets =
            "{volume} l|Laptop to {laptop} in|{material}|Hidden pocket at the back|Chest strap "
            "with whistle",
        .pros =
            "it is very comfortable|there is a pocket for everything|it fits under the seat|it "
            "kept my laptop dry|it looks smart",
        .cons =
            "the bottle pocket is tight|the zip catches at the corner|it does not stand by "
            "itself|the straps are long" },
    { .slug = "dumbbells", .name = "Weights", .parent = "sports", .picture = "dumbbell",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind}, {coating}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Dumbbell|Hex Dumbbell|Dumbbell Pair" },
            { "coating", "Coating", NULL, DEMO_TEXT, "Neoprene|Rubber|Chrome|Vinyl" },
            { "handle", "Handle", "mm", DEMO_NUMBER, "25|28|30|33" },
            { "anti_roll", "Does not roll", NULL, DEMO_BOOL, NULL, false, 70 },
        },
        .colours = "Black|Teal|Coral|Navy|Lilac", .colours_max = 0,
        .axis = "Weight",
        .axis_values = "1 kg|2 kg|4 kg|6 kg|8 kg|10 kg|15 kg",
        .axis_max = 5,
        .axis_step_percent = 48,
        .price_minor = 1590, .spread_percent = 40, .weight_g = 4000,
        .lead =
            "A {kind} that stays where you put it and is kind to the floor.|{coating} outside, "
            "cast iron inside, {handle} mm in the hand.",
        .detail =
            "The handle is knurled just enough, and the weight is within one percent.|There is "
            "no smell: it was aired before packing.",
        .bullets = "{coating}|{handle} mm handle|Weight within 1%|Kind to floors",
        .pros =
            "the grip is secure|it does not smell|it does not roll away|it is exactly the right "
            "weight",
        .cons =
            "the coating marks a white wall|the number wears off|shipping weight surprised the "
            "courier" },
    { .slug = "toy-cars", .name = "Toy vehicles", .parent = "toys", .picture = "toy-car",
        .naming = DEMO_NAMING_SOFT, .brands = TOY_BRANDS, .share = 1,
        .title = "{brand} {name} {material} {kind}, from {age} Years",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Race Car|Delivery Van|Fire Engine|Beetle Car" },
            { "material", "Material", NULL, DEMO_TEXT, "Wooden|Die-Cast|Recycled Plastic" },
            { "age", "From age", "years", DEMO_NUMBER, "1|2|3|3|5" },
            { "sound", "With sound", NULL, DEMO_BOOL, NULL, false, 25 },
        },
        .colours = "Red|Blue|Yellow|Green|Orange|White", .colours_max = 4,
        .price_minor = 1790, .spread_percent = 50, .weight_g = 280,
        .lead =
            "A {kind} that fits small hands and rolls a long way.|{material}, round at every "
            "corner, and quiet on wooden floors.",
        .detail =
            "Paint is on a water base and survives being chewed.|Wheels are on steel axles, so a "
            "standing child does no harm.",
        .bullets = "{material}|From {age} years|Water-based paint|Steel axles",
        .pros =
            "my son takes it to bed|it rolls beautifully|it is nearly indestructible|the paint "
            "is flawless",
        .cons = "it is smaller than expected|the wheels pick up hair|the box was crushed" },
    { .slug = "soft-toys", .name = "Soft toys", .parent = "toys", .picture = "teddy",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = TOY_BRANDS, .share = 1,
        .title = "{brand} {name} the {animal}, {material}, from Birth",
        .attributes = {
            { "animal", "Animal", NULL, DEMO_TEXT, "Bear|Little Bear|Honey Bear|Forest Bear" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Organic Plush|Mohair|Cotton Velour|Recycled Plush" },
            { "washable", "Washable", NULL, DEMO_BOOL, NULL, false, 85 },
        },
        .colours = "Camel|Brown|Cream|Grey|Rose|Honey", .colours_max = 3,
        .axis = "Height",
        .axis_values = "18 cm|25 cm|35 cm|50 cm",
        .axis_max = 2,
        .axis_step_percent = 32,
        .price_minor = 2490, .spread_percent = 45, .weight_g = 260,
        .lead =
            "{name} is a {animal} with a round belly and an understanding look.|Soft {material}, "
            "stitched eyes, and ears that are made for being pulled.",
        .detail =
            "It goes into the wash at 30 °C and comes out as friendly as before.|Every seam is "
            "sewn twice and tested.",
        .bullets = "{material}|Embroidered eyes|Washable at 30 °C|Safe from birth",
        .pros =
            "it is unbelievably soft|it became a friend at once|it washes well|it is beautifully "
            "made",
        .cons = "it sheds a little at first|it is stuffed quite firmly|one ear sat askew" },
    { .slug = "puzzles", .name = "Puzzles", .parent = "toys", .picture = "puzzle",
        .naming = DEMO_NAMING_SOFT, .brands = TOY_BRANDS, .share = 1,
        .title = "{brand} {name} {motif} Jigsaw Puzzle, {cut}",
        .attributes = {
            { "motif", "Motif", NULL, DEMO_TEXT,
                "Harbour|Forest|Night Sky|Market Square|Botanical|Old Map" },
            { "cut", "Cut", NULL, DEMO_TEXT, "Random Cut|Ribbon Cut|Wooden" },
            { "age", "From age", "years", DEMO_NUMBER, "3|6|8|10|12" },
            { "poster", "Poster included", NULL, DEMO_BOOL, NULL, false, 60 },
        },
        .colours = "Blue|Green|Red|Yellow|Teal", .colours_max = 0,
        .axis = "Pieces",
        .axis_values = "100|300|500|1000|2000",
        .axis_max = 3,
        .axis_step_percent = 24,
        .price_minor = 1690, .spread_percent = 40, .weight_g = 700,
        .lead =
            "A {motif} to get lost in for a rainy weekend.|Thick board, a matt print and pieces "
            "that snap.",
        .detail =
            "No two pieces are alike, and there is hardly any dust in the box.|A missing piece "
            "is sent by post, free, for ten years.",
        .bullets =
            "{cut}|Matt print without glare|Thick recycled board|Missing pieces are replaced",
        .pros =
            "the pieces fit perfectly|there is no glare|the picture is charming|it was a great "
            "evening",
        .cons = "the sky is hard|one piece was missing, but it was sent|the box is large" },
    { .slug = "fiction", .name = "Novels", .parent = "books", .picture = "book",
        .naming = DEMO_NAMING_BOOK, .tone = DEMO_TONE_BOOK, .brands = BOOK_BRANDS, .share = 2,
        .title = "{name}: A Novel by {author}",
        .attributes = {
            { "author", "Author", NULL, DEMO_TEXT, AUTHORS },
            { "genre", "Genre", NULL, DEMO_TEXT,
                "Literary|Crime|Historical|Science Fiction|Romance" },
            { "pages", "Pages", NULL, DEMO_NUMBER, "184|232|288|320|368|416|512" },
            { "language", "Language", NULL, DEMO_TEXT, "English|English|English|Deutsch|Français" },
        },
        .colours = "Navy|Burgundy|Forest Green|Mustard|Teal|Cream|Coral", .colours_max = 0,
        .axis = "Format",
        .axis_values = "Paperback|Hardcover|Gift edition",
        .axis_max = 3,
        .axis_step_percent = 48,
        .price_minor = 1399, .spread_percent = 25, .weight_g = 380,
        .lead =
            "A letter arrives forty years late, and a small town has to remember.|Two sisters, "
            "one house, and a summer that neither of them tells in the same way.|A translator "
            "disappears; what remains is her last, unfinished sentence.",
        .detail =
            "{author} tells it on {pages} pages with warmth and without a superfluous word.|"
            "Praised for its dialogue and for an ending nobody sees coming.",
        .bullets = "{pages} pages|{genre}|By {author}|Thread-sewn, on FSC paper",
        .pros = BOOK_PROS, .cons = BOOK_CONS },
    { .slug = "cookbooks", .name = "Cookbooks", .parent = "books", .picture = "book",
        .naming = DEMO_NAMING_BOOK, .tone = DEMO_TONE_BOOK, .brands = BOOK_BRANDS, .share = 1,
        .title = "{name}: {recipes} {kitchen} Recipes by {author}",
        .attributes = {
            { "author", "Author", NULL, DEMO_TEXT, AUTHORS },
            { "kitchen", "Kitchen", NULL, DEMO_TEXT,
                "Everyday|Vegetarian|Levantine|Nordic|Baking|Italian" },
            { "recipes", "Recipes", NULL, DEMO_NUMBER, "60|75|80|100|120" },
            { "pages", "Pages", NULL, DEMO_NUMBER, "176|208|240|304" },
        },
        .colours = "Terracotta|Sage|Mustard|Cream|Red|Teal", .colours_max = 0,
        .axis = "Format",
        .axis_values = "Paperback|Hardcover",
        .axis_max = 2,
        .axis_step_percent = 30,
        .price_minor = 2499, .spread_percent = 25, .weight_g = 900,
        .lead =
            "{recipes} recipes that work on a Tuesday evening, with what is in the house.|"
            "{author} cooks {kitchen} food as it is cooked at home: quickly, generously, with "
            "one pot fewer.",
        .detail =
            "Each recipe has a picture, a time that is true and an idea for the leftovers.|The "
            "book lies flat, and its pages do not mind tomato sauce.",
        .bullets = "{recipes} recipes|{pages} pages with pictures|Lies flat|Index by ingredient",
        .pros =
            "every recipe worked|the pictures make you hungry|ingredients are easy to find|it "
            "lies flat on the counter",
        .cons = BOOK_CONS },
    { .slug = "guitars", .name = "Guitars", .parent = "music", .picture = "guitar",
        .naming = DEMO_NAMING_TECH,
        .brands = "Calverra|Hollowood|Serrano Luz|Norrbeck|Whitloe|Lutherie Armel|Stringham",
        .share = 1,
        .title = "{brand} {name} {kind} Guitar, {top} Top, {scale} mm",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Acoustic|Classical|Dreadnought|Parlour" },
            { "top", "Top", NULL, DEMO_TEXT,
                "Laminated Spruce|Solid Spruce|Solid Cedar|Mahogany", true },
            { "scale", "Scale", "mm", DEMO_NUMBER, "610|630|645|650" },
            { "frets", "Frets", NULL, DEMO_NUMBER, "18|19|20|22" },
            { "pickup", "Pickup", NULL, DEMO_BOOL, NULL, false, 40 },
        },
        .colours = "Natural|Sunburst|Black|Mahogany|Blue", .colours_max = 2,
        .price_minor = 24900, .spread_percent = 65, .weight_g = 2100,
        .lead =
            "A {kind} guitar with a {top} top that opens up with every month of playing.|The "
            "{name} is easy on beginners' fingers and honest to experienced ears.",
        .detail =
            "The neck is slim and straight, and the action is set by hand before it ships.|A "
            "padded bag, a strap and a tuner come with it.",
        .bullets =
            "{top} top|{scale} mm scale, {frets} frets|Set up by hand|Bag, strap and tuner "
            "included",
        .pros =
            "the tone is warm and full|it stays in tune|the action is low|it is beautifully "
            "finished",
        .cons =
            "the strings needed changing|the bag is thin|there was a sharp fret end|the tuner is "
            "basic" },
};

const struct demo_spec_list demo_specs_leisure = { specs, COUNT(specs) };
