/* SPDX-License-Identifier: Apache-2.0
 * What the computer department of a demo shop sells. Read through demo_words.h.
 * Must never name a real brand. */
#include "flows/demo/demo_words.h"

#define BRANDS                                                                                     \
    "Aurelo|Norvask|Tessaly|Quillon|Brightfen|Veltrano|Hexmoor|Okariva|Lumbric|Kaldmora|Pexolo|"   \
    "Ferrowick|Zunivar|Möbyra"
#define METALS "Silver|Space Grey|Midnight|Sand|Black|Ice Blue"
#define PLAIN "Black|White|Grey"

static const struct demo_spec specs[] = {
    { .slug = "laptops", .name = "Laptops", .parent = "computers", .picture = "laptop",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 5,
        .title = "{brand} {name} {screen_size}-Inch Laptop, {processor}, {memory} GB RAM, "
                 "{resolution}",
        .attributes = {
            { "screen_size", "Screen size", "in", DEMO_NUMBER, "13.3|14|14|15.6|15.6|16|17.3" },
            { "processor", "Processor", NULL, DEMO_TEXT,
                "4-Core 2.8 GHz|6-Core 3.1 GHz|8-Core 3.4 GHz|10-Core 3.8 GHz|12-Core 4.2 GHz|"
                "16-Core 4.6 GHz", true },
            { "memory", "Memory", "GB", DEMO_NUMBER, "8|8|16|16|32|64", true },
            { "resolution", "Resolution", NULL, DEMO_TEXT,
                "Full HD|Full HD|2.5K|2.8K OLED|4K", true },
            { "battery", "Battery life", "h", DEMO_NUMBER, "8|10|12|14|16|18|22", true },
            { "refresh_rate", "Refresh rate", "Hz", DEMO_NUMBER, "60|60|90|120|144|165", true },
            { "touchscreen", "Touchscreen", NULL, DEMO_BOOL, NULL, false, 35 },
        },
        .colours = METALS, .colours_max = 2,
        .axis = "Storage",
        .axis_values = "256 GB|512 GB|1 TB|2 TB",
        .axis_max = 3,
        .axis_step_percent = 13,
        .price_minor = 94900, .spread_percent = 45, .weight_g = 1600,
        .lead =
            "The {name} is a {screen_size}-inch laptop for people who work in trains, kitchens "
            "and meeting rooms alike.|"
            "{brand} built the {name} around a {resolution} display that stays readable next "
            "to a sunny window.|"
            "Open the {name} and it is awake before you have found your chair: {memory} GB "
            "of memory and a {processor} processor see to that.",
        .detail =
            "The battery is good for up to {battery} hours of mixed work, and twenty minutes at "
            "the plug add another four.|"
            "A full-size keyboard with 1.4 mm of travel, a glass touchpad and speakers on "
            "both sides make long days pleasant.|"
            "The lid is milled from recycled aluminium and opens with one finger; fan "
            "noise stays below 28 dB in normal use.",
        .bullets =
            "{screen_size}-inch {resolution} display at {refresh_rate} Hz|{processor} processor "
            "with {memory} GB of memory|"
            "Up to {battery} hours on one charge, USB-C charging at 65 W|Two USB-C, two "
            "USB-A, HDMI and a headphone socket|"
            "Fingerprint reader in the power key and a camera shutter|Wi-Fi 6E and "
            "Bluetooth 5.3",
        .pros =
            "the keyboard is quiet and precise|the battery lasts a whole working day|the screen "
            "is bright enough for the balcony|it wakes up instantly|it stays cool on my lap|the "
            "build feels like twice the price",
        .cons =
            "the fan gets audible under load|the webcam is only average|the speakers lack bass|"
            "the charger is rather bulky|the glossy screen mirrors a lamp behind me" },
    { .slug = "desktops", .name = "Desktop computers", .parent = "computers", .picture = "desktop",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} Desktop PC, {processor}, {memory} GB RAM, {form_factor}",
        .attributes = {
            { "processor", "Processor", NULL, DEMO_TEXT,
                "6-Core 3.2 GHz|8-Core 3.6 GHz|12-Core 4.0 GHz|16-Core 4.4 GHz|"
                "24-Core 4.8 GHz", true },
            { "memory", "Memory", "GB", DEMO_NUMBER, "8|16|16|32|64", true },
            { "graphics", "Graphics memory", "GB", DEMO_NUMBER, "4|6|8|12|16", true },
            { "form_factor", "Form factor", NULL, DEMO_TEXT,
                "Mini Tower|Compact|Mid Tower|Full Tower" },
            { "power", "Power supply", "W", DEMO_NUMBER, "350|450|550|650|850", true },
            { "wifi", "Wi-Fi built in", NULL, DEMO_BOOL, NULL, false, 80 },
        },
        .colours = "Black|White|Graphite", .colours_max = 0,
        .axis = "Storage",
        .axis_values = "512 GB|1 TB|2 TB|4 TB",
        .axis_max = 3,
        .axis_step_percent = 11,
        .price_minor = 109900, .spread_percent = 50, .weight_g = 8200,
        .lead =
            "The {name} is a {form_factor} desktop that disappears under the desk and gets on "
            "with the work.|"
            "With a {processor} processor and {memory} GB of memory, the {name} edits video, "
            "compiles code and plays late into the night.",
        .detail =
            "Three slow 140 mm fans move a lot of air without a sound, and the side panel opens "
            "without tools when you want to add a drive.|"
            "Every part inside is a standard one, so it can be repaired and upgraded for "
            "years.",
        .bullets =
            "{processor} processor|{memory} GB memory in two modules, four slots|Graphics with "
            "{graphics} GB of its own memory|"
            "{power} W power supply, 80 Plus Gold|USB-C at the front, six USB-A ports, "
            "2.5-gigabit Ethernet|Tool-free case with dust filters",
        .pros =
            "it is whisper quiet|upgrading the memory took two minutes|it boots in seconds|cable "
            "management inside is spotless|games run at full settings",
        .cons =
            "the case is larger than I expected|only one USB-C port at the front|the bundled "
            "keyboard went straight into a drawer|the power light is too bright at night" },
    { .slug = "monitors", .name = "Monitors", .parent = "computers", .picture = "monitor",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 3,
        .title =
            "{brand} {name} {screen_size}-Inch {panel} Monitor, {resolution}, {refresh_rate} Hz",
        .attributes = {
            { "screen_size", "Screen size", "in", DEMO_NUMBER, "22|24|24|27|27|32|34|38", true },
            { "panel", "Panel", NULL, DEMO_TEXT, "IPS|IPS|VA|OLED" },
            { "resolution", "Resolution", NULL, DEMO_TEXT,
                "Full HD|Full HD|QHD|QHD|4K UHD|5K", true },
            { "refresh_rate", "Refresh rate", "Hz", DEMO_NUMBER, "60|75|100|144|165|240" },
            { "curved", "Curved", NULL, DEMO_BOOL, NULL, false, 30 },
            { "usb_c_power", "USB-C power", "W", DEMO_NUMBER, "0|0|15|65|90", true },
        },
        .colours = "Black|Silver|White", .colours_max = 0,
        .price_minor = 26900, .spread_percent = 50, .weight_g = 5600,
        .lead =
            "The {name} shows {resolution} on a {screen_size}-inch {panel} panel with colours "
            "that are measured, not guessed.|"
            "One cable to the {name}, and the desk is tidy: picture, data and power run "
            "through it.",
        .detail =
            "The stand lifts, tilts, swivels and turns upright; a hub with four ports hides "
            "behind the panel.|"
            "A matt coating and a flicker-free backlight keep your eyes fresh until the "
            "evening.",
        .bullets =
            "{screen_size}-inch {panel} panel, {resolution}|{refresh_rate} Hz with adaptive sync|"
            "Covers 98% of DCI-P3, calibrated at the factory|"
            "Height, tilt, swivel and pivot|HDMI, DisplayPort and USB-C|VESA mount 100 × "
            "100 mm",
        .pros =
            "text is razor sharp|the colours are spot on out of the box|the stand is rock solid|"
            "one cable does it all|there is no backlight bleed that I can see",
        .cons =
            "the menu joystick is fiddly|the built-in speakers are an afterthought|the power "
            "brick is external|the stand takes a lot of desk" },
    { .slug = "printers", .name = "Printers", .parent = "office-machines", .picture = "printer",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {technology} Printer, {speed} ppm, {functions}",
        .attributes = {
            { "technology", "Technology", NULL, DEMO_TEXT, "Inkjet|Laser|Colour Laser|Ink Tank" },
            { "speed", "Print speed", "ppm", DEMO_NUMBER, "12|18|24|30|38", true },
            { "functions", "Functions", NULL, DEMO_TEXT,
                "Print Only|Print/Scan/Copy|Print/Scan/Copy|Print/Scan/Copy/Fax", true },
            { "duplex", "Two-sided printing", NULL, DEMO_BOOL, NULL, false, 65 },
            { "tray", "Paper tray", "sheets", DEMO_NUMBER, "60|100|150|250|500", true },
            { "wifi", "Wi-Fi", NULL, DEMO_BOOL, NULL, false, 85 },
        },
        .colours = "White|Black|Grey", .colours_max = 0,
        .price_minor = 17900, .spread_percent = 50, .weight_g = 7400,
        .lead =
            "The {name} prints {speed} pages a minute and then goes back to sleep without a "
            "sound.|A {technology} printer for homes and small offices that simply prints when "
            "asked.",
        .detail =
            "Set-up takes five minutes from a phone, and the tray holds {tray} sheets.|"
            "Cartridges are changed from the front and each page costs a fraction of what it "
            "used to.",
        .bullets =
            "{technology}, {speed} pages a minute|{functions}|Tray for {tray} sheets|Prints from "
            "phone and laptop without a driver|Colour display with plain-language messages",
        .pros =
            "it was printing within five minutes|pages come out crisp|it works with every phone "
            "in the house|it is quiet for its class|ink lasts for ages",
        .cons =
            "the tray sticks out when loaded|scanning many pages is slow|the start-up noise is "
            "startling|the display is small" },
    { .slug = "toner-and-ink",
        .name = "Toner and ink",
        .parent = "office-machines",
        .picture = "toner",
        .naming = DEMO_NAMING_TECH, .tone = DEMO_TONE_USED_UP, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {kind} Cartridge, {yield} Pages, {colour}",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT, "Toner|Ink|High-Yield Toner|XL Ink" },
            { "yield", "Page yield", "pages", DEMO_NUMBER, "300|500|900|1500|2600|4200", true },
            { "remanufactured", "Remanufactured", NULL, DEMO_BOOL, NULL, false, 40 },
        },
        .colours = "Black|Cyan|Magenta|Yellow", .colours_max = 0,
        .axis = "Pack",
        .axis_values = "Single|Twin pack|4 pack",
        .axis_max = 3,
        .axis_step_percent = 85,
        .price_minor = 3290, .spread_percent = 45, .weight_g = 480,
        .lead =
            "A {kind} cartridge for about {yield} pages at five percent coverage.|Deep, even "
            "{colour} from the first page to page {yield}.",
        .detail =
            "The chip reports the level honestly, and the empty cartridge goes back to us free "
            "of charge.|Each cartridge is print-tested before it leaves the factory.",
        .bullets =
            "About {yield} pages|Sharp text, smooth areas|Recycling label in the box|No smudging "
            "after ten seconds",
        .pros =
            "it was recognised at once|prints look like the original|it lasts longer than "
            "promised|the price per page is great",
        .cons =
            "the first pages were a little pale|the packaging is hard to open|the level display "
            "jumps" },
    { .slug = "keyboards",
        .name = "Keyboards",
        .parent = "computer-accessories",
        .picture = "keyboard",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {layout} {connection} Keyboard, {switches} Switches",
        .attributes = {
            { "layout", "Layout", NULL, DEMO_TEXT, "Full-Size|Tenkeyless|75%|60%|Ergonomic Split" },
            { "connection", "Connection", NULL, DEMO_TEXT, "Wireless|Wired|Bluetooth|Tri-Mode" },
            { "switches", "Switches", NULL, DEMO_TEXT,
                "Membrane|Scissor|Tactile|Linear|Clicky", true },
            { "backlight", "Backlight", NULL, DEMO_BOOL, NULL, false, 60 },
            { "keys", "Keys", NULL, DEMO_NUMBER, "61|68|84|87|104|108" },
        },
        .colours = "Black|White|Sage|Navy|Cream|Pink", .colours_max = 3,
        .axis = "Keys language", .axis_values = "US English|German|French|Nordic", .axis_max = 2,
        .price_minor = 6990, .spread_percent = 55, .weight_g = 780,
        .lead =
            "The {name} is a {layout} keyboard for people who type all day and want to like it.|"
            "{switches} switches, a heavy base and legends that will not wear off: the {name} "
            "is made to stay.",
        .detail =
            "It pairs with three devices and moves between them at the press of a key.|Feet fold "
            "out to two heights, and the cable channel runs to either side.",
        .bullets =
            "{switches} switches rated for 50 million presses|{connection}, remembers three "
            "devices|Double-shot keycaps|Up to six months on one charge|Works with Windows, "
            "macOS and Linux",
        .pros =
            "typing on it is a joy|it switches between laptop and tablet instantly|the keycaps "
            "feel premium|it does not slide around|it is pleasantly quiet",
        .cons =
            "it is heavier than it looks|the backlight eats the battery|the legends are hard to "
            "read in the dark|there is no wrist rest" },
    { .slug = "mice", .name = "Mice", .parent = "computer-accessories", .picture = "mouse",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {connection} {shape} Mouse, {resolution} DPI",
        .attributes = {
            { "connection", "Connection", NULL, DEMO_TEXT, "Wireless|Wired|Bluetooth" },
            { "shape", "Shape", NULL, DEMO_TEXT, "Ambidextrous|Ergonomic|Vertical|Gaming|Travel" },
            { "resolution", "Sensor resolution", "dpi", DEMO_NUMBER,
                "1600|3200|4000|8000|16000|26000", true },
            { "buttons", "Buttons", NULL, DEMO_NUMBER, "3|5|5|6|8|11", true },
            { "silent", "Silent clicks", NULL, DEMO_BOOL, NULL, false, 45 },
        },
        .colours = "Black|White|Graphite|Rose|Light Blue|Lilac", .colours_max = 4,
        .price_minor = 3490, .spread_percent = 55, .weight_g = 95,
        .lead =
            "A {shape} mouse that fits the hand and then gets out of the way.|The {name} tracks "
            "on glass, wood and your knee, at up to {resolution} dpi.",
        .detail =
            "The wheel spins freely through long pages and clicks in steps when you want "
            "precision.|One charge over lunch lasts for three months.",
        .bullets =
            "{resolution} dpi sensor|{buttons} buttons, all programmable|{connection}|Skates of "
            "pure PTFE|USB-C charging",
        .pros =
            "my wrist stopped hurting|the wheel is superb|it tracks on any surface|the clicks "
            "are really silent|it feels light and quick",
        .cons =
            "it is small for large hands|the software wants an account|the side buttons are too "
            "stiff|the white one shows dirt" },
    { .slug = "routers",
        .name = "Routers and mesh",
        .parent = "computer-accessories",
        .picture = "router",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {standard} {kind}, {speed} Mbit/s, up to {coverage} m²",
        .attributes = {
            { "standard", "Standard", NULL, DEMO_TEXT, "Wi-Fi 5|Wi-Fi 6|Wi-Fi 6E|Wi-Fi 7", true },
            { "kind", "Kind", NULL, DEMO_TEXT, "Router|Mesh Router|Travel Router" },
            { "speed", "Speed", "Mbit/s", DEMO_NUMBER, "1200|1800|3000|5400|7800|11000", true },
            { "coverage", "Coverage", "m²", DEMO_NUMBER, "60|90|140|200|280", true },
            { "ports", "Ethernet ports", NULL, DEMO_NUMBER, "2|3|4|5|8", true },
        },
        .colours = "White|Black", .colours_max = 0,
        .axis = "Pack",
        .axis_values = "1 pack|2 pack|3 pack",
        .axis_max = 3,
        .axis_step_percent = 70,
        .price_minor = 11900, .spread_percent = 55, .weight_g = 620,
        .lead =
            "{standard} for every corner: the {name} covers up to {coverage} m² without a dead "
            "spot.|Unbox, plug in, scan the code: the {name} is online in four minutes.",
        .detail =
            "Updates install themselves at night, and a guest network is one tap away.|It "
            "prefers calls over downloads when the line is full.",
        .bullets =
            "{standard}, {speed} Mbit/s|{ports} Ethernet ports, one at 2.5 Gbit/s|WPA3 and "
            "automatic updates|Guest network and bedtime for children's devices|No cloud "
            "account needed",
        .pros =
            "the dead spot in the kitchen is gone|set-up took minutes|calls no longer drop|the "
            "app is clear|it has been up for months",
        .cons =
            "it runs warm|the light cannot be switched off|only one fast port|the mounting holes "
            "are oddly spaced" },
    { .slug = "cables",
        .name = "Cables and adapters",
        .parent = "computer-accessories",
        .picture = "cable",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind} Cable, {power} W, Braided",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT,
                "USB-C to USB-C|USB-C to USB-A|HDMI 2.1|DisplayPort 1.4|Thunder-Speed USB4" },
            { "power", "Power", "W", DEMO_NUMBER, "15|60|60|100|240", true },
            { "data_rate", "Data rate", "Gbit/s", DEMO_NUMBER, "0.48|5|10|20|40", true },
            { "right_angle", "Right-angled plug", NULL, DEMO_BOOL, NULL, false, 25 },
        },
        .colours = "Black|White|Red|Navy|Sage", .colours_max = 2,
        .axis = "Length",
        .axis_values = "0.5 m|1 m|2 m|3 m",
        .axis_max = 3,
        .axis_step_percent = 18,
        .price_minor = 1290, .spread_percent = 45, .weight_g = 60,
        .lead =
            "A {kind} cable with a braided jacket that survives bags, cats and office chairs.|"
            "The {name} carries {power} W and {data_rate} Gbit/s, and says so on the plug.",
        .detail =
            "The strain relief is tested for 25,000 bends, and a leather strap keeps it coiled.|"
            "Plugs are slim enough for every case.",
        .bullets = "{kind}|Up to {power} W|{data_rate} Gbit/s|25,000 bends tested|Strap included",
        .pros =
            "it feels nearly indestructible|it charges at full speed|it never tangles|the plugs "
            "fit tightly",
        .cons =
            "it is a bit stiff at first|the strap fell off|the plug is thick|I should have "
            "bought the longer one" },
    { .slug = "drives", .name = "Drives", .parent = "storage-and-memory", .picture = "drive",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 2,
        .title = "{brand} {name} {kind}, {interface}, up to {read_speed} MB/s",
        .attributes = {
            { "kind", "Kind", NULL, DEMO_TEXT,
                "Portable SSD|Rugged SSD|Pocket SSD|Desktop SSD" },
            { "interface", "Interface", NULL, DEMO_TEXT, "USB-C|USB 3.2|USB4" },
            { "read_speed", "Read speed", "MB/s", DEMO_NUMBER,
                "420|540|1050|2000|2800|3600", true },
            { "encryption", "Hardware encryption", NULL, DEMO_BOOL, NULL, false, 50 },
            { "warranty", "Warranty", "years", DEMO_NUMBER, "2|3|3|5|5", true },
        },
        .colours = "Black|Silver|Blue|Red", .colours_max = 2,
        .axis = "Capacity",
        .axis_values = "500 GB|1 TB|2 TB|4 TB",
        .axis_max = 4,
        .axis_step_percent = 55,
        .price_minor = 7490, .spread_percent = 35, .weight_g = 110,
        .lead =
            "The {name} reads up to {read_speed} MB/s, so a holiday's worth of pictures moves in "
            "a minute.|A {kind} small enough to forget in a pocket, and tough enough to be "
            "forgotten there.",
        .detail =
            "The shell is aluminium, which keeps it cool in long transfers, and it survives a "
            "fall from two metres.|It arrives formatted for every system, with nothing "
            "installed on it.",
        .bullets =
            "{interface}, up to {read_speed} MB/s|Survives falls from 2 m|No software needed|"
            "{warranty} years of warranty",
        .pros =
            "copies finish before my coffee does|it is tiny|it stays cool|both cables are in the "
            "box",
        .cons =
            "it gets slower when nearly full|the cable is short|the activity light is dim|the "
            "finish scratches easily" },
    { .slug = "memory", .name = "Memory", .parent = "storage-and-memory", .picture = "memory",
        .naming = DEMO_NAMING_TECH, .brands = BRANDS, .share = 1,
        .title = "{brand} {name} {standard} Memory, {speed} MT/s, CL{latency}",
        .attributes = {
            { "standard", "Standard", NULL, DEMO_TEXT,
                "DDR4|DDR4 SO-DIMM|DDR5|DDR5 SO-DIMM", true },
            { "speed", "Speed", "MT/s", DEMO_NUMBER, "2666|3200|3600|4800|5600|6400", true },
            { "latency", "Latency", NULL, DEMO_NUMBER, "16|18|30|36|40" },
            { "heatsink", "Heat spreader", NULL, DEMO_BOOL, NULL, false, 60 },
        },
        .colours = "Black|Green|White|Red", .colours_max = 0,
        .axis = "Capacity",
        .axis_values = "8 GB|16 GB|2 × 16 GB|2 × 32 GB",
        .axis_max = 4,
        .axis_step_percent = 65,
        .price_minor = 3990, .spread_percent = 35, .weight_g = 60,
        .lead =
            "{standard} at {speed} MT/s from chips that were tested one by one.|The quickest way "
            "to make an older computer feel new.",
        .detail =
            "Profiles are stored on the module: choose one in the firmware and you are done.|It "
            "comes with a lifetime warranty and a guide with pictures.",
        .bullets =
            "{speed} MT/s at CL{latency}|Fits standard boards|Tested for 24 hours|Lifetime "
            "warranty",
        .pros =
            "it ran at full speed at once|the computer feels new|installation took a minute|it "
            "is completely stable",
        .cons =
            "the heat spreader is tall|it needed a firmware update|the lights cannot be dimmed" },
};

const struct demo_spec_list demo_specs_computers = { specs, COUNT(specs) };
