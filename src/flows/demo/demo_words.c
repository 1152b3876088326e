/* SPDX-License-Identifier: Apache-2.0
 * Names and sentences that no single category owns, and the departments. Read through demo_words.h.
 * Must never name a real brand. */
#include "flows/demo/demo_words.h"

const struct demo_group demo_groups[] = {
    { "computers", "Computers", NULL, "laptop" },
    { "office-machines", "Printers and supplies", "computers", "printer" },
    { "computer-accessories", "Accessories", "computers", "keyboard" },
    { "storage-and-memory", "Storage and memory", "computers", "drive" },
    { "electronics", "Electronics", NULL, "phone" },
    { "phones-and-tablets", "Phones and tablets", "electronics", "phone" },
    { "audio", "Audio", "electronics", "headphones" },
    { "photo", "Photography", "electronics", "camera" },
    { "home", "Home and living", NULL, "lamp" },
    { "furniture", "Furniture", "home", "sofa" },
    { "kitchen", "Kitchen", NULL, "kettle" },
    { "tools", "Tools and DIY", NULL, "drill" },
    { "fashion", "Fashion", NULL, "shirt" },
    { "clothing", "Clothing", "fashion", "dress" },
    { "footwear", "Footwear", "fashion", "shoe" },
    { "fashion-accessories", "Accessories", "fashion", "bag" },
    { "jewellery-and-watches", "Jewellery and watches", "fashion", "ring" },
    { "sports", "Sports and outdoors", NULL, "ball" },
    { "outdoors", "Camping and hiking", "sports", "tent" },
    { "toys", "Toys and games", NULL, "teddy" },
    { "books", "Books", NULL, "book" },
    { "music", "Musical instruments", NULL, "guitar" },
    { "beauty", "Beauty", NULL, "perfume" },
    { "health", "Health", NULL, "vitamin" },
    { "grocery", "Grocery", NULL, "coffee" },
    { "pets", "Pets", NULL, "pet-bowl" },
};
const size_t demo_groups_n = COUNT(demo_groups);

const char *const demo_family_tech =
    "Vento|Kestrel|Orbit|Lumen|Zephyr|Quartz|Nimbus|Falcon|Helix|Aster|Cobalt|Drift|Ember|Flux|"
    "Glide|Halo|Ion|Juno|Krypton|Lyra|Meridian|Nova|Onyx|Pulse|Quill|Radiant|Solace|Tempo|Umbra|"
    "Vertex|Willow|Xenon|Yonder|Zenith|Arc|Beacon|Cirrus|Delta|Echo|Fjord|Granite|Horizon|Iris|"
    "Jasper|Keystone|Lodestar|Mosaic|Northstar|Opal|Prisma|Quasar|Relay|Summit|Tidal|Unity|"
    "Vector|Wavelet|Axiom|Birch|Comet|Dune|Equinox|Fathom|Garnet|Harbor|Indigo|Kite|Lattice|"
    "Magnet|Nectar|Osprey|Pebble|Rune";
const char *const demo_family_soft =
    "Tansy|Marlow|Elin|Bodil|Clover|Fern|Hazel|Iver|Juniper|Kaya|Linden|Maren|Nell|Olive|Petra|"
    "Quince|Rowan|Sorrel|Thea|Ursel|Viola|Wren|Yarrow|Zinnia|Aster|Briar|Cora|Dalia|Esme|Flora|"
    "Greta|Heath|Ines|Jorun|Kolby|Lark|Mira|Nora|Otis|Poppy|Rosalie|Saga|Tilde|Una|Vera|Willa|"
    "Ylva|Zora|Alder|Basil|Cedar|Dora|Elm|Freya|Gilda|Holly|Isla|Jade|Kit|Lotte|Mabel|Nessa|Orla|"
    "Pax|Rhea|Sunniva|Tove|Ulla|Vale|Wilma|Yuna|Anouk|Birk|Chloé|Dunja|Edda|Finn|Gro|Hedda|Ilse|"
    "Jonas|Käthe|Leif|Maeve|Nils|Oona|Pia|Rune|Søren|Theo|Urs|Vida|Wim|Yara|Zelda|Åse|Émile";
const char *const demo_tags_tech = "|Pro|Air|Plus|Lite|Max|SE|Ultra|Neo|Go|Studio|Core";
const char *const demo_tags_soft =
    "Harbour|Meadow|Solstice|Coast|Orchard|Terrace|Garden|Lagoon|Prairie|Brook|Hollow|Dawn|Ridge|"
    "Bay|Grove|Island|Canyon|Valley|Moor|Cove|Forest|Cliff|Pond|Heather|Dusk|Alley|Studio|Atelier|"
    "Classic|Heritage|Weekend|Market|Gallery|Lane|Summer|Winter|Autumn|Spring|North|South";

const char *const demo_book_adjectives =
    "Silent|Salted|Borrowed|Golden|Hidden|Last|Quiet|Northern|Painted|Wandering|Little|Second|"
    "Paper|Winter|Forgotten|Blue|Unwritten|Distant|Patient|Copper|Generous|Summer|Long|Secret|"
    "Half-Open|Glass|Honest|Slow|Bright|Crooked";
const char *const demo_book_nouns =
    "Orchard|Harbour|Table|Letter|Garden|River|Kitchen|Lighthouse|Library|Season|Bridge|Island|"
    "Window|Clockmaker|Station|Meadow|House|Cartographer|Tide|Lantern|Bakery|Market|Road|Piano|"
    "Village|Sea|Forest|Promise|Hour";

#define PLASTIC "Packed in recycled cardboard, without a gram of plastic."
#define PRESENT "A good present, not least to yourself."
const char *const demo_closings[DEMO_TONE_N] = {
    [DEMO_TONE_MADE] =
        PLASTIC "|" PRESENT
                "|"
                "It comes with a two-year warranty and thirty days to change your mind.|"
                "Questions are answered by people who have used it themselves.|"
                "Spare parts will be available for ten years.|"
                "The {name} family has been a favourite of our customers for years.|"
                "Designed in-house at {brand}, tested by four hundred customers.",
    [DEMO_TONE_SOFT] = PLASTIC "|" PRESENT
                               "|"
                               "Thirty days to change your mind, and the way back is free.|"
                               "The {name} range has been a favourite of our customers for years.|"
                               "Designed in-house at {brand} and made in small runs.|"
                               "If a seam gives way, we mend it.",
    [DEMO_TONE_USED_UP] =
        PLASTIC "|" PRESENT
                "|"
                "Made in small batches and dated by hand.|"
                "The {name} range has been a favourite of our customers for years.|"
                "Sent within a day, so that it arrives fresh.|"
                "{brand} tells you where every part of it comes from.",
    [DEMO_TONE_BOOK] = PLASTIC "|" PRESENT
                               "|"
                               "Printed on paper from certified forests.|"
                               "Made to be lent and, with luck, returned.|"
                               "Edited and set with care at {brand}.",
};

const char *const demo_review_titles[5] = {
    "Disappointed|Went straight back|Not what was promised|Avoid|Broke after a week|Sadly no",
    "Expected more|Could be better|Not for me|Meh|Two good ideas, three bad ones|Below average",
    "Fine, but no more|Does its job|Mixed feelings|OK for the price|Average|Half convinced",
    "Very good, with one catch|Good buy|Nearly perfect|Happy with it|Solid|Would buy again|"
    "Good value",
    "Love it|Exactly what I was looking for|Better than expected|Five stars|Perfect|Wonderful|"
    "Best I have owned|A joy to use|Highly recommended|Très content !",
};
const char *const demo_review_openings[5] = {
    "I really wanted to like it, but it has to go back.|After a week the verdict is clear: no.|"
    "I do not understand the good reviews.|This was a mistake.",
    "I expected more from {brand}.|It looked better in the pictures.|"
    "It works, but the details let it down.|Not terrible, but not good either.",
    "It does what it says, no more and no less.|I am in two minds.|"
    "For the price it is acceptable.|There is good and bad.",
    "I have had it for a few weeks now and am happy.|Good quality all in all.|"
    "A good buy that I would recommend.|Nearly everything about it is right.|"
    "Second one from {brand}, and again no regrets.",
    "I am delighted.|I compared for weeks, and this was the right choice.|"
    "Bought for my sister, then a second one for me.|From the first day it was part of the house.|"
    "I rarely write reviews, but this one deserves it.|What a lovely thing.",
};
const char *const demo_review_closings[5] = {
    "The return was easy, at least.|I cannot recommend it.|Money back, thank you.|"
    "Save yourself the trouble.",
    "I will keep it, but would not buy it again.|There are better ones for the money.|"
    "Perhaps the next version.",
    "You get what you pay for.|If you can live with that, go ahead.|"
    "Let us see how long it lasts.|I would wait for an offer.",
    "Still a clear recommendation.|For the price there is little to complain about.|"
    "One star off for that, otherwise great.|I would buy it again.",
    "I would buy it again at once.|Worth every cent.|Delivery was quick, too.|"
    "My whole family wants one now.|Thank you, {brand}!|Clear recommendation.",
};
const char *const demo_review_likes =
    "I like that {x}.|What I like most: {x}.|Best of all, {x}.|First impression: {x}.|"
    "I can confirm that {x}.|It has to be said that {x}.|To me it matters that {x}.";
const char *const demo_review_dislikes =
    "Unfortunately {x}.|My only complaint: {x}.|What bothers me: {x}.|A small minus: {x}.|"
    "I did not expect that {x}.|Be aware that {x}.";
const char *const demo_review_uses =
    "I use it nearly every day.|We have had it for three months.|It was a birthday present.|"
    "It replaced one that I had for nine years.|I use it at work and at home.|"
    "My daughter has borrowed it twice already.|It has been on two journeys with me.|"
    "The pictures show it as it is.|||";
