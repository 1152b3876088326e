/* SPDX-License-Identifier: Apache-2.0
 * What the electronics department of a demo shop sells. Read through demo_words.h.
 * Must never name a real brand. */
#include "flows/demo/demo_words.h"

#define BRANDS                                                                                     \
    "Veltrano|Okariva|Aurelo|Solvique|Tonarö|Lumbric|Nimbera|Kaldmora|Echolane|Pexolo|Brightfen|" \
    "Ardenko"
#define PHOTO_BRANDS "Halvorsen Optik|Nimbera|Lumière d'Oc|Kaldmora|Ardenko|Irisfold|Okariva"

static const struct demo_spec specs[] = {
    { .slug = "phones", .name = "Phones", .parent = "phones-and-tablets", .picture = "phone",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 4,
        .title = "{brand} {name} 5G Smartphone, {screen_size}-Inch {display}, {camera} MP Camera",
        .attributes = {
            { "screen_size", "Screen size", "in", DEMO_NUMBER, "5.8|6.1|6.1|6.4|6.7|6.8" },
            { "display", "Display", NULL, DEMO_TEXT, "LCD|OLED|OLED|120 Hz OLED", true },
            { "camera", "Camera", "MP", DEMO_NUMBER, "12|48|50|64|108|200", true },
            { "memory", "Memory", "GB", DEMO_NUMBER, "4|6|8|8|12|16", true },
            { "battery", "Battery", "mAh", DEMO_NUMBER, "3600|4000|4500|5000|5500", true },
            { "wireless_charging", "Wireless charging", NULL, DEMO_BOOL, NULL, false, 55 },
            { "dual_sim", "Dual SIM", NULL, DEMO_BOOL, NULL, false, 75 },
        },
        .colours = "Black|Natural Titanium|Ice Blue|Lilac|Sage|White|Coral", .colours_max = 3,
        .axis = "Storage",
        .axis_values = "128 GB|256 GB|512 GB|1 TB",
        .axis_max = 2,
        .axis_step_percent = 14,
        .price_minor = 54900, .spread_percent = 50, .weight_g = 187,
        .lead =
            "The {name} puts a {screen_size}-inch {display} display and a {camera} MP camera "
            "into a phone that still fits one hand.|"
            "A phone that is two days' work on one charge: {battery} mAh and a chip that sips.",
        .detail =
            "The main camera gathers light through a large sensor, so pictures after sunset look "
            "like the evening felt.|Seven years of updates are promised in writing, and battery "
            "and screen can be changed with two screws.",
        .bullets =
            "{screen_size}-inch {display} display|{camera} MP main camera with optical "
            "stabilisation|{memory} GB memory|{battery} mAh, full in 45 minutes|Dust- and "
            "waterproof to IP68|Seven years of updates",
        .pros =
            "the camera is stunning at night|the battery gets me through two days|the screen is "
            "gorgeous|it fits my hand|set-up moved everything from my old phone",
        .cons =
            "there is no charger in the box|the back is slippery without a case|the camera bump "
            "wobbles on a table|it gets warm while filming" },
    { .slug = "tablets", .name = "Tablets", .parent = "phones-and-tablets", .picture = "tablet",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {screen_size}-Inch Tablet, {resolution}, {memory} GB RAM",
        .attributes = {
            { "screen_size", "Screen size", "in", DEMO_NUMBER, "8.4|10.1|10.9|11|12.4|13", true },
            { "resolution", "Resolution", NULL, DEMO_TEXT, "HD|Full HD|2K|2.8K", true },
            { "memory", "Memory", "GB", DEMO_NUMBER, "3|4|6|8|12", true },
            { "battery", "Battery life", "h", DEMO_NUMBER, "8|10|11|12|14" },
            { "pen", "Pen included", NULL, DEMO_BOOL, NULL, false, 35 },
        },
        .colours = "Graphite|Silver|Rose|Mint|Navy", .colours_max = 2,
        .axis = "Storage",
        .axis_values = "64 GB|128 GB|256 GB|512 GB",
        .axis_max = 3,
        .axis_step_percent = 16,
        .price_minor = 34900, .spread_percent = 50, .weight_g = 480,
        .lead =
            "A {screen_size}-inch tablet for recipes, sketches and the back seat of the car.|The "
            "{name} is thin enough for one hand and bright enough for the garden.",
        .detail =
            "Four speakers turn with the picture, and the battery plays films for {battery} "
            "hours.|A reading mode warms the light in the evening, and profiles keep children's "
            "apps apart.",
        .bullets =
            "{screen_size}-inch display, {resolution}|{memory} GB memory|{battery} hours of "
            "video|Four speakers|Slot for memory cards",
        .pros =
            "my children love it|reading on it is easy on the eyes|the speakers are surprisingly "
            "full|drawing feels natural|the battery is excellent",
        .cons =
            "it comes with a few apps I did not want|charging takes three hours|the camera is "
            "only for scanning|the case costs extra" },
    { .slug = "phone-cases",
        .name = "Phone cases",
        .parent = "phones-and-tablets",
        .picture = "phone-case",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {material} Phone Case, {protection} Drop Protection",
        .attributes = {
            { "material", "Material", NULL, DEMO_TEXT,
                "Silicone|Leather|Clear|Recycled Plastic|Cork|Aramid Fibre" },
            { "protection", "Protection", NULL, DEMO_TEXT, "1.2 m|2 m|3 m|4.5 m", true },
            { "magnetic", "Magnet ring", NULL, DEMO_BOOL, NULL, false, 60 },
            { "weight", "Weight", "g", DEMO_NUMBER, "24|28|32|38|46" },
        },
        .colours = "Black|Navy|Forest Green|Coral|Lilac|Sand|Burgundy|Sky Blue", .colours_max = 4,
        .axis = "Fits", .axis_values = "6.1 in|6.4 in|6.7 in", .axis_max = 2,
        .price_minor = 1990, .spread_percent = 40, .weight_g = 40,
        .lead =
            "A {material} case that adds {weight} g and takes the fright out of a fall.|Slim, "
            "grippy and cut precisely around every button.",
        .detail =
            "A raised edge keeps screen and lenses off the table, and microfibre lines the "
            "inside.|It is tested by 26 falls from {protection} onto concrete.",
        .bullets =
            "{material}|Falls from {protection}|Only {weight} g|Buttons that click|Soft lining",
        .pros =
            "it fits perfectly|the buttons click nicely|it has survived three falls already|it "
            "feels good in the hand|the colour is just like the picture",
        .cons =
            "it picks up lint|it yellowed slightly at the edge|it makes the phone thicker|the "
            "magnet could be stronger" },
    { .slug = "headphones", .name = "Headphones", .parent = "audio", .picture = "headphones",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 3,
        .title = "{brand} {name} {connection} {style} Headphones, {battery} h Battery",
        .attributes = {
            { "style", "Style", NULL, DEMO_TEXT, "Over-Ear|Over-Ear|On-Ear" },
            { "connection", "Connection", NULL, DEMO_TEXT,
                "Wireless|Wireless|Wired|Wireless Hi-Res" },
            { "noise_cancelling", "Noise cancelling", NULL, DEMO_BOOL, NULL, false, 65 },
            { "battery", "Battery life", "h", DEMO_NUMBER, "20|30|35|40|50|60", true },
            { "driver", "Driver size", "mm", DEMO_NUMBER, "30|32|40|40|50", true },
            { "weight", "Weight", "g", DEMO_NUMBER, "180|215|245|260|290" },
        },
        .colours = "Black|White|Navy|Sand|Forest Green|Rose", .colours_max = 4,
        .price_minor = 12900, .spread_percent = 65, .weight_g = 260,
        .lead =
            "The {name} are {style} headphones that you forget you are wearing, until the music "
            "starts.|{driver} mm drivers tuned by people who still go to concerts.",
        .detail =
            "Soft cushions spread {weight} g evenly over hours, and {battery} hours of battery "
            "outlast any flight.|They fold flat into a felt case, and every wearing part can be "
            "bought and changed.",
        .bullets =
            "{style}, {driver} mm drivers|Up to {battery} hours|Connects to two devices at once|"
            "Clear calls with four microphones|Cushions can be replaced|Case and cable included",
        .pros =
            "the sound is warm and detailed|the train simply disappears|I wear them all day "
            "without pressure|the battery lasts weeks|calls are clear",
        .cons =
            "they get warm in summer|the app is clumsy|the case is large|touch controls react to "
            "my hair|there is a slight hiss in silence" },
    { .slug = "earbuds", .name = "Earbuds", .parent = "audio", .picture = "earbuds",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} True Wireless Earbuds, {battery} h, {protection}",
        .attributes = {
            { "battery", "Battery with case", "h", DEMO_NUMBER, "18|24|28|32|40", true },
            { "protection", "Protection", NULL, DEMO_TEXT, "IPX4|IPX4|IP54|IP57" },
            { "noise_cancelling", "Noise cancelling", NULL, DEMO_BOOL, NULL, false, 60 },
            { "wireless_charging", "Wireless charging", NULL, DEMO_BOOL, NULL, false, 40 },
            { "tips", "Tip sizes", NULL, DEMO_NUMBER, "3|3|4|5" },
        },
        .colours = "White|Black|Mint|Lilac|Coral|Navy", .colours_max = 4,
        .price_minor = 6990, .spread_percent = 55, .weight_g = 52,
        .lead =
            "Small, light and hard to lose: the {name} play for {battery} hours with their case.|"
            "Earbuds that stay put on a run and vanish on a video call.",
        .detail =
            "{tips} sizes of soft tips are in the box, and a fit test in the app finds yours.|"
            "One tap lets the world in when the barista asks.",
        .bullets =
            "{battery} hours with the case|{protection} against sweat and rain|{tips} sizes of "
            "tips|Quick charge: ten minutes for two hours|Each bud works alone",
        .pros =
            "they never fall out|the bass is tight|the case fits the smallest pocket|pairing is "
            "instant|voices are clear even outdoors",
        .cons =
            "they are fiddly to take out of the case|wind noise is noticeable|one bud drains "
            "faster|the controls are too sensitive" },
    { .slug = "speakers", .name = "Speakers", .parent = "audio", .picture = "speaker",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind} Speaker, {power} W, {battery} h",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Portable|Bookshelf|Smart|Party" },
            { "power", "Power", "W", DEMO_NUMBER, "10|20|30|60|100|160", true },
            { "battery", "Battery life", "h", DEMO_NUMBER, "8|12|16|20|24" },
            { "waterproof", "Waterproof", NULL, DEMO_BOOL, NULL, false, 60 },
            { "multiroom", "Multi-room", NULL, DEMO_BOOL, NULL, false, 40 },
        },
        .colours = "Charcoal|Sand|Red|Teal|Navy|White", .colours_max = 3,
        .price_minor = 9990, .spread_percent = 60, .weight_g = 900,
        .lead =
            "{power} W of clean sound from a speaker the size of a loaf of bread.|The {name} "
            "fills a kitchen, a garden or a beach, and rinses clean afterwards.",
        .detail =
            "Two of them pair into stereo, and the cloth is woven from recycled bottles.|The "
            "tuning changes with the place, so a corner does not boom.",
        .bullets =
            "{power} W|{battery} hours|Pairs to stereo|Recycled cloth|USB-C, also as a power bank",
        .pros =
            "it is loud without shouting|the bass is astonishing for its size|it survived a pool "
            "party|stereo pairing works|it looks good on the shelf",
        .cons =
            "it is heavier than expected|the voice prompts are annoying|it takes four hours to "
            "charge|there is no line input" },
    { .slug = "cameras", .name = "Cameras", .parent = "photo", .picture = "camera",
        .naming = DEMO_NAMING_TECH, .brands = PHOTO_BRANDS, .share = 2,
        .title = "{brand} {name} {kind} Camera, {resolution} MP, {video} Video",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Mirrorless|Compact|Travel|Mirrorless" },
            { "resolution", "Resolution", "MP", DEMO_NUMBER, "16|20|24|26|33|45|61", true },
            { "video", "Video", NULL, DEMO_TEXT, "Full HD|4K|4K 60p|6K|8K", true },
            { "sensor", "Sensor", NULL, DEMO_TEXT, "1-inch|Four Thirds|APS-C|Full frame", true },
            { "stabilised", "Stabilised", NULL, DEMO_BOOL, NULL, false, 65 },
            { "weight", "Weight", "g", DEMO_NUMBER, "280|390|480|560|690" },
        },
        .colours = "Black|Silver|Black", .colours_max = 0,
        .axis = "Kit",
        .axis_values = "Body only|With 18–55 mm|With 24–105 mm",
        .axis_max = 3,
        .axis_step_percent = 28,
        .price_minor = 84900, .spread_percent = 60, .weight_g = 620,
        .lead =
            "A {kind} camera with a {resolution} MP {sensor} sensor and dials you can turn with "
            "gloves on.|The {name} finds eyes, birds and bicycles, and keeps them sharp.",
        .detail =
            "The viewfinder is large and free of lag, and two card slots make sure that nothing "
            "is lost.|It is sealed against dust and drizzle and weighs {weight} g.",
        .bullets =
            "{resolution} MP {sensor} sensor|{video} video|Autofocus on eyes, animals and "
            "vehicles|Tilting touchscreen|Two card slots|{weight} g",
        .pros =
            "autofocus is uncanny|colours straight from the camera are lovely|it is a pleasure "
            "to hold|the viewfinder is huge|low light is no problem",
        .cons =
            "the battery is good for 350 shots only|the menu is a maze|the kit lens is soft in "
            "the corners|it fills memory cards quickly" },
    { .slug = "lenses", .name = "Lenses", .parent = "photo", .picture = "lens",
        .naming = DEMO_NAMING_TECH, .brands = PHOTO_BRANDS, .share = 1,
        .title = "{brand} {name} {focal_length} mm f/{aperture} {kind} Lens",
        .attributes = {
            { "focal_length", "Focal length", "mm", DEMO_NUMBER, "14|20|24|35|50|85|105|135|200" },
            { "aperture", "Aperture", NULL, DEMO_NUMBER, "4|2.8|2.8|2|1.8|1.4|1.2", true },
            { "kind", "Kind", NULL, DEMO_TEXT, "Prime|Macro|Compact Prime|Cine" },
            { "filter", "Filter thread", "mm", DEMO_NUMBER, "46|52|58|67|77|82" },
            { "weather_sealed", "Weather sealed", NULL, DEMO_BOOL, NULL, false, 60 },
        },
        .colours = "Black|Silver", .colours_max = 0,
        .axis = "Mount", .axis_values = "Mount A|Mount M|Mount X", .axis_max = 3,
        .price_minor = 52900, .spread_percent = 60, .weight_g = 420,
        .lead =
            "{focal_length} mm at f/{aperture}: a lens that separates its subject like a stage "
            "light.|Eleven elements, three of them aspherical, and not a trace of fringing.",
        .detail =
            "The focus ring turns with the right resistance, and the motor is silent enough for "
            "film.|Hood and pouch come with it.",
        .bullets =
            "{focal_length} mm, f/{aperture}|{filter} mm filters|Silent motor|Nine rounded "
            "blades|Hood and pouch included",
        .pros =
            "it is sharp wide open|the background melts away|focus is silent|it is built like a "
            "tank|flare is well controlled",
        .cons =
            "it is front-heavy|there is some vignetting|the hood is plastic|it breathes a little "
            "in video" },
    { .slug = "televisions", .name = "Televisions", .parent = "electronics", .picture = "tv",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {panel} {resolution} Smart TV, {refresh_rate} Hz",
        .attributes = {
            { "panel", "Panel", NULL, DEMO_TEXT, "LED|QLED|Mini LED|OLED", true },
            { "resolution", "Resolution", NULL, DEMO_TEXT, "Full HD|4K|4K|4K|8K", true },
            { "refresh_rate", "Refresh rate", "Hz", DEMO_NUMBER, "50|60|100|120|144", true },
            { "hdmi", "HDMI ports", NULL, DEMO_NUMBER, "2|3|4|4", true },
            { "hdr", "HDR", NULL, DEMO_BOOL, NULL, false, 85 },
        },
        .colours = "Black|Silver", .colours_max = 0,
        .axis = "Screen size",
        .axis_values = "32 in|43 in|50 in|55 in|65 in|75 in",
        .axis_max = 4,
        .axis_step_percent = 26,
        .price_minor = 39900, .spread_percent = 50, .weight_g = 12500,
        .lead =
            "A {panel} television with blacks that are black and faces that look like faces.|"
            "{resolution} at {refresh_rate} Hz: calm films, crisp football, quick games.",
        .detail =
            "The remote has ten keys, and the start page shows what you watch, not what somebody "
            "sells.|It adjusts to the room's light and sips power in the process.",
        .bullets =
            "{panel}, {resolution}|{refresh_rate} Hz|{hdmi} HDMI ports|Apps for all large "
            "services|Remote that can be found by a call|Wall mount 200 × 200 mm",
        .pros =
            "the picture is breathtaking|the menus are quick|set-up was painless|films look like "
            "films|game mode has no lag",
        .cons =
            "the feet are far apart|the sound needs help|there is a reflection by day|the remote "
            "has no light" },
    { .slug = "projectors", .name = "Projectors", .parent = "electronics", .picture = "projector",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {resolution} Projector, {brightness} Lumens, {light} Light",
        .attributes = {
            { "resolution", "Resolution", NULL, DEMO_TEXT, "HD|Full HD|Full HD|4K", true },
            { "brightness", "Brightness", "lm", DEMO_NUMBER, "300|500|900|1500|2200|3000", true },
            { "light", "Light source", NULL, DEMO_TEXT, "LED|LED|Laser", true },
            { "picture_size", "Largest picture", "in", DEMO_NUMBER, "100|120|150|200", true },
            { "battery", "Battery built in", NULL, DEMO_BOOL, NULL, false, 30 },
        },
        .colours = "White|Black|Grey", .colours_max = 0,
        .price_minor = 42900, .spread_percent = 60, .weight_g = 2400,
        .lead =
            "A cinema of up to {picture_size} inches from a box that fits on a bookshelf.|The "
            "{name} straightens its picture by itself, wherever it stands.",
        .detail =
            "{brightness} lumens are enough for a living room at dusk, and the fan stays below "
            "the dialogue.|The lamp is good for 25,000 hours: a film a night for thirty years.",
        .bullets =
            "{resolution}|{brightness} lumens|Pictures up to {picture_size} inches|Automatic "
            "focus and keystone|Wi-Fi and Bluetooth",
        .pros =
            "film night has become a ritual|focus is automatic and right|it is really quiet|the "
            "colours are lovely|it is easy to move",
        .cons =
            "it needs a dark room|the built-in system is slow|the stand is missing|black is more "
            "like grey" },
    { .slug = "smartwatches", .name = "Smartwatches", .parent = "electronics", .picture = "watch",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} Smartwatch, {battery} Days, {display} Display, GPS",
        .attributes = {
            { "display", "Display", NULL, DEMO_TEXT, "LCD|AMOLED|AMOLED|Sapphire AMOLED", true },
            { "battery", "Battery life", "days", DEMO_NUMBER, "2|5|7|10|14|21", true },
            { "water", "Water resistance", "m", DEMO_NUMBER, "30|50|50|100" },
            { "lte", "Mobile network", NULL, DEMO_BOOL, NULL, false, 25 },
            { "ecg", "ECG", NULL, DEMO_BOOL, NULL, false, 35 },
        },
        .colours = "Black|Silver|Rose Gold|Navy|Olive|Sand", .colours_max = 3,
        .axis = "Case", .axis_values = "41 mm|45 mm", .axis_max = 2, .axis_step_percent = 8,
        .price_minor = 19900, .spread_percent = 55, .weight_g = 46,
        .lead =
            "{battery} days on one charge, and a display that can be read at noon on the water.|"
            "The {name} counts what you want counted and is silent about the rest.",
        .detail =
            "GPS finds its place in seconds, pulse and sleep are measured day and night, and the "
            "data stays yours.|Straps change without a tool.",
        .bullets =
            "{display} display|{battery} days|{water} m water resistance|GPS of five systems|90 "
            "sports|Quick-change straps",
        .pros =
            "the battery really lasts that long|tracking is accurate|it is light enough for the "
            "night|the display is crisp|it motivates me to move",
        .cons =
            "sleep tracking is generous|the strap collects sweat|replies to messages are limited|"
            "the charger is proprietary" },
};

const struct demo_spec_list demo_specs_electronics = { specs, COUNT(specs) };
