/* SPDX-License-Identifier: Apache-2.0
 * What the fashion department of a demo shop sells. Read through demo_words.h.
 * Must never name a real brand. */
#include "flows/demo/demo_words.h"

#define BRANDS                                                                                     \
    "Corvane|Maréelle|Thistle & Tarn|Pellworth|Anwyck|Lör & Vale|Saltmarsh Row|Juniper Hext|"    \
    "Bramley Voss|Odeline|Tarrant Fold|Kestwick"
#define CUT                                                                                        \
    {                                                                                              \
        "cut", "Cut", NULL, DEMO_TEXT, "Women's|Men's|Unisex"                                      \
    }
#define WEAR_PROS                                                                                  \
    "the fabric feels wonderful|it fits true to size|it still looks new after many washes|the "    \
    "colour is lovely|the seams are neat|I get compliments every time"
#define WEAR_CONS                                                                                  \
    "it creases easily|it runs a little small|the sleeves are long|the colour is darker than on "  \
    "the screen|a loose thread had to be cut"
#define SHOE_PROS                                                                                  \
    "they were comfortable from the first step|the leather is soft|they look great with "          \
    "everything|the sole grips well|my feet stay dry"
#define SHOE_CONS                                                                                  \
    "they run half a size small|the laces are too long|they squeak on wet floors|they needed a "   \
    "week to soften"

static const struct demo_spec specs[] = {
    { .slug = "shirts", .name = "Shirts", .parent = "clothing", .picture = "shirt",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 4,
        .title = "{brand} {name} {cut} {fit} {material} Shirt, {sleeve}",
        .attributes = {
            CUT,
            { "material", "Material", NULL, DEMO_TEXT,
                "Cotton|Linen|Organic Cotton|Oxford Cotton|Flannel|Lyocell" },
            { "fit", "Fit", NULL, DEMO_TEXT, "Regular|Slim|Relaxed|Boxy" },
            { "sleeve", "Sleeve", NULL, DEMO_TEXT, "Long Sleeve|Short Sleeve" },
            { "organic", "Certified organic", NULL, DEMO_BOOL, NULL, false, 40 },
        },
        .colours = "White|Light Blue|Navy|Sage|Burgundy|Black|Coral|Sand", .colours_max = 3,
        .axis = "Size", .axis_values = "XS|S|M|L|XL|XXL", .axis_max = 5,
        .price_minor = 4490, .spread_percent = 45, .weight_g = 240,
        .lead =
            "A {fit} shirt of {material} that looks ironed even when it is not.|The {name} is "
            "cut for moving: a pleat at the back, room at the shoulder.",
        .detail =
            "Buttons of corozo nut are sewn on to stay, and a spare pair sits inside the hem.|It "
            "is washed before sewing, so it will not shrink afterwards.",
        .bullets = "{material}|{fit} fit|{sleeve}|Corozo buttons|Machine wash at 30 °C",
        .pros = WEAR_PROS, .cons = WEAR_CONS },
    { .slug = "jackets", .name = "Jackets", .parent = "clothing", .picture = "jacket",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {cut} {kind}, {material}",
        .attributes = {
            CUT,
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Rain Jacket|Down Jacket|Denim Jacket|Field Jacket|Fleece Jacket" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Recycled Nylon|Waxed Cotton|Denim|Merino Fleece|Softshell" },
            { "water_column", "Water column", "mm", DEMO_NUMBER, "0|5000|10000|15000|20000", true },
            { "hood", "Hood", NULL, DEMO_BOOL, NULL, false, 65 },
        },
        .colours = "Navy|Olive|Black|Mustard|Red|Forest Green|Sand", .colours_max = 2,
        .axis = "Size", .axis_values = "XS|S|M|L|XL|XXL", .axis_max = 4,
        .price_minor = 11900, .spread_percent = 50, .weight_g = 720,
        .lead =
            "A {kind} for weather that cannot make up its mind.|The {name} packs into its own "
            "pocket and comes out without a crease.",
        .detail =
            "Seams are taped, zips run smoothly, and there is a pocket for everything you own.|"
            "The finish is free of fluorocarbons and can be renewed in the dryer.",
        .bullets =
            "{material}|Taped seams|Five pockets|Two-way zip|Repairs are free for five years",
        .pros = WEAR_PROS, .cons = WEAR_CONS },
    { .slug = "dresses", .name = "Dresses", .parent = "clothing", .picture = "dress",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {material} {length} Dress, {neckline}",
        .attributes = {
            { "material", "Material", NULL, DEMO_TEXT,
                "Viscose|Linen|Silk Blend|Cotton Poplin|Jersey" },
            { "length", "Length", NULL, DEMO_TEXT, "Midi|Mini|Maxi|Knee-Length" },
            { "neckline", "Neckline", NULL, DEMO_TEXT, "V-Neck|Round Neck|Square Neck|Wrap" },
            { "pockets", "Pockets", NULL, DEMO_BOOL, NULL, false, 55 },
        },
        .colours = "Black|Terracotta|Forest Green|Navy|Rose|Lilac|Red", .colours_max = 2,
        .axis = "Size", .axis_values = "XS|S|M|L|XL", .axis_max = 4,
        .price_minor = 7490, .spread_percent = 45, .weight_g = 320,
        .lead =
            "A {length} dress in {material} that moves when you do.|From desk to dinner: the "
            "{name} needs nothing but other shoes.",
        .detail =
            "The waist is shaped by darts rather than elastic, and the lining is soft.|It hangs "
            "out overnight and is ready in the morning.",
        .bullets = "{material}|{length}|{neckline}|Soft lining|Hand wash or gentle cycle",
        .pros = WEAR_PROS, .cons = WEAR_CONS },
    { .slug = "shoes", .name = "Shoes", .parent = "footwear", .picture = "shoe",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 3,
        .title = "{brand} {name} {cut} {kind}, {material}",
        .attributes = {
            CUT,
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Trainers|Running Shoes|Court Trainers|Walking Shoes" },
            { "material", "Material", NULL, DEMO_TEXT, "Leather|Knit|Suede|Canvas|Recycled Mesh" },
            { "drop", "Drop", "mm", DEMO_NUMBER, "0|4|6|8|10" },
            { "waterproof", "Waterproof", NULL, DEMO_BOOL, NULL, false, 25 },
        },
        .colours = "White|Black|Navy|Red|Sage|Coral|Sky Blue", .colours_max = 2,
        .axis = "Size",
        .axis_values = "EU 36|EU 37|EU 38|EU 39|EU 40|EU 41|EU 42|EU 43|EU 44|EU 45",
        .axis_max = 4,
        .price_minor = 8990, .spread_percent = 45, .weight_g = 640,
        .lead =
            "{kind} in {material} that need no breaking in.|The {name} rolls softly from heel to "
            "toe and shrugs off puddles.",
        .detail =
            "The insole comes out for washing, and the sole can be replaced.|Cushioning is made "
            "from castor oil instead of crude.",
        .bullets =
            "{material}|{drop} mm drop|Removable insole|Sole can be replaced|Laces from recycled "
            "bottles",
        .pros = SHOE_PROS, .cons = SHOE_CONS },
    { .slug = "boots", .name = "Boots", .parent = "footwear", .picture = "boot",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {cut} {kind}, {material}, {sole} Sole",
        .attributes = {
            CUT,
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Chelsea Boots|Hiking Boots|Lace-Up Boots|Winter Boots" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Full-Grain Leather|Suede|Nubuck|Waxed Leather" },
            { "sole", "Sole", NULL, DEMO_TEXT, "Rubber|Lug|Crepe" },
            { "waterproof", "Waterproof", NULL, DEMO_BOOL, NULL, false, 60 },
        },
        .colours = "Brown|Black|Tan|Olive|Burgundy", .colours_max = 2,
        .axis = "Size",
        .axis_values = "EU 37|EU 38|EU 39|EU 40|EU 41|EU 42|EU 43|EU 44|EU 45",
        .axis_max = 4,
        .price_minor = 15900, .spread_percent = 40, .weight_g = 1400,
        .lead =
            "{kind} in {material}, stitched so that a cobbler can bring them back to life.|The "
            "{name} start stiff, soften in a week and stay for years.",
        .detail =
            "A bellows tongue keeps out water, and the lining is vegetable-tanned.|The heel is "
            "stacked and nailed, as it was a hundred years ago.",
        .bullets = "{material}|{sole} sole|Welted, can be resoled|Bellows tongue|Wool insole",
        .pros = SHOE_PROS, .cons = SHOE_CONS },
    { .slug = "hats", .name = "Hats and caps", .parent = "fashion-accessories", .picture = "hat",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind}, {material}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Fedora|Sun Hat|Bucket Hat|Cap" },
            { "material", "Material", NULL, DEMO_TEXT, "Wool Felt|Straw|Cotton Twill|Linen" },
            { "brim", "Brim", "cm", DEMO_NUMBER, "5|6|7|9|12" },
            { "foldable", "Foldable", NULL, DEMO_BOOL, NULL, false, 40 },
        },
        .colours = "Camel|Navy|Black|Olive|Cream|Burgundy", .colours_max = 3,
        .axis = "Size", .axis_values = "S/M|M/L|L/XL", .axis_max = 2,
        .price_minor = 3990, .spread_percent = 50, .weight_g = 120,
        .lead =
            "A {kind} of {material} with a brim of {brim} cm.|Shade that packs flat and springs "
            "back.",
        .detail =
            "A cord inside adjusts the width, and the band is soft against the brow.|It blocks "
            "UV to UPF 50+.",
        .bullets = "{material}|{brim} cm brim|Adjustable inside|UPF 50+",
        .pros = WEAR_PROS,
        .cons =
            "it is warm in summer|the brim lost its shape in the case|it runs large|it sheds a "
            "little" },
    { .slug = "sunglasses",
        .name = "Sunglasses",
        .parent = "fashion-accessories",
        .picture = "sunglasses",
        .naming = DEMO_NAMING_SOFT, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {shape} Sunglasses, {frame}, {lens}",
        .attributes = {
            { "shape", "Shape", NULL, DEMO_TEXT, "Round|Square|Panto|Aviator|Cat-Eye" },
            { "frame", "Frame", NULL, DEMO_TEXT, "Acetate|Titanium|Bio-Acetate|Steel" },
            { "lens", "Lens", NULL, DEMO_TEXT, "Polarised|Category 3|Gradient|Mirrored" },
            { "width", "Lens width", "mm", DEMO_NUMBER, "46|48|50|52|55" },
            { "uv400", "UV400", NULL, DEMO_BOOL, NULL, false, 100 },
        },
        .colours = "Black|Tortoise|Olive|Burgundy|Clear|Navy", .colours_max = 4,
        .price_minor = 6990, .spread_percent = 60, .weight_g = 28,
        .lead =
            "{shape} frames of {frame} that hold their shape on dashboards and beaches.|{lens} "
            "lenses that calm the light without changing its colour.",
        .detail =
            "Five-barrel hinges open smoothly for years, and the case folds flat.|Lenses can be "
            "exchanged for your prescription.",
        .bullets =
            "{lens} lenses, UV400|{frame} frame|{width} mm lens width|Five-barrel hinges|Folding "
            "case and cloth",
        .pros =
            "they feel light|glare is gone|they suit my face|the case is clever|they look "
            "expensive",
        .cons =
            "they are wide for small faces|the lenses smudge|the hinge is stiff|the nose pads "
            "leave marks" },
    { .slug = "rings", .name = "Rings", .parent = "jewellery-and-watches", .picture = "ring",
        .naming = DEMO_NAMING_SOFT,
        .brands = "Odeline|Maréelle|Orfèvre Lys|Juniper Hext|Silverrook|Lör & Vale|Ambrosine",
        .share = 1,
        .title = "{brand} {name} {metal} Ring with {stone}, {width} mm",
        .attributes = {
            { "metal", "Metal", NULL, DEMO_TEXT,
                "Sterling Silver|Gold Vermeil|9 ct Gold|14 ct Gold|18 ct Gold", true },
            { "stone", "Stone", NULL, DEMO_TEXT,
                "Moonstone|Zirconia|Garnet|Sapphire|Lab Diamond|Emerald", true },
            { "width", "Band width", "mm", DEMO_NUMBER, "1.5|1.8|2|2.5|4" },
            { "recycled", "Recycled metal", NULL, DEMO_BOOL, NULL, false, 60 },
        },
        .colours = "Silver|Gold|Rose Gold", .colours_max = 0,
        .axis = "Ring size", .axis_values = "48|50|52|54|56|58|60", .axis_max = 6,
        .price_minor = 8900, .spread_percent = 80, .weight_g = 4,
        .lead =
            "A {stone}, set low in {metal} so that it does not catch on a sleeve.|Made to order "
            "by two goldsmiths in a workshop with a skylight.",
        .detail =
            "The inside is rounded for comfort, and engraving is free.|It comes in a box of felt "
            "with a note on its care.",
        .bullets = "{metal}|{stone}|{width} mm band|Free engraving|Resized once for free",
        .pros =
            "it sparkles beautifully|it is comfortable all day|the box is lovely|it looks "
            "delicate but is sturdy",
        .cons =
            "it is finer than I thought|sizing runs small|it needs polishing|delivery took a "
            "while" },
    { .slug = "wristwatches",
        .name = "Wristwatches",
        .parent = "jewellery-and-watches",
        .picture = "watch",
        .naming = DEMO_NAMING_SOFT,
        .brands = "Silverrook|Halden & Zeit|Pellworth|Corvane|Uhrwald|Kestwick|Ambrosine",
        .share = 1,
        .title = "{brand} {name} {movement} Watch, {diameter} mm, {strap}",
        .attributes = {
            { "movement", "Movement", NULL, DEMO_TEXT,
                "Quartz|Quartz|Solar|Automatic|Hand-Wound", true },
            { "diameter", "Case diameter", "mm", DEMO_NUMBER, "34|36|38|40|42" },
            { "strap", "Strap", NULL, DEMO_TEXT,
                "Leather Strap|Steel Bracelet|Milanese Mesh|Canvas Strap" },
            { "water", "Water resistance", "m", DEMO_NUMBER, "30|50|100|200", true },
            { "sapphire", "Sapphire glass", NULL, DEMO_BOOL, NULL, false, 55 },
        },
        .colours = "Silver|Black|Rose Gold|Gold|Navy|Brown", .colours_max = 3,
        .price_minor = 17900, .spread_percent = 75, .weight_g = 95,
        .lead =
            "A {movement} watch of {diameter} mm that says the time and nothing else.|The dial "
            "of the {name} has three hands, sixty marks and a great deal of quiet.",
        .detail =
            "The strap changes without a tool, and the case is tested to {water} m.|Every watch "
            "is regulated in five positions before it leaves.",
        .bullets =
            "{movement} movement|{diameter} mm case|Water resistant to {water} m|{strap}|"
            "Two-year warranty",
        .pros =
            "it is elegant and thin|it keeps time to the second|the strap is soft|it looks twice "
            "its price",
        .cons =
            "the strap is short|the date is tiny|it ticks audibly at night|the clasp is stiff" },
    { .slug = "handbags", .name = "Handbags", .parent = "fashion-accessories", .picture = "bag",
        .naming = DEMO_NAMING_SOFT, .tone = DEMO_TONE_SOFT, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind}, {material}, {capacity} l",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Tote Bag|Crossbody Bag|Shopper|Shoulder Bag" },
            { "material", "Material", NULL, DEMO_TEXT,
                "Leather|Canvas|Apple Leather|Suede|Recycled Nylon" },
            { "capacity", "Volume", "l", DEMO_NUMBER, "4|7|10|14|18" },
            { "laptop", "Fits a laptop", NULL, DEMO_BOOL, NULL, false, 40 },
        },
        .colours = "Tan|Black|Burgundy|Forest Green|Navy|Sand|Cream", .colours_max = 4,
        .price_minor = 12900, .spread_percent = 60, .weight_g = 680,
        .lead =
            "A {kind} in {material} that stands by itself and closes with one hand.|{capacity} "
            "litres with a place for keys, so that you find them.",
        .detail =
            "Edges are painted by hand in four layers, and the handles are as long as an arm "
            "needs.|It ages well: scratches become stories.",
        .bullets =
            "{material}|{capacity} l|Magnetic clasp and zip pocket|Detachable strap|Dust bag "
            "included",
        .pros =
            "it holds more than it seems|the leather smells wonderful|it goes with everything|"
            "the pockets are well thought out",
        .cons =
            "it is heavy when full|the strap could be longer|it scratches easily|the clasp is "
            "noisy" },
};

const struct demo_spec_list demo_specs_wear = { specs, COUNT(specs) };
