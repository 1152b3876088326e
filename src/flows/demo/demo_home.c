/* SPDX-License-Identifier: Apache-2.0
 * What the home, kitchen and tool departments of a demo shop sell. Read through demo_words.h.
 * Must never name a real brand. */
#include "flows/demo/demo_words.h"

#define BRANDS                                                                                     \
    "Fjordwick|Oakmarrow|Maison Élodine|Brammel|Tövelund|Casa Verrani|Wrenfield|Solvane|"        \
    "Nordhame|Lindqora|Millbrake"
#define TOOL_BRANDS                                                                                \
    "Ironquay|Brask & Holt|Torqvane|Stålhem|Grindlow|Mastrell|Boltwright|Kerrigo|Forgemarsh"
#define FURNITURE_PROS                                                                             \
    "assembly took twenty minutes|it feels solid|the wood is beautiful|it looks even better than " \
    "in the picture|it has changed the whole room|everything was well packed"
#define FURNITURE_CONS                                                                             \
    "one screw was missing|the colour is slightly darker than shown|it is heavy to carry "         \
    "upstairs|"                                                                                    \
    "the manual has pictures only|it smelled of varnish for a day"

static const struct demo_spec specs[] = {
    { .slug = "chairs", .name = "Chairs", .parent = "furniture", .picture = "chair",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind}, {material}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Dining Chair|Armchair|Desk Chair|Reading Chair|Kitchen Chair" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Oak|Walnut|Beech|Velvet|Bouclé|Leather|Linen" },
            { "seat_height", "Seat height", "cm", DEMO_NUMBER, "43|45|46|48" },
            { "max_load", "Load", "kg", DEMO_NUMBER, "100|110|120|135|150", true },
            { "assembled", "Comes assembled", NULL, DEMO_BOOL, NULL, false, 40 },
        },
        .colours = "Oak|Walnut|Sage|Charcoal|Mustard|Terracotta|Cream", .colours_max = 4,
        .price_minor = 15900, .spread_percent = 55, .weight_g = 7200,
        .lead =
            "A {kind} with a back that follows yours and a seat at {seat_height} cm.|The {name} "
            "looks light and carries {max_load} kg.",
        .detail =
            "The frame is joined rather than screwed where it matters, and felt pads save the "
            "floor.|Covers come off with a zip and go into the wash at 30 °C.",
        .bullets =
            "{material}|Seat height {seat_height} cm|Carries {max_load} kg|Felt pads included|"
            "Wood from certified forests",
        .pros = FURNITURE_PROS, .cons = FURNITURE_CONS },
    { .slug = "sofas", .name = "Sofas", .parent = "furniture", .picture = "sofa",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {seats}-Seat Sofa, {cover}, {width} cm",
        .attributes = {
            { "seats", "Seats", NULL, DEMO_NUMBER, "2|2|3|3|4", true },
            { "cover", "Cover", NULL, DEMO_TEXT,
                "Linen Blend|Velvet|Bouclé|Wool Felt|Leather|Corduroy" },
            { "width", "Width", "cm", DEMO_NUMBER, "158|176|198|214|238|262", true },
            { "bed", "Sofa bed", NULL, DEMO_BOOL, NULL, false, 25 },
            { "washable", "Washable cover", NULL, DEMO_BOOL, NULL, false, 60 },
        },
        .colours = "Stone|Forest Green|Navy|Terracotta|Mustard|Charcoal|Cream", .colours_max = 4,
        .price_minor = 89900, .spread_percent = 45, .weight_g = 52000,
        .lead =
            "{width} cm of calm: the {name} is deep enough to nap on and upright enough for "
            "guests.|A {seats}-seat sofa in {cover}, with cushions that recover their shape by "
            "themselves.",
        .detail =
            "The frame is kiln-dried hardwood with a ten-year warranty, and the legs screw on "
            "without tools.|It passes doors of 75 cm, because arms and back come off.",
        .bullets =
            "{seats} seats, {width} cm wide|{cover}|Pocket springs and foam|Legs of solid oak|"
            "Swatches are free",
        .pros = FURNITURE_PROS, .cons = FURNITURE_CONS },
    { .slug = "tables", .name = "Tables", .parent = "furniture", .picture = "table",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind}, {material}, {length} cm",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Dining Table|Desk|Kitchen Table|Writing Desk|Console Table" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Oak|Walnut|Ash|Marble|Bamboo|Powder-Coated Steel" },
            { "length", "Length", "cm", DEMO_NUMBER, "90|110|120|140|160|180|220", true },
            { "height", "Height", "cm", DEMO_NUMBER, "72|74|75|76" },
            { "extendable", "Extendable", NULL, DEMO_BOOL, NULL, false, 25 },
        },
        .colours = "Oak|Walnut|Black|White|Ash", .colours_max = 2,
        .price_minor = 29900, .spread_percent = 60, .weight_g = 24000,
        .lead =
            "A {kind} in {material} with an edge that is kind to elbows.|The {name} is {length} "
            "cm long and does not wobble, on any floor.",
        .detail =
            "The top is oiled by hand, so a scratch is sanded out in minutes.|Four bolts, one "
            "key, done: it is the whole assembly.",
        .bullets =
            "{material}|{length} cm long, {height} cm high|Levelling feet|Oil sample included|"
            "Four bolts to assemble",
        .pros = FURNITURE_PROS, .cons = FURNITURE_CONS },
    { .slug = "lamps", .name = "Lamps", .parent = "home", .picture = "lamp",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind}, {material}, {brightness} lm, Dimmable",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Table Lamp|Floor Lamp|Desk Lamp|Bedside Lamp" },
            { "material", "Material", NULL, DEMO_TEXT, "Brass|Ceramic|Linen|Opal Glass|Oak|Steel" },
            { "brightness", "Brightness", "lm", DEMO_NUMBER, "250|400|600|800|1100" },
            { "colour_temperature", "Colour temperature", "K", DEMO_NUMBER,
                "2200|2700|2700|3000|4000" },
            { "smart", "Smart control", NULL, DEMO_BOOL, NULL, false, 30 },
        },
        .colours = "Brass|White|Black|Sage|Terracotta|Blue", .colours_max = 3,
        .price_minor = 6990, .spread_percent = 60, .weight_g = 1700,
        .lead =
            "Warm light at {colour_temperature} K, from a lamp that is worth looking at when it "
            "is off.|The {name} throws a soft circle over book, cup and cat.",
        .detail =
            "A touch on the base dims it in three steps, and it remembers the last one.|The "
            "cable is covered in cotton and two metres long.",
        .bullets =
            "{brightness} lm at {colour_temperature} K|Dims in three steps|{material}|Bulb "
            "included and replaceable|2 m cotton cable",
        .pros =
            "the light is warm and soft|it looks far more expensive|dimming is smooth|it "
            "transforms the corner|the base is heavy and stable",
        .cons =
            "the switch is on the cable|the shade arrived with a small dent|it could be brighter|"
            "the cable is white only" },
    { .slug = "rugs", .name = "Rugs", .parent = "home", .picture = "rug",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {weave} Rug, {material}",
        .attributes = {
            { "material", "Material", NULL, DEMO_TEXT, "Wool|Jute|Cotton|Recycled PET|Wool Blend" },
            { "weave", "Weave", NULL, DEMO_TEXT, "Flatwoven|Hand-Tufted|Looped|Berber|Kilim" },
            { "pile", "Pile height", "mm", DEMO_NUMBER, "4|6|9|12|18" },
            { "outdoor", "For outdoors", NULL, DEMO_BOOL, NULL, false, 20 },
        },
        .colours = "Terracotta|Indigo|Cream|Sage|Charcoal|Mustard", .colours_max = 2,
        .axis = "Size",
        .axis_values = "80 × 150 cm|120 × 180 cm|160 × 230 cm|200 × 300 cm",
        .axis_max = 4,
        .axis_step_percent = 60,
        .price_minor = 7900, .spread_percent = 50, .weight_g = 5200,
        .lead =
            "A {weave} rug of {material} with a pattern that was drawn, not generated.|{pile} mm "
            "of pile, soft under bare feet and easy to keep clean.",
        .detail =
            "The edges are bound by hand and lie flat from the first day.|It is dyed in small "
            "lots without heavy metals.",
        .bullets =
            "{material}, {weave}|{pile} mm pile|Colourfast|Safe on heated floors|Vacuum on low",
        .pros =
            "the pattern is gorgeous|it is soft underfoot|it lay flat at once|the dog hair does "
            "not stick|the colours are rich",
        .cons =
            "it sheds for the first weeks|it slips without a mat|it is thinner than I thought|it "
            "arrived folded" },
    { .slug = "cushions", .name = "Cushions and pillows", .parent = "home", .picture = "pillow",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind}, {material}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Cushion|Sleeping Pillow|Floor Cushion|Neck Pillow" },
            { "material", "Material", NULL, DEMO_TEXT, "Linen|Velvet|Organic Cotton|Wool|Bamboo" },
            { "filling", "Filling", NULL, DEMO_TEXT, "Feather|Recycled Fibre|Memory Foam|Kapok" },
            { "washable", "Washable", NULL, DEMO_BOOL, NULL, false, 75 },
        },
        .colours = "Sage|Rose|Navy|Mustard|Cream|Terracotta|Lilac", .colours_max = 4,
        .axis = "Size",
        .axis_values = "40 × 40 cm|50 × 50 cm|60 × 60 cm",
        .axis_max = 2,
        .axis_step_percent = 25,
        .price_minor = 2990, .spread_percent = 45, .weight_g = 600,
        .lead =
            "A {kind} in {material}, filled with {filling} and finished with piping.|Plump, soft "
            "and back in shape after a single shake.",
        .detail =
            "The hidden zip opens along the whole side, so that washing is easy.|Cloth and "
            "filling are tested for harmful substances.",
        .bullets = "{material}|Filled with {filling}|Hidden zip|Washable at 30 °C",
        .pros =
            "it is incredibly soft|the colour is exactly right|it keeps its shape|the zip is "
            "well hidden",
        .cons =
            "the filling is a little flat|it attracts cat hair|the cover wrinkles|it smelled new "
            "for a day" },
    { .slug = "house-plants", .name = "House plants", .parent = "home", .picture = "plant",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_USED_UP,
        .brands = "Grønhagen|Casa Verrani|Wrenfield|Leafmarket|Tövelund|Solvane",
        .share = 1,
        .title = "{brand} {name} {plant} in Pot, {height} cm, {light}",
        .attributes = {
            { "plant", "Plant", NULL, DEMO_TEXT,
                "Monstera|Rubber Fig|Peace Lily|Snake Plant|Olive Tree|Calathea|Fern|Aloe" },
            { "height", "Height", "cm", DEMO_NUMBER, "25|35|50|70|90|120", true },
            { "light", "Light", NULL, DEMO_TEXT, "Half Shade|Bright|Low Light" },
            { "pot", "Pot diameter", "cm", DEMO_NUMBER, "12|15|19|24" },
            { "pet_safe", "Safe for pets", NULL, DEMO_BOOL, NULL, false, 40 },
        },
        .colours = "Terracotta|White|Grey|Sage", .colours_max = 3,
        .price_minor = 3490, .spread_percent = 50, .weight_g = 3200,
        .lead =
            "A {plant} of {height} cm, grown slowly and sent in its pot.|Green that forgives: "
            "the {plant} wants water when you remember.",
        .detail =
            "It travels in a padded box with a heat pack in winter, and a card tells what it "
            "likes.|If it does not settle in within 30 days, we send another.",
        .bullets =
            "{height} cm with the pot|Likes: {light}|Pot of {pot} cm with saucer|Care card|"
            "30-day promise",
        .pros =
            "it arrived healthy and moist|the pot is lovely|it has three new leaves already|it "
            "was packed with great care",
        .cons = "one leaf was bent|it was smaller than I imagined|soil was spilled in the box" },
    { .slug = "mugs", .name = "Mugs and cups", .parent = "kitchen", .picture = "mug",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {material} Mug, {capacity} ml",
        .attributes = {
            { "material", "Material", NULL, DEMO_TEXT,
                "Stoneware|Porcelain|Enamel|Bone China|Glass" },
            { "capacity", "Capacity", "ml", DEMO_NUMBER, "200|250|300|350|400|500" },
            { "dishwasher", "Dishwasher-safe", NULL, DEMO_BOOL, NULL, false, 85 },
            { "microwave", "Microwave-safe", NULL, DEMO_BOOL, NULL, false, 75 },
        },
        .colours = "Cream|Sage|Navy|Terracotta|Speckled White|Mustard|Sky Blue", .colours_max = 4,
        .axis = "Set",
        .axis_values = "Single|Set of 2|Set of 4",
        .axis_max = 2,
        .axis_step_percent = 80,
        .price_minor = 1490, .spread_percent = 40, .weight_g = 360,
        .lead =
            "A {material} mug for {capacity} ml of whatever gets you going.|Thrown on the wheel "
            "and glazed by hand, so no two are quite the same.",
        .detail =
            "The handle has room for three fingers, and the foot is polished.|The glaze is free "
            "of lead and cadmium.",
        .bullets = "{capacity} ml|{material}|Room for three fingers|Stackable",
        .pros =
            "it keeps tea warm|the glaze is beautiful|it sits well in the hand|it survived the "
            "dishwasher",
        .cons =
            "it is heavier than expected|the rim is thick|the colours vary|the base was rough" },
    { .slug = "pans", .name = "Pots and pans", .parent = "kitchen", .picture = "pan",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {material} {kind}, {coating}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Frying Pan|Sauté Pan|Grill Pan|Wok|Crêpe Pan" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Cast Iron|Carbon Steel|Stainless Steel|Aluminium|Copper", },
            { "coating", "Coating", NULL, DEMO_TEXT, "Ceramic Coated|Seasoned|Uncoated|Non-Stick" },
            { "induction", "For induction", NULL, DEMO_BOOL, NULL, false, 80 },
            { "oven", "Oven-proof to", "°C", DEMO_NUMBER, "160|200|220|260" },
        },
        .colours = "Black|Copper|Steel|Red|Sage", .colours_max = 0,
        .axis = "Diameter",
        .axis_values = "20 cm|24 cm|28 cm|32 cm",
        .axis_max = 4,
        .axis_step_percent = 16,
        .price_minor = 4490, .spread_percent = 55, .weight_g = 1500,
        .lead =
            "A {kind} of {material} that heats evenly from edge to edge.|Sear, flip, straight "
            "into the oven: the {name} stands up to {oven} °C.",
        .detail =
            "The handle stays cool and is riveted for life.|It gets better with every use, and a "
            "wipe is all the care it needs.",
        .bullets =
            "{material}, {coating}|Oven-proof to {oven} °C|Riveted handle|All hobs|Made to be "
            "handed down",
        .pros =
            "nothing sticks|heat is even|the handle stays cool|it is easy to clean|steaks come "
            "out perfect",
        .cons =
            "it is heavy with one hand|it needs seasoning|the lid costs extra|it is not for the "
            "dishwasher" },
    { .slug = "knives", .name = "Kitchen knives", .parent = "kitchen", .picture = "knife",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind}, {blade} cm, {steel}, {handle} Handle",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Chef's Knife|Santoku|Bread Knife|Paring Knife|Nakiri" },
            { "blade", "Blade length", "cm", DEMO_NUMBER, "9|13|16|18|20|24" },
            { "steel", "Steel", NULL, DEMO_TEXT,
                "Stainless Steel|Carbon Steel|Damascus Steel", true },
            { "handle", "Handle", NULL, DEMO_TEXT, "Walnut|Olive Wood|Resin|Pakkawood" },
            { "hardness", "Hardness", "HRC", DEMO_NUMBER, "54|56|58|60|62", true },
        },
        .colours = "Walnut|Black|Olive|Red", .colours_max = 2,
        .price_minor = 5990, .spread_percent = 65, .weight_g = 210,
        .lead =
            "{blade} cm of {steel} at {hardness} HRC: through a ripe tomato by its own weight.|A "
            "{kind} balanced exactly where finger and thumb meet.",
        .detail =
            "The edge is ground by hand to fifteen degrees on each side.|It comes in a box of "
            "beech that doubles as a drawer insert.",
        .bullets =
            "{steel}, {hardness} HRC|{blade} cm blade|Handle of {handle}|Hand-ground edge|Free "
            "sharpening for two years",
        .pros =
            "it is terrifyingly sharp|the balance is perfect|it holds its edge|the handle is "
            "beautiful",
        .cons =
            "it must be dried at once|the tip is delicate|the box is hard to open|it is a little "
            "handle-heavy" },
    { .slug = "kettles", .name = "Kettles", .parent = "kitchen", .picture = "kettle",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind} Kettle, {capacity} l, {power} W",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Electric|Gooseneck|Stovetop|Glass" },
            { "capacity", "Capacity", "l", DEMO_NUMBER, "0.8|1|1.2|1.5|1.7" },
            { "power", "Power", "W", DEMO_NUMBER, "1000|1500|1850|2200|3000", true },
            { "temperature", "Temperature control", NULL, DEMO_BOOL, NULL, false, 45 },
        },
        .colours = "Steel|Black|Cream|Sage|Red|Copper", .colours_max = 3,
        .price_minor = 5490, .spread_percent = 45, .weight_g = 1150,
        .lead =
            "{capacity} litres at the boil in under four minutes, with a spout that does not "
            "drip.|A {kind} kettle that clicks softly and looks good doing it.",
        .detail =
            "A double wall keeps the outside cool and the inside hot.|The scale filter lifts out "
            "and rinses clean.",
        .bullets = "{capacity} l|{power} W|Cool outside|Drip-free spout|Scale filter",
        .pros =
            "it boils very quickly|it pours precisely|it is quiet|it looks lovely on the counter",
        .cons = "the lid is stiff|the beep is loud|water marks show|the cord is short" },
    { .slug = "blenders", .name = "Blenders", .parent = "kitchen", .picture = "blender",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind} Blender, {power} W, {capacity} l {jar} Jar",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Countertop|High-Speed|Personal" },
            { "power", "Power", "W", DEMO_NUMBER, "300|500|800|1200|1600", true },
            { "capacity", "Capacity", "l", DEMO_NUMBER, "0.6|1|1.5|1.75|2" },
            { "jar", "Jar", NULL, DEMO_TEXT, "Glass|Tritan|Steel" },
            { "programs", "Programmes", NULL, DEMO_NUMBER, "1|3|5|8|10", true },
        },
        .colours = "Black|Red|Cream|Sage|Steel", .colours_max = 3,
        .price_minor = 8990, .spread_percent = 60, .weight_g = 3600,
        .lead =
            "{power} W make short work of ice, nuts and frozen berries.|Soup, smoothie, pesto: "
            "{programs} programmes and a jar of {capacity} l.",
        .detail =
            "Six blades draw everything down, so no spoon is needed.|It cleans itself with a "
            "drop of soap in thirty seconds.",
        .bullets =
            "{power} W|{capacity} l {jar} jar|{programs} programmes|Cleans itself|Tamper included",
        .pros =
            "smoothies are perfectly smooth|it crushes ice like nothing|cleaning is a matter of "
            "seconds|it is powerful",
        .cons =
            "it is loud|the jar is heavy|it barely fits under the cupboard|small amounts stay on "
            "the wall" },
    { .slug = "water-bottles", .name = "Water bottles", .parent = "kitchen", .picture = "bottle",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind} Bottle, {material}, Cold {cold} h",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Insulated|Sports|Everyday|Travel" },
            { "material", "Material", NULL, DEMO_TEXT, "Stainless Steel|Glass|Tritan|Titanium" },
            { "cold", "Keeps cold", "h", DEMO_NUMBER, "6|12|18|24|36" },
            { "leakproof", "Leak-proof", NULL, DEMO_BOOL, NULL, false, 90 },
        },
        .colours = "Black|White|Sage|Coral|Navy|Lilac|Sky Blue|Sand", .colours_max = 4,
        .axis = "Capacity",
        .axis_values = "350 ml|500 ml|750 ml|1 l",
        .axis_max = 2,
        .axis_step_percent = 15,
        .price_minor = 2490, .spread_percent = 40, .weight_g = 340,
        .lead =
            "Cold for {cold} hours, and never a drop in the bag.|A bottle that fits cup holders, "
            "bicycle cages and small hands.",
        .detail =
            "The powder coat grips when wet, and the mouth is wide enough for ice.|Lids and "
            "seals are sold one by one.",
        .bullets =
            "{material}|Cold for {cold} h|Leak-proof lid|No taste, no BPA|Spare seals available",
        .pros =
            "ice is still there in the evening|it does not leak|it is easy to clean|the colour "
            "is fantastic",
        .cons =
            "the paint chips when it falls|it whistles when you open it|it is too wide for my "
            "car|the lid has many parts" },
    { .slug = "drills", .name = "Drills", .parent = "tools", .picture = "drill",
        .naming = DEMO_NAMING_TECH, .brands = TOOL_BRANDS, .share = 2,
        .title = "{brand} {name} {kind}, {voltage} V, {torque} Nm, Brushless",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Cordless Drill|Hammer Drill|Impact Driver|Compact Drill" },
            { "voltage", "Voltage", "V", DEMO_NUMBER, "12|12|18|18|20|36", true },
            { "torque", "Torque", "Nm", DEMO_NUMBER, "25|40|55|70|90|140", true },
            { "chuck", "Chuck", "mm", DEMO_NUMBER, "10|13|13" },
            { "light", "Work light", NULL, DEMO_BOOL, NULL, false, 85 },
        },
        .colours = "Orange|Teal|Yellow|Red|Green", .colours_max = 0,
        .axis = "Kit",
        .axis_values = "Tool only|1 battery|2 batteries and case",
        .axis_max = 3,
        .axis_step_percent = 42,
        .price_minor = 9900, .spread_percent = 50, .weight_g = 1500,
        .lead =
            "{torque} Nm in a body short enough for the inside of a cupboard.|The {name} drives, "
            "drills and stops exactly when the screw is flush.",
        .detail =
            "The motor has no brushes to wear out, and the battery fits the whole {brand} range.|"
            "A ring of light shows where you are drilling.",
        .bullets =
            "{voltage} V, {torque} Nm|{chuck} mm metal chuck|20 clutch settings and drilling|"
            "Brushless motor|One battery for the whole range",
        .pros =
            "it has more power than I need|it is light and compact|the clutch is precise|the "
            "battery lasts a whole project",
        .cons = "the case is huge|no bits are included|the chuck is stiff|the charger hums" },
    { .slug = "hammers", .name = "Hand tools", .parent = "tools", .picture = "hammer",
        .naming = DEMO_NAMING_SOFT, .brands = TOOL_BRANDS, .share = 1,
        .title = "{brand} {name} {kind}, {weight} g, {handle} Handle",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Claw Hammer|Locksmith's Hammer|Rubber Mallet|Framing Hammer" },
            { "weight", "Head weight", "g", DEMO_NUMBER, "200|300|450|570|680" },
            { "handle", "Handle", NULL, DEMO_TEXT, "Hickory|Fibreglass|Ash|One-Piece Steel" },
            { "magnetic", "Magnetic nail holder", NULL, DEMO_BOOL, NULL, false, 35 },
        },
        .colours = "Red|Oak|Yellow|Blue", .colours_max = 0,
        .price_minor = 2490, .spread_percent = 45, .weight_g = 720,
        .lead =
            "A {kind} with {weight} g where they belong: in the head.|Forged in one heat, ground "
            "by hand, hung on {handle}.",
        .detail =
            "The face is bevelled so that it does not chip, and the handle is waxed.|It is "
            "guaranteed for as long as you can find it.",
        .bullets = "{weight} g head|{handle} handle|Forged steel|Bevelled face|Lifetime guarantee",
        .pros =
            "the balance is excellent|it feels like it will outlive me|the handle soaks up shock|"
            "it pulls nails easily",
        .cons =
            "it is heavier than my old one|the wax made it slippery at first|the claw is a bit "
            "wide" },
    { .slug = "paint-brushes", .name = "Paint brushes", .parent = "tools", .picture = "brush",
        .naming = DEMO_NAMING_SOFT, .brands = TOOL_BRANDS, .share = 1,
        .title = "{brand} {name} {kind} Brush, {bristle}, {use}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Flat|Angled|Round|Radiator" },
            { "bristle", "Bristle", NULL, DEMO_TEXT, "Natural Bristle|Synthetic|Mixed Fibre" },
            { "use", "For", NULL, DEMO_TEXT, "Walls|Woodwork|Varnish|Fine Lines" },
            { "pieces", "Pieces", NULL, DEMO_NUMBER, "1|1|3|5" },
        },
        .colours = "Oak|Red|Blue|Black", .colours_max = 0,
        .axis = "Width",
        .axis_values = "25 mm|38 mm|50 mm|75 mm",
        .axis_max = 4,
        .axis_step_percent = 22,
        .price_minor = 990, .spread_percent = 45, .weight_g = 90,
        .lead =
            "A {kind} brush that holds a lot of paint and lets go of it evenly.|{bristle} with "
            "fine tips, for a finish without marks.",
        .detail =
            "The ferrule does not rust, and not one bristle is left behind on the wall.|Rinse, "
            "comb, hang: it is ready for the next room.",
        .bullets = "{bristle}|For {use}|Rust-free ferrule|Handle of beech",
        .pros = "it leaves no marks|it cuts a clean line|it washes out well|it does not shed",
        .cons = "it is stiff at first|the handle is long|the cover is flimsy" },
};

const struct demo_spec_list demo_specs_home = { specs, COUNT(specs) };
