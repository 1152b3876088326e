/* SPDX-License-Identifier: Apache-2.0
 * Drawings of computers and what is plugged into them. Called through the table at the end.
 * Must never draw a real maker's mark. */
#include "services/catalog/catalog_picture_internal.h"

static void draw_laptop(struct catalog_pencil *p)
{
    int dots = catalog_pencil_range(p, 12, 15);
    catalog_pencil_shadow(p, 200, 388, 160);
    DRAW(p,
        "<path d='M78 156q0-12 12-12h220q12 0 12 12v170H78z' fill='~v'/><path d='M84 158q0-8 "
        "8-8h216q8 0 8 8v166H84z' fill='$k'/>");
    catalog_pencil_image(p, (struct catalog_pencil_box){ 92, 160, 216, 152 });
    DRAW(p,
        "<path d='M92 160h90l-60 152H92z' fill='#fff' fill-opacity='.1'/><circle cx='200' cy='155' "
        "r='2' fill='$n'/><path d='M78 320h244l36 54H42z' fill='~v'/><path d='M42 374h316v5q0 9-9 "
        "9H51q-9 0-9-9z' fill='$d'/><path d='M165 374h70q-3 6-9 6h-52q-6 0-9-6z' fill='$D'/><path "
        "d='M98 326h204l20 26H78z' fill='$k' fill-opacity='.75'/><g stroke='$L' "
        "stroke-opacity='.75' stroke-width='5'><path stroke-dasharray='% 2' d='M100 "
        "331h200'/><path stroke-dasharray='% 2' d='M94 339h212'/><path stroke-dasharray='% 2' "
        "d='M87 347h226'/></g><path d='M160 356h80l5 14h-90z' fill='$D' fill-opacity='.45'/><path "
        "d='M78 320h244' stroke='$D' stroke-width='3'/>",
        dots, dots + 1, dots + 2);
}

static void draw_phone(struct catalog_pencil *p)
{
    int lenses = catalog_pencil_pick(p, 3), radius = catalog_pencil_range(p, 18, 30);
    catalog_pencil_shadow(p, 206, 408, 120);
    DRAW(p,
        "<g transform='rotate(-9 150 260)'><rect x='82' y='104' width='150' height='302' rx='%' "
        "fill='$D'/><rect x='80' y='102' width='148' height='302' rx='%' fill='~v'/>",
        radius, radius);
    if (lenses == 0)
        DRAW(p,
            "<rect x='92' y='114' width='62' height='62' rx='18' fill='$l'/><g fill='$g' "
            "stroke='$d' stroke-width='3'><circle cx='110' cy='132' r='12'/><circle cx='136' "
            "cy='158' r='12'/></g><circle cx='137' cy='131' r='6' fill='$y'/>");
    else if (lenses == 1)
        DRAW(p,
            "<rect x='92' y='114' width='124' height='42' rx='21' fill='$D'/><g fill='$g' "
            "stroke='$M' stroke-width='3'><circle cx='114' cy='135' r='13'/><circle cx='150' "
            "cy='135' r='13'/></g><circle cx='184' cy='135' r='6' fill='$y'/>");
    else
        DRAW(p,
            "<g fill='$g' stroke='$d' stroke-width='4'><circle cx='112' cy='132' r='14'/><circle "
            "cx='112' cy='168' r='14'/><circle cx='112' cy='204' r='14'/></g><circle cx='140' "
            "cy='132' r='6' fill='$y'/>");
    DRAW(p,
        "<path d='M80 300L228 150v-20q-1-28-30-28L80 220z' fill='#fff' fill-opacity='.12'/></g><g "
        "transform='rotate(6 236 264)'><rect x='166' y='112' width='152' height='302' rx='%' "
        "fill='$D'/><rect x='163' y='110' width='152' height='302' rx='%' fill='$k'/>",
        radius, radius);
    catalog_pencil_image(p, (struct catalog_pencil_box){ 170, 117, 138, 288 });
    DRAW(p,
        "<rect x='166' y='113' width='146' height='296' rx='%' fill='none' stroke='$k' "
        "stroke-width='10'/><rect x='216' y='126' width='46' height='12' rx='6' fill='$k'/><g "
        "fill='#fff' fill-opacity='.85'><rect x='199' y='164' width='80' height='22' rx='4'/><rect "
        "x='214' y='194' width='50' height='7' rx='3'/></g><g fill='#fff' fill-opacity='.8'><rect "
        "x='184' y='360' width='26' height='26' rx='8'/><rect x='226' y='360' width='26' "
        "height='26' rx='8'/><rect x='268' y='360' width='26' height='26' rx='8'/></g><path "
        "d='M168 130l60-16h30L168 250z' fill='#fff' fill-opacity='.12'/></g>",
        radius - 3);
}

static void draw_tablet(struct catalog_pencil *p)
{
    catalog_pencil_shadow(p, 200, 416, 130);
    DRAW(p,
        "<g transform='rotate(-5 200 250)'><rect x='83' y='95' width='230' height='318' rx='22' "
        "fill='$D'/><rect x='80' y='92' width='230' height='318' rx='22' fill='~v'/><rect x='85' "
        "y='97' width='220' height='308' rx='18' fill='$k'/>");
    catalog_pencil_image(p, (struct catalog_pencil_box){ 97, 109, 196, 284 });
    DRAW(p,
        "<rect x='112' y='126' width='82' height='82' rx='12' fill='#fff' "
        "fill-opacity='.85'/><path d='M124 192l18-24 14 16 12-12 16 20z' fill='$a'/><circle "
        "cx='172' cy='146' r='8' fill='$y'/><g fill-opacity='.85'><rect x='208' y='126' width='34' "
        "height='34' rx='9' fill='$a'/><rect x='250' y='126' width='34' height='34' rx='9' "
        "fill='$w'/><rect x='208' y='172' width='34' height='34' rx='9' fill='$y'/><rect x='250' "
        "y='172' width='34' height='34' rx='9' fill='$G'/></g><rect x='124' y='344' width='142' "
        "height='36' rx='14' fill='#fff' fill-opacity='.45'/><g fill='#fff'><rect x='134' y='350' "
        "width='24' height='24' rx='7'/><rect x='166' y='350' width='24' height='24' rx='7'/><rect "
        "x='198' y='350' width='24' height='24' rx='7'/><rect x='230' y='350' width='24' "
        "height='24' rx='7'/></g><path d='M97 109h110L97 300z' fill='#fff' "
        "fill-opacity='.1'/></g>");
    if (catalog_pencil_pick(p, 2))
        DRAW(p,
            "<g transform='rotate(9 336 260)'><rect x='330' y='120' width='13' height='268' rx='6' "
            "fill='~n'/><path d='M330 384h13l-6 26z' fill='$M'/><rect x='330' y='150' width='13' "
            "height='8' fill='$b'/></g>");
}

static void draw_monitor(struct catalog_pencil *p)
{
    int foot = catalog_pencil_pick(p, 2);
    catalog_pencil_shadow(p, 200, 398, 110);
    DRAW(p, "<path d='M186 300h28l4 82h-36z' fill='~m'/>");
    if (foot)
        DRAW(p,
            "<path d='M110 398q4-18 40-20h100q36 2 40 20z' fill='~v'/><path d='M110 "
            "396h180v5H110z' fill='$D'/>");
    else
        DRAW(p,
            "<ellipse cx='200' cy='390' rx='88' ry='14' fill='$D'/><ellipse cx='200' cy='386' "
            "rx='88' ry='14' fill='~h'/>");
    DRAW(p,
        "<rect x='36' y='116' width='328' height='206' rx='10' fill='$D'/><rect x='34' y='112' "
        "width='328' height='206' rx='10' fill='$k'/><path d='M34 296h328v12q0 10-10 10H44q-10 "
        "0-10-10z' fill='~v'/>");
    catalog_pencil_image(p, (struct catalog_pencil_box){ 43, 121, 310, 174 });
    DRAW(p,
        "<g fill-opacity='.92'><rect x='62' y='140' width='150' height='104' rx='6' "
        "fill='$w'/><rect x='196' y='172' width='136' height='96' rx='6' fill='$G'/></g><path "
        "d='M62 146q0-6 6-6h138q6 0 6 6v8H62z' fill='$W'/><g stroke-width='5' "
        "stroke-linecap='round'><path d='M76 170h70M76 184h96M76 198h50M76 212h84' "
        "stroke='$M'/><path d='M210 192h50M210 206h84' stroke='$e'/><path d='M210 220h34M210 "
        "234h60M210 248h44' stroke='$y'/></g><path d='M43 121h150L90 295H43z' fill='#fff' "
        "fill-opacity='.1'/><circle cx='200' cy='307' r='3' fill='$L'/>");
}

static void draw_tv(struct catalog_pencil *p)
{
    int bar = catalog_pencil_pick(p, 2);
    catalog_pencil_shadow(p, 200, 390, 150);
    if (bar)
        DRAW(p,
            "<path d='M172 322h56v46h-56z' fill='$d'/><rect x='84' y='362' width='232' height='26' "
            "rx='10' fill='$K'/><path d='M94 370h212M94 376h212M94 382h212' stroke='$k' "
            "stroke-width='3' stroke-dasharray='3 3'/>");
    else
        DRAW(p, "<path d='M96 322l-22 66h12l30-66zM304 322l22 66h-12l-30-66z' fill='$d'/>");
    DRAW(p,
        "<rect x='18' y='110' width='364' height='216' rx='6' fill='$k'/><path d='M18 318h364v2q0 "
        "6-6 6H24q-6 0-6-6z' fill='$b'/>");
    catalog_pencil_image(p, (struct catalog_pencil_box){ 24, 116, 352, 200 });
    DRAW(p,
        "<path d='M24 116h190L100 316H24z' fill='#fff' fill-opacity='.1'/><path d='M190 322h20' "
        "stroke='$L' stroke-width='2'/>");
}

static void draw_desktop(struct catalog_pencil *p)
{
    int fans = catalog_pencil_range(p, 2, 3);
    catalog_pencil_shadow(p, 210, 404, 120);
    DRAW(p,
        "<path d='M106 116l24-18h166l-22 18z' fill='$l'/><path d='M274 116l22-18v290l-22 18z' "
        "fill='$D'/><rect x='106' y='116' width='168' height='290' rx='5' fill='~v'/><rect x='166' "
        "y='128' width='100' height='264' rx='6' fill='~g'/>");
    for (int i = 0; i < fans; i++)
        DRAW(p,
            "<g transform='translate(216 %)'><circle r='36' fill='$g'/><circle r='33' fill='none' "
            "stroke='$a' stroke-width='5'/><path d='M0 0q4-22 22-22-2 18-22 22 22-4 24 14-16 "
            "6-24-14 4 22-14 24-6-14 14-24-22 4-24-14 14-6 24 14' fill='$a' "
            "fill-opacity='.5'/><circle r='7' fill='$k'/></g>",
            174 + i * (fans == 2 ? 130 : 82));
    DRAW(p,
        "<path d='M166 134q0-6 6-6h60l-66 150z' fill='#fff' fill-opacity='.1'/><g stroke='$D' "
        "stroke-width='3' stroke-linecap='round'><path d='M120 180h32M120 190h32M120 200h32M120 "
        "210h32M120 220h32M120 230h32M120 240h32M120 250h32M120 260h32M120 270h32M120 280h32M120 "
        "290h32'/></g><circle cx='136' cy='142' r='9' fill='$D'/><circle cx='136' cy='142' r='5' "
        "fill='$a'/><g fill='$k'><rect x='122' y='336' width='28' height='7' rx='3'/><rect x='122' "
        "y='352' width='28' height='7' rx='3'/></g><path d='M112 406h22v8h-22zM246 406h22v8h-22z' "
        "fill='$k'/>");
}

static void draw_printer(struct catalog_pencil *p)
{
    int tall = catalog_pencil_pick(p, 2) ? 0 : 24;
    catalog_pencil_shadow(p, 200, 396, 150);
    DRAW(p,
        "<path d='M122 226l14-%h128l14 %z' fill='$w'/><path d='M138 138h124l8 52H130z' "
        "fill='$W'/><path d='M60 236q0-22 22-22h236q22 0 22 22v20H60z' fill='~v'/><path d='M78 "
        "214h244l-14-14q-4-4-10-4H102q-6 0-10 4z' fill='$L'/><rect x='52' y='244' width='296' "
        "height='146' rx='18' fill='~v'/><path d='M52 330h296v42q0 18-18 18H70q-18 0-18-18z' "
        "fill='$d'/><rect x='96' y='290' width='208' height='60' rx='8' fill='$k'/><path d='M112 "
        "316h176l22 74H90z' fill='$w'/><path d='M122 328h156l14 50H108z' fill='#cfe0e6'/><path "
        "d='M110 374l42-36 26 18 30-24 80 42z' fill='$e'/><circle cx='246' cy='340' r='7' "
        "fill='$y'/><rect x='70' y='260' width='72' height='22' rx='5' fill='$g'/><path d='M78 "
        "271h28' stroke='#8fd0e0' stroke-width='4'/><g fill='$D'><circle cx='318' cy='271' "
        "r='9'/><circle cx='292' cy='271' r='6'/></g><circle cx='318' cy='271' r='4' "
        "fill='$a'/><path d='M70 250h260' stroke='#fff' stroke-opacity='.4' stroke-width='3'/>",
        94 + tall, 94 + tall);
}

static void draw_toner(struct catalog_pencil *p)
{
    catalog_pencil_shadow(p, 200, 386, 150);
    DRAW(p,
        "<g transform='translate(30 -86)'><rect x='60' y='268' width='250' height='90' rx='12' "
        "fill='$K'/><path d='M60 286h250v12H60z' fill='$b'/></g><rect x='40' y='268' width='300' "
        "height='104' rx='14' fill='$k'/><path d='M40 282q0-14 14-14h272q14 0 14 14v26H40z' "
        "fill='$K'/><path d='M66 338h248v24q0 12-12 12H78q-12 0-12-12z' fill='~n'/><path d='M72 "
        "350h236' stroke='#4c8a8a' stroke-width='14'/><path d='M72 346h236' stroke='#8cc4bf' "
        "stroke-width='4'/><path d='M24 300q0-8 8-8h20v58H32q-8 0-8-8zM328 292h20q8 0 8 8v42q0 8-8 "
        "8h-20z' fill='~v'/><rect x='120' y='276' width='160' height='50' rx='6' fill='$w'/><rect "
        "x='120' y='276' width='58' height='50' rx='6' fill='$b'/><path d='M149 285q14 18 14 24a14 "
        "12 0 0 1-28 0q0-6 14-24z' fill='#fff' fill-opacity='.9'/><path d='M192 288h72M192 "
        "300h50M192 312h62' stroke='$M' stroke-width='4' stroke-linecap='round'/><path d='M46 "
        "275h288' stroke='#fff' stroke-opacity='.25' stroke-width='4'/>");
    if (catalog_pencil_pick(p, 2))
        DRAW(p,
            "<path d='M290 372q40 0 44 16t-24 16' stroke='$b' stroke-width='9' fill='none' "
            "stroke-linecap='round'/>");
}

static void draw_keyboard(struct catalog_pencil *p)
{
    static const uint32_t keys[] = { 0xf4f1ea, 0x34322f, 0xdad5cb, 0x46505c };
    p->pen = keys[catalog_pencil_pick(p, 4)];
    catalog_pencil_shadow(p, 204, 356, 180);
    DRAW(p,
        "<g transform='rotate(-12 200 260)'><rect x='14' y='178' width='372' height='174' rx='16' "
        "fill='$D'/><rect x='14' y='168' width='372' height='174' rx='16' fill='~v'/><path d='M20 "
        "176q4-6 12-6h336q8 0 12 6' stroke='#fff' stroke-opacity='.5' stroke-width='2' "
        "fill='none'/><rect x='28' y='180' width='344' height='150' rx='8' fill='$D' "
        "fill-opacity='.6'/>");
    for (int row = 0; row < 5; row++) {
        int y = 197 + row * 29;
        DRAW(p,
            "<path d='M34 %h330' stroke='$X' stroke-width='25' stroke-dasharray='19 3'/><path "
            "d='M36 %h328' stroke='$x' stroke-width='20' stroke-dasharray='15 7'/>",
            y, y - 2);
    }
    DRAW(p,
        "<path d='M122 301h130v25H122zM34 184h19v25H34zM320 242h41v25h-41z' fill='$X'/><path "
        "d='M124 301h126v20H124z' fill='$x'/><g fill='$a'><path d='M36 185h15v20H36zM322 "
        "243h37v20h-37z'/></g></g>");
}

static void draw_mouse(struct catalog_pencil *p)
{
    int waist = catalog_pencil_range(p, 0, 16), kind = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 206, 398, 96);
    DRAW(p,
        "<g transform='rotate(10 200 260)'><path d='M200 112c62 0 84 52 % 140 8 92-20 152-84 "
        "152s-92-60-84-152c-4-88 22-140 84-140z' transform='translate(3 8)' fill='$D'/><path "
        "d='M200 112c62 0 84 52 % 140 8 92-20 152-84 152s-92-60-84-152c-4-88 22-140 84-140z' "
        "fill='~r'/>",
        84 - waist, 84 - waist);
    if (kind == 0)
        DRAW(p, "<path d='M118 250q82 34 164 0' stroke='$D' stroke-width='3' fill='none'/>");
    else if (kind == 1)
        DRAW(p,
            "<path d='M117 236c-10 60 6 120 26 144-14-50-14-96-10-140zM283 236c10 60-6 120-26 144 "
            "14-50 14-96 10-140z' fill='$k' fill-opacity='.6'/>");
    else
        DRAW(p,
            "<g fill='$D'><rect x='120' y='226' width='9' height='34' rx='4'/><rect x='120' "
            "y='266' width='9' height='34' rx='4'/></g><circle cx='200' cy='330' r='13' fill='$a' "
            "fill-opacity='.85'/>");
    DRAW(p,
        "<path d='M200 112v130' stroke='$D' stroke-width='3'/><rect x='184' y='152' width='32' "
        "height='66' rx='16' fill='$D'/><rect x='190' y='158' width='20' height='54' rx='10' "
        "fill='$k'/><path d='M190 168h20M190 177h20M190 186h20M190 195h20M190 204h20' stroke='$n' "
        "stroke-width='3'/><path d='M146 160c-18 34-18 86-14 110' stroke='#fff' "
        "stroke-opacity='.5' stroke-width='9' stroke-linecap='round' fill='none'/></g>");
}

static void draw_router(struct catalog_pencil *p)
{
    if (catalog_pencil_pick(p, 2)) {
        catalog_pencil_shadow(p, 200, 392, 96);
        DRAW(p,
            "<path d='M118 168q0-34 82-34t82 34l8 196q0 30-90 30t-90-30z' fill='~h'/><ellipse "
            "cx='200' cy='166' rx='80' ry='30' fill='$L'/><path d='M132 164q68 34 136 0' "
            "stroke='#fff' stroke-opacity='.5' stroke-width='3' fill='none'/><path d='M176 "
            "160h48M172 166h56M176 172h48' stroke='$d' stroke-width='3' stroke-dasharray='3 "
            "4'/><path d='M112 352q0 28 88 28t88-28' stroke='#9fe0ec' stroke-width='5' "
            "fill='none'/><circle cx='200' cy='300' r='5' fill='#9fe0ec'/><path d='M140 200v160' "
            "stroke='#fff' stroke-opacity='.4' stroke-width='12' stroke-linecap='round'/>");
        return;
    }
    catalog_pencil_shadow(p, 200, 384, 160);
    for (int x = 78; x < 340; x += 80)
        DRAW(p,
            "<rect x='%' y='%' width='13' height='190' rx='6' fill='$k'/><rect x='%' y='%' "
            "width='4' height='180' rx='2' fill='$K'/>",
            x - 6, 150 - (x == 78 || x == 318 ? 14 : 0), x - 4, 152);
    DRAW(p,
        "<path d='M62 300h276l24 48H38z' fill='$l'/><path d='M38 346h324l-8 26q-3 8-12 8H58q-9 "
        "0-12-8z' fill='~v'/><path d='M110 308h180l10 26H100z' fill='$d' fill-opacity='.5'/><path "
        "d='M112 314h176M108 321h184M104 328h192' stroke='$D' stroke-width='2'/><g "
        "fill='#8fe0b0'><circle cx='84' cy='362' r='4'/><circle cx='102' cy='362' r='4'/><circle "
        "cx='120' cy='362' r='4'/></g><circle cx='138' cy='362' r='4' fill='$y'/><path d='M40 "
        "348h320' stroke='#fff' stroke-opacity='.5' stroke-width='2'/>");
}

static void draw_cable(struct catalog_pencil *p)
{
    int turns = catalog_pencil_range(p, 2, 3);
    catalog_pencil_shadow(p, 200, 372, 140);
    DRAW(p, "<g fill='none' stroke-linecap='round'>");
    for (int i = turns; i >= 0; i--)
        DRAW(p,
            "<ellipse cx='%' cy='%' rx='%' ry='%' stroke='$D' stroke-width='15'/><ellipse cx='%' "
            "cy='%' rx='%' ry='%' stroke='$b' stroke-width='12'/><ellipse cx='%' cy='%' rx='%' "
            "ry='%' stroke='$L' stroke-opacity='.7' stroke-width='4' stroke-dasharray='3 4'/>",
            200 + i % 2 * 4, 300 - i * 11, 112 - i % 2 * 8, 64, 200 + i % 2 * 4, 298 - i * 11,
            112 - i % 2 * 8, 64, 200 + i % 2 * 4, 295 - i * 11, 112 - i % 2 * 8, 64);
    DRAW(p,
        "<path d='M300 274q40-60 10-112M100 274q-36-66 4-118' stroke='$D' stroke-width='14'/><path "
        "d='M300 272q40-60 10-112M100 272q-36-66 4-118' stroke='$b' stroke-width='11'/></g><g "
        "transform='translate(310 164) rotate(-14)'><rect x='-15' y='-50' width='30' height='54' "
        "rx='7' fill='~v'/><rect x='-10' y='-74' width='20' height='26' rx='6' fill='~m'/><path "
        "d='M-8-20H8M-8-12H8M-8-4H8' stroke='$D' stroke-width='3'/></g><g transform='translate(104 "
        "160) rotate(16)'><rect x='-15' y='-50' width='30' height='54' rx='7' fill='~v'/><rect "
        "x='-13' y='-82' width='26' height='34' rx='2' fill='~m'/><path "
        "d='M-7-74h5v8h-5zM3-74h5v8H3z' fill='$n'/><path d='M-8-20H8M-8-12H8M-8-4H8' stroke='$D' "
        "stroke-width='3'/></g><path d='M176 336h48v44q-24 8-48 0z' fill='$O'/><path d='M176 "
        "346h48' stroke='$o' stroke-width='3'/><circle cx='200' cy='366' r='6' fill='$y'/>");
}

static void draw_drive(struct catalog_pencil *p)
{
    int ribs = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 206, 396, 104);
    DRAW(p,
        "<path d='M206 372q10 46-50 40t-84 12' stroke='$k' stroke-width='9' fill='none' "
        "stroke-linecap='round'/><g transform='rotate(8 200 240)'><rect x='116' y='94' width='176' "
        "height='282' rx='24' fill='$D'/><rect x='110' y='88' width='176' height='282' rx='24' "
        "fill='~v'/><rect x='116' y='94' width='164' height='270' rx='19' fill='none' "
        "stroke='#fff' stroke-opacity='.35' stroke-width='2'/>");
    if (ribs == 0)
        DRAW(p,
            "<path d='M134 130v180M152 130v180M170 130v180M188 130v180M206 130v180M224 130v180M242 "
            "130v180M260 130v180' stroke='$D' stroke-opacity='.5' stroke-width='5' "
            "stroke-linecap='round'/>");
    else if (ribs == 1)
        DRAW(p,
            "<path d='M110 210L286 128v60L110 272z' fill='$L' fill-opacity='.5'/><path d='M110 "
            "284L286 202v18L110 302z' fill='$d'/>");
    else
        DRAW(p,
            "<rect x='128' y='108' width='140' height='190' rx='12' fill='$D' "
            "fill-opacity='.35'/><circle cx='198' cy='202' r='44' fill='none' stroke='$L' "
            "stroke-width='4'/><circle cx='198' cy='202' r='12' fill='$L'/>");
    DRAW(p,
        "<circle cx='140' cy='342' r='5' fill='#9fe0ec'/><rect x='176' y='362' width='44' "
        "height='12' rx='5' fill='$k'/><path d='M112 120q0-30 26-30h70L112 250z' fill='#fff' "
        "fill-opacity='.16'/></g>");
}

static void draw_memory(struct catalog_pencil *p)
{
    bool spread = catalog_pencil_pick(p, 3) > 0;
    catalog_pencil_shadow(p, 204, 372, 160);
    for (int i = 0; i < 2; i++) {
        DRAW(p,
            "<g transform='translate(% %) rotate(-14 200 250)'><rect x='24' y='214' width='352' "
            "height='96' rx='4' fill='#2f5b45'/><path d='M30 303h340' stroke='$y' "
            "stroke-width='14' stroke-dasharray='7 3'/><path d='M214 296h14v14h-14z' fill='$p'/>",
            i ? 6 : -6, i ? 44 : -58);
        if (spread)
            DRAW(p,
                "<path d='M18 206l22-18h84l12 12h128l12-12h84l22 18v84H18z' fill='$D'/><path "
                "d='M18 202l22-18h84l12 12h128l12-12h84l22 18v82H18z' fill='~v'/><path d='M40 "
                "220h110l-20 46H40zM360 220H250l20 46h90z' fill='$d'/><path d='M176 226h48l-8 "
                "34h-48z' fill='$a'/><path d='M24 204l18-16h80' stroke='#fff' stroke-opacity='.6' "
                "stroke-width='3' fill='none'/>");
        else
            DRAW(p,
                "<path d='M50 250h300' stroke='$k' stroke-width='46' stroke-dasharray='30 "
                "8'/><path d='M50 236h300' stroke='$K' stroke-width='10' stroke-dasharray='30 "
                "8'/><rect x='160' y='232' width='78' height='36' fill='$w'/><path d='M168 "
                "242h50M168 252h60' stroke='$b' stroke-width='5'/>");
        DRAW(p, "</g>");
    }
}

static void draw_projector(struct catalog_pencil *p)
{
    int lens = catalog_pencil_range(p, 40, 50);
    catalog_pencil_shadow(p, 200, 382, 150);
    DRAW(p,
        "<path d='M128 278L-30 120v330z' fill='$y' fill-opacity='.16'/><path d='M72 214q4-18 "
        "22-18h212q18 0 22 18l18 26H54z' fill='$L'/><rect x='48' y='236' width='304' height='124' "
        "rx='22' fill='~v'/><path d='M48 318h304v20q0 22-22 22H70q-22 0-22-22z' fill='$d'/><g "
        "stroke='$D' stroke-width='5' stroke-linecap='round'><path d='M222 262h104M222 276h104M222 "
        "290h104M222 304h104'/></g><circle cx='134' cy='290' r='%' fill='$D'/><circle cx='134' "
        "cy='290' r='%' fill='~m'/><circle cx='134' cy='290' r='31' fill='$g'/><circle cx='134' "
        "cy='290' r='23' fill='#3f5a88'/><circle cx='134' cy='290' r='13' fill='$g'/><ellipse "
        "cx='124' cy='278' rx='10' ry='7' fill='#fff' fill-opacity='.75'/><circle cx='144' "
        "cy='302' r='4' fill='$y'/><path d='M92 360h36l-4 14H96zM272 360h36l-4 14h-28z' "
        "fill='$k'/><g fill='$d'><circle cx='180' cy='216' r='7'/><circle cx='202' cy='216' "
        "r='7'/><circle cx='224' cy='216' r='7'/></g><path d='M70 244h260' stroke='#fff' "
        "stroke-opacity='.5' stroke-width='3'/>",
        lens + 4, lens - 2);
}

static void draw_phone_case(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 4);
    catalog_pencil_shadow(p, 204, 414, 110);
    DRAW(p,
        "<g transform='rotate(11 240 260)'><rect x='176' y='100' width='148' height='304' rx='32' "
        "fill='$A'/><rect x='172' y='98' width='148' height='304' rx='32' fill='$a'/><rect x='182' "
        "y='108' width='128' height='284' rx='24' fill='$A'/></g><g transform='rotate(-6 170 "
        "260)'><rect x='86' y='100' width='158' height='318' rx='34' fill='$D'/><rect x='82' "
        "y='96' width='158' height='318' rx='34' fill='~v'/><rect x='87' y='101' width='148' "
        "height='308' rx='30' fill='none' stroke='#fff' stroke-opacity='.3' stroke-width='3'/>");
    if (kind == 0)
        DRAW(p,
            "<circle cx='161' cy='276' r='44' fill='none' stroke='$L' stroke-width='7'/><path "
            "d='M161 326v30' stroke='$L' stroke-width='7' stroke-linecap='round'/>");
    else if (kind == 1)
        DRAW(p,
            "<g fill='$L'><circle cx='112' cy='230' r='9'/><circle cx='150' cy='266' "
            "r='12'/><circle cx='206' cy='240' r='8'/><circle cx='120' cy='320' r='12'/><circle "
            "cx='182' cy='332' r='9'/><circle cx='212' cy='300' r='12'/><circle cx='140' cy='380' "
            "r='8'/><circle cx='204' cy='378' r='10'/></g>");
    else if (kind == 2)
        DRAW(p,
            "<path d='M82 330q40-40 80-10t78-20v80q0 34-34 34h-90q-34 0-34-34z' fill='$D' "
            "fill-opacity='.6'/><path d='M82 360q40-34 80-6t78-16v42q0 34-34 34h-90q-34 0-34-34z' "
            "fill='$a' fill-opacity='.8'/>");
    else
        DRAW(p,
            "<path d='M98 226v152M224 226v152' stroke='$L' stroke-width='2' stroke-dasharray='7 "
            "5'/><rect x='118' y='276' width='86' height='100' rx='8' fill='$d'/><path d='M118 "
            "296q43 14 86 0' stroke='$D' stroke-width='3' fill='none'/>");
    DRAW(p,
        "<rect x='96' y='110' width='76' height='80' rx='22' fill='$D'/><rect x='102' y='116' "
        "width='64' height='68' rx='17' fill='$k'/><g fill='$g' stroke='$n' "
        "stroke-width='3'><circle cx='120' cy='135' r='12'/><circle cx='146' cy='162' "
        "r='12'/></g><circle cx='148' cy='134' r='6' fill='$y'/><path d='M82 210v48M82 270v30' "
        "stroke='$D' stroke-width='5' stroke-linecap='round'/></g>");
}

static const struct catalog_picture_draw draws[] = {
    { S_INIT("laptop"), draw_laptop, SCENE_DESK, 380, 250, 300, 80 },
    { S_INIT("phone"), draw_phone, SCENE_DESK, 410, 150, 170, 73 },
    { S_INIT("tablet"), draw_tablet, SCENE_DESK, 412, 230, 180, 77 },
    { S_INIT("monitor"), draw_monitor, SCENE_DESK, 398, 130, 250, 86 },
    { S_INIT("tv"), draw_tv, SCENE_ROOM, 388, 270, 270, 92 },
    { S_INIT("desktop"), draw_desktop, SCENE_DESK, 408, 220, 190, 84 },
    { S_INIT("printer"), draw_printer, SCENE_DESK, 390, 250, 290, 80 },
    { S_INIT("toner"), draw_toner, SCENE_DESK, 384, 190, 300, 77 },
    { S_INIT("keyboard"), draw_keyboard, SCENE_DESK, 380, 250, 240, 70, 40 },
    { S_INIT("mouse"), draw_mouse, SCENE_DESK, 404, 200, 190, 54 },
    { S_INIT("router"), draw_router, SCENE_DESK, 386, 160, 320, 75 },
    { S_INIT("cable"), draw_cable, SCENE_DESK, 372, 270, 180, 70, 70 },
    { S_INIT("drive"), draw_drive, SCENE_DESK, 392, 190, 290, 54, 56 },
    { S_INIT("memory"), draw_memory, SCENE_DESK, 390, 230, 260, 66, 50 },
    { S_INIT("projector"), draw_projector, SCENE_ROOM, 376, 160, 290, 68 },
    { S_INIT("phone-case"), draw_phone_case, SCENE_DESK, 414, 150, 190, 68 },
};

const struct catalog_picture_list catalog_picture_devices = { draws, COUNT(draws) };
