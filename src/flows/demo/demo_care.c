/* SPDX-License-Identifier: Apache-2.0
 * What the beauty, grocery and pet departments of a demo shop sell. Read through demo_words.h.
 * Must never name a real brand nor promise a cure. */
#include "flows/demo/demo_words.h"

#define BRANDS                                                                                     \
    "Élune|Rosavere|Verdaine|Sève & Sel|Mirabelline|Lumessa|Opaline Grove|Cedarlune|Silvane"
#define FOOD_BRANDS                                                                                \
    "Café Aldoro|Rösthof Lindau|Meadowjar|Old Quay Pantry|Tierra Lumen|Kettle Lane|Honeywick|"   \
    "Finca Alborán|Sundrift"
#define PET_BRANDS "Pawsley|Waggonby|Tailwend|Whiskerlane|Boneluck|Mopsli|Barkenby"

static const struct demo_spec specs[] = {
    { .slug = "soaps", .name = "Soaps", .parent = "beauty", .picture = "soap",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_USED_UP, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind} with {scent}, {weight} g",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Hand Soap|Shampoo Bar|Body Soap|Face Soap" },
            { "scent", "Scent", NULL, DEMO_TEXT,
                "Lavender|Lemon Verbena|Sea Salt|Rose|Cedar|Olive|Oat Milk" },
            { "weight", "Weight", "g", DEMO_NUMBER, "80|100|100|125|150" },
            { "vegan", "Vegan", NULL, DEMO_BOOL, NULL, false, 80 },
        },
        .colours = "Lilac|Cream|Sage|Rose|Honey|Sky Blue", .colours_max = 0,
        .axis = "Pack",
        .axis_values = "1 bar|3 bars|6 bars",
        .axis_max = 3,
        .axis_step_percent = 140,
        .price_minor = 790, .spread_percent = 40, .weight_g = 120,
        .lead =
            "A {kind} with {scent}, stirred cold and ripened for six weeks.|Rich lather, a quiet "
            "scent of {scent}, and nothing that ends up in the sea.",
        .detail =
            "Olive oil and shea butter leave the skin soft.|One bar lasts about as long as two "
            "bottles.",
        .bullets = "{scent}|{weight} g|Cold-stirred|Wrapped in paper|No palm oil",
        .pros = "it smells heavenly|my skin feels soft|it lasts for ages|it lathers richly",
        .cons = "it softens in a wet dish|the scent is faint|it is smaller than expected" },
    { .slug = "perfumes", .name = "Perfumes", .parent = "beauty", .picture = "perfume",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_USED_UP, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {strength}, {family}",
        .attributes = {
            { "strength", "Strength", NULL, DEMO_TEXT,
                "Eau de Cologne|Eau de Toilette|Eau de Parfum|Extrait", true },
            { "family", "Scent family", NULL, DEMO_TEXT,
                "Woody|Floral|Citrus|Amber|Fougère|Gourmand" },
            { "heart", "Heart note", NULL, DEMO_TEXT,
                "Iris|Fig Leaf|Jasmine|Vetiver|Neroli|Cardamom|Rose" },
            { "vegan", "Vegan", NULL, DEMO_BOOL, NULL, false, 70 },
        },
        .colours = "Rose|Amber|Ice Blue|Lilac|Honey|Clear", .colours_max = 0,
        .axis = "Volume",
        .axis_values = "30 ml|50 ml|100 ml",
        .axis_max = 3,
        .axis_step_percent = 45,
        .price_minor = 5490, .spread_percent = 50, .weight_g = 240,
        .lead =
            "It opens like a window in May; then {heart} takes over and stays.|A {family} scent "
            "around {heart}, close to the skin and not in a hurry.",
        .detail =
            "It is blended in small batches and rests for two months.|The bottle is heavy glass "
            "and can be refilled.",
        .bullets = "{strength}|{family} with {heart}|Lasts about seven hours|Refillable bottle",
        .pros =
            "strangers ask me what it is|it lasts until evening|the bottle is gorgeous|it is "
            "subtle and elegant",
        .cons = "it fades after a few hours|the sprayer is strong|it is sweeter than described" },
    { .slug = "makeup-brushes", .name = "Make-up brushes", .parent = "beauty", .picture = "brush",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind} Brush, {hair}, {handle} Handle",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Powder|Foundation|Blush|Eyeshadow|Kabuki" },
            { "hair", "Hair", NULL, DEMO_TEXT, "Vegan Fibre|Soft Synthetic|Duo Fibre" },
            { "handle", "Handle", NULL, DEMO_TEXT, "Birch|Bamboo|Aluminium" },
            { "pieces", "Pieces", NULL, DEMO_NUMBER, "1|1|3|5|8", true },
        },
        .colours = "Rose|Black|Cream|Sage", .colours_max = 2,
        .price_minor = 1690, .spread_percent = 50, .weight_g = 60,
        .lead =
            "A {kind} brush so soft that you check whether it is there.|{hair} that picks up "
            "just enough and blends without lines.",
        .detail =
            "It washes in lukewarm water and dries back into shape overnight.|A sleeve protects "
            "it on the road.",
        .bullets = "{hair}|{handle} handle|{pieces} in the pack|Travel sleeve included",
        .pros = "it is incredibly soft|it blends without streaks|it does not shed|it dries quickly",
        .cons = "the handle is short|it holds on to powder|the print rubs off" },
    { .slug = "vitamins", .name = "Vitamins", .parent = "health", .picture = "vitamin",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_USED_UP,
        .brands = "Verdaine|Northleaf|Silvane|Helvia Nord|Grünquell|Cedarlune|Dailywell",
        .share = 2,
        .title = "{brand} {name} {nutrient} {form}, {dose} per Day",
        .attributes = {
            { "nutrient", "Nutrient", NULL, DEMO_TEXT,
                "Vitamin D3|Vitamin C|Magnesium|Omega-3|Zinc|Multivitamin|B12" },
            { "form", "Form", NULL, DEMO_TEXT, "Capsules|Tablets|Gummies|Softgels" },
            { "dose", "Servings", NULL, DEMO_NUMBER, "1|1|1|2|3" },
            { "vegan", "Vegan", NULL, DEMO_BOOL, NULL, false, 60 },
            { "sugar_free", "Sugar-free", NULL, DEMO_BOOL, NULL, false, 75 },
        },
        .colours = "Amber|White|Green|Orange", .colours_max = 0,
        .axis = "Count", .axis_values = "30|60|120|180", .axis_max = 3, .axis_step_percent = 55,
        .price_minor = 1290, .spread_percent = 40, .weight_g = 140,
        .lead =
            "{nutrient} in a form that is easy to take: {dose} a day, with a meal.|Plain "
            "{nutrient}, without colours, fillers or big words.",
        .detail =
            "Every batch is tested by an independent laboratory, and the report is online.|A "
            "food supplement is no replacement for a varied diet.",
        .bullets = "{nutrient}|{form}, {dose} a day|Lab-tested batch|Glass jar, recyclable",
        .pros =
            "they are easy to swallow|there is no aftertaste|the lab report is a nice touch|the "
            "price is fair",
        .cons = "the jar is half empty|they smell a bit|the lid is hard to open" },
    { .slug = "coffee", .name = "Coffee", .parent = "grocery", .picture = "coffee",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_USED_UP, .brands = FOOD_BRANDS, .share = 2,
        .title = "{brand} {name} {roast} Coffee, {origin}, {grind}",
        .attributes = {
            { "roast", "Roast", NULL, DEMO_TEXT,
                "Light Roast|Medium Roast|Dark Roast|Espresso Roast" },
            { "origin", "Origin", NULL, DEMO_TEXT,
                "Ethiopia|Colombia|Brazil|Guatemala|Kenya|Blend" },
            { "grind", "Grind", NULL, DEMO_TEXT, "Whole Beans|Whole Beans|Ground|Capsules" },
            { "strength", "Strength", "of 5", DEMO_NUMBER, "2|3|3|4|5" },
            { "organic", "Organic", NULL, DEMO_BOOL, NULL, false, 55 },
            { "decaf", "Decaffeinated", NULL, DEMO_BOOL, NULL, false, 12 },
        },
        .colours = "Brown|Black|Terracotta|Forest Green|Navy|Cream", .colours_max = 0,
        .axis = "Weight", .axis_values = "250 g|500 g|1 kg", .axis_max = 3, .axis_step_percent = 75,
        .price_minor = 990, .spread_percent = 30, .weight_g = 420,
        .lead =
            "{roast} from {origin}: chocolate first, then something like ripe cherries.|Roasted "
            "on Tuesdays, sent on Wednesdays, in your cup by the weekend.",
        .detail =
            "The farms are paid above the market, and the price is printed on the bag.|It suits "
            "filter, press and espresso alike.",
        .bullets =
            "{origin}, {roast}|Strength {strength} of 5|Roasted weekly|Bag with valve, recyclable",
        .pros =
            "it smells incredible|the crema is thick|it is never bitter|it tastes fresh to the "
            "last bean",
        .cons = "it is darker than described|the bag does not reseal well|the beans are oily" },
    { .slug = "preserves", .name = "Jams and honey", .parent = "grocery", .picture = "food-jar",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_USED_UP, .brands = FOOD_BRANDS, .share = 1,
        .title = "{brand} {name} {fruit} {kind}, {fruit_share}%",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Jam|Marmalade|Spread|Chutney" },
            { "fruit", "Fruit", NULL, DEMO_TEXT,
                "Apricot|Strawberry|Blackcurrant|Orange|Fig|Raspberry|Plum" },
            { "fruit_share", "Fruit", "%", DEMO_NUMBER, "50|60|70|75|85", true },
            { "organic", "Organic", NULL, DEMO_BOOL, NULL, false, 60 },
        },
        .colours = "Orange|Red|Burgundy|Honey|Lilac", .colours_max = 0,
        .axis = "Jar",
        .axis_values = "200 g|340 g|3 × 200 g",
        .axis_max = 3,
        .axis_step_percent = 55,
        .price_minor = 590, .spread_percent = 30, .weight_g = 420,
        .lead =
            "{fruit} from August, cooked in copper pots of ten kilos.|{fruit_share}% fruit, "
            "sugar, a little lemon: that is the whole list.",
        .detail =
            "It sets softly and tastes of what is on the label.|Made by six people and one very "
            "old spoon.",
        .bullets = "{fruit_share}% {fruit}|Cooked in small pots|No added pectin|Returnable jar",
        .pros =
            "it tastes like my grandmother's|it is full of fruit|it is not too sweet|the jar is "
            "reusable",
        .cons = "it is rather runny|the lid was hard to open|it is gone too quickly" },
    { .slug = "pet-bowls", .name = "Bowls and feeders", .parent = "pets", .picture = "pet-bowl",
        .naming = DEMO_NAMING_SOFT, .brands = PET_BRANDS, .share = 1,
        .title = "{brand} {name} {material} {kind} for {animal}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Bowl|Raised Bowl|Slow Feeder|Water Bowl" },
            { "animal", "Animal", NULL, DEMO_TEXT, "Dogs|Cats|Dogs and Cats" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Stoneware|Stainless Steel|Bamboo|Melamine" },
            { "non_slip", "Non-slip", NULL, DEMO_BOOL, NULL, false, 80 },
        },
        .colours = "Sage|Sky Blue|Coral|Cream|Charcoal|Mustard", .colours_max = 2,
        .axis = "Size", .axis_values = "250 ml|500 ml|1 l", .axis_max = 3, .axis_step_percent = 28,
        .price_minor = 1690, .spread_percent = 45, .weight_g = 640,
        .lead =
            "A {kind} that stays where it is, however big the appetite.|{material}, heavy at the "
            "base and easy to wash.",
        .detail =
            "The rim is rolled inwards, so most of it stays inside.|Whiskers have room, and "
            "noses too.",
        .bullets = "{material}|For {animal}|Ring of rubber below|Dishwasher-safe",
        .pros =
            "it does not slide any more|my cat approves|it is easy to clean|it looks good in the "
            "kitchen",
        .cons = "it is smaller than it looks|the rubber ring came off|it is heavy" },
    { .slug = "pet-beds", .name = "Beds and cushions", .parent = "pets", .picture = "pillow",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = PET_BRANDS, .share = 1,
        .title = "{brand} {name} {kind} for {animal}, {material}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Cushion|Orthopaedic Bed|Cave Bed|Travel Mat" },
            { "animal", "Animal", NULL, DEMO_TEXT, "Dogs|Cats|Small Dogs" },
            { "material", "Material", NULL, DEMO_TEXT, "Corduroy|Teddy Fleece|Canvas|Felt" },
            { "washable", "Washable cover", NULL, DEMO_BOOL, NULL, false, 90 },
        },
        .colours = "Camel|Charcoal|Sage|Navy|Cream|Terracotta", .colours_max = 2,
        .axis = "Size", .axis_values = "S|M|L|XL", .axis_max = 4, .axis_step_percent = 28,
        .price_minor = 3990, .spread_percent = 50, .weight_g = 1400,
        .lead =
            "A {kind} in {material} that will be occupied within the hour.|Soft enough for old "
            "bones, tough enough for young teeth.",
        .detail =
            "The cover comes off in one go and is washed at 40 °C.|The filling is made from "
            "recycled bottles and comes back into shape.",
        .bullets = "{material}|For {animal}|Cover washable at 40 °C|Non-slip base",
        .pros =
            "my dog sleeps in it all day|the cover washes well|it is thick and soft|it was "
            "adopted at once",
        .cons = "it takes a day to unfold|hair sticks to it|it is a size smaller than expected" },
};

const struct demo_spec_list demo_specs_care = { specs, COUNT(specs) };
