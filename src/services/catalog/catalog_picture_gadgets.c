/* SPDX-License-Identifier: Apache-2.0
 * Drawings of sound, photography, watches, and of tools with a motor. Called through the table at
 * the end. Must never draw a real maker's mark. */
#include "services/catalog/catalog_picture_internal.h"

static void draw_headphones(struct catalog_pencil *p)
{
    int band = catalog_pencil_range(p, 16, 26);
    catalog_pencil_shadow(p, 200, 404, 120);
    DRAW(p,
        "<g fill='none' stroke-linecap='round'><path d='M98 270C84 60 316 60 302 270' stroke='$D' "
        "stroke-width='%'/><path d='M100 262C90 74 310 74 300 262' stroke='$b' "
        "stroke-width='%'/><path d='M124 148q30-40 76-42' stroke='$L' stroke-width='6'/><path "
        "d='M136 124q64-44 128 0' stroke='$k' stroke-opacity='.5' stroke-width='8'/></g><path "
        "d='M94 226h18v60H94zM288 226h18v60h-18z' fill='~m'/><g transform='rotate(8 100 "
        "316)'><rect x='104' y='248' width='44' height='140' rx='22' fill='$k'/><rect x='62' "
        "y='244' width='58' height='148' rx='29' fill='~h'/><path d='M104 262q12 52 0 112' "
        "stroke='$D' stroke-width='3' fill='none'/><circle cx='84' cy='318' r='19' fill='$D' "
        "fill-opacity='.5'/><circle cx='84' cy='318' r='14' fill='$l'/></g><g transform='rotate(-8 "
        "300 316)'><rect x='252' y='248' width='44' height='140' rx='22' fill='$k'/><path d='M262 "
        "268q-8 50 0 100' stroke='$n' stroke-width='4' fill='none' stroke-linecap='round'/><rect "
        "x='280' y='244' width='58' height='148' rx='29' fill='~h'/><circle cx='316' cy='318' "
        "r='19' fill='$D' fill-opacity='.5'/><circle cx='316' cy='318' r='14' fill='$l'/></g>",
        band + 6, band);
    if (catalog_pencil_pick(p, 2))
        DRAW(p,
            "<path d='M84 392q2 36 60 26t96-4' stroke='$k' stroke-width='5' fill='none' "
            "stroke-linecap='round'/>");
}

static void draw_earbuds(struct catalog_pencil *p)
{
    int long_case = catalog_pencil_pick(p, 2) * 18;
    catalog_pencil_shadow(p, 200, 402, 110);
    DRAW(p,
        "<path d='M%  226q6-66 %-66t% 66v34H%z' fill='$l'/><path d='M% 232q8-52 %-52t% 52v20H%z' "
        "fill='$D'/>",
        106 - long_case, 94 + long_case, 94 + long_case, 106 - long_case, 120 - long_case,
        80 + long_case, 80 + long_case, 120 - long_case);
    DRAW(p,
        "<g id='b%'><rect x='142' y='196' width='24' height='100' rx='12' fill='~h'/><path d='M128 "
        "190q0-36 34-36 32 0 32 30t-32 34q-34 0-34-28z' fill='~r'/><ellipse cx='184' cy='182' "
        "rx='17' ry='21' fill='$K' transform='rotate(18 184 182)'/><ellipse cx='189' cy='184' "
        "rx='9' ry='13' fill='$k' transform='rotate(18 184 182)'/><path d='M148 232v40' "
        "stroke='#fff' stroke-opacity='.5' stroke-width='5' stroke-linecap='round'/></g><use "
        "href='#b%' transform='matrix(-1 0 0 1 400 0)'/>",
        (int)p->mark, (int)p->mark);
    DRAW(p,
        "<path d='M% 262h%v70q0 66-66 66h-%q-66 0-66-66z' fill='~v'/><path d='M% 262h%v10H%z' "
        "fill='$D'/><circle cx='200' cy='326' r='6' fill='#8fe0b0'/><path d='M% 286v44q0 34 30 44' "
        "stroke='#fff' stroke-opacity='.4' stroke-width='9' stroke-linecap='round' fill='none'/>",
        106 - long_case, 188 + 2 * long_case, 56 + 2 * long_case, 106 - long_case,
        188 + 2 * long_case, 106 - long_case, 124 - long_case);
}

static void draw_speaker(struct catalog_pencil *p)
{
    if (catalog_pencil_pick(p, 2)) {
        catalog_pencil_shadow(p, 200, 398, 86);
        DRAW(p,
            "<path d='M126 150q0-26 74-26t74 26v220q0 28-74 28t-74-28z' fill='~h'/><g stroke='$D' "
            "stroke-opacity='.45' stroke-width='2' stroke-dasharray='2 4' fill='none'><path "
            "d='M127 176q73 26 146 0M127 192q73 26 146 0M127 208q73 26 146 0M127 224q73 26 146 "
            "0M127 240q73 26 146 0M127 256q73 26 146 0M127 272q73 26 146 0M127 288q73 26 146 0M127 "
            "304q73 26 146 0M127 320q73 26 146 0M127 336q73 26 146 0'/></g><path d='M126 356q74 26 "
            "148 0v14q0 28-74 28t-74-28z' fill='$k'/><ellipse cx='200' cy='150' rx='74' ry='25' "
            "fill='$k'/><ellipse cx='200' cy='147' rx='62' ry='19' fill='$K'/><path d='M184 "
            "147h32M200 138v18' stroke='$m' stroke-width='4' stroke-linecap='round'/><path d='M132 "
            "300q-30 6-22 40t26 22' stroke='$a' stroke-width='8' fill='none'/><path d='M148 "
            "190v150' stroke='#fff' stroke-opacity='.25' stroke-width='12' "
            "stroke-linecap='round'/>");
        return;
    }
    catalog_pencil_shadow(p, 206, 404, 110);
    DRAW(p,
        "<path d='M110 104l22-14h174l-20 14zM286 104l20-14v300l-20 14z' fill='$D'/><rect x='110' "
        "y='104' width='176' height='300' rx='8' fill='~v'/><rect x='120' y='114' width='156' "
        "height='280' rx='6' fill='$D' fill-opacity='.5'/><circle cx='198' cy='170' r='36' "
        "fill='$k'/><circle cx='198' cy='170' r='29' fill='~n'/><circle cx='198' cy='170' r='13' "
        "fill='$K'/><circle cx='194' cy='166' r='4' fill='#fff' fill-opacity='.7'/><circle "
        "cx='198' cy='294' r='70' fill='$k'/><circle cx='198' cy='294' r='62' fill='$a'/><circle "
        "cx='198' cy='294' r='54' fill='~g'/><circle cx='198' cy='294' r='54' fill='none' "
        "stroke='#fff' stroke-opacity='.15' stroke-width='10'/><circle cx='198' cy='294' r='20' "
        "fill='$K'/><path d='M182 286q8-12 22-10' stroke='#fff' stroke-opacity='.6' "
        "stroke-width='4' fill='none' stroke-linecap='round'/><circle cx='198' cy='384' r='4' "
        "fill='#9fe0ec'/>");
}

static void draw_camera(struct catalog_pencil *p)
{
    static const uint32_t skins[] = { 0x2d2a28, 0x5b4030, 0x3a4450, 0x2d2a28 };
    int hump = catalog_pencil_pick(p, 2);
    p->pen = skins[catalog_pencil_pick(p, 4)];
    catalog_pencil_shadow(p, 200, 376, 150);
    if (hump)
        DRAW(p,
            "<path d='M146 172l18-42q3-8 12-8h48q9 0 12 8l18 42z' fill='~v'/><path d='M168 "
            "164l10-28h44l10 28z' fill='$D'/>");
    else
        DRAW(p,
            "<rect x='100' y='140' width='60' height='30' rx='5' fill='$d'/><path d='M254 "
            "150h44v20h-44z' fill='$d'/>");
    DRAW(p,
        "<g fill='$d'><rect x='276' y='142' width='44' height='26' rx='6'/><rect x='76' y='150' "
        "width='40' height='18' rx='6'/></g><rect x='288' y='134' width='20' height='12' rx='5' "
        "fill='$r'/><rect x='44' y='162' width='312' height='206' rx='26' fill='~v'/><path d='M44 "
        "208h312v112H44z' fill='$x'/><path d='M44 208h312v4H44z' fill='$D'/><path d='M50 "
        "226h300M50 242h300M50 258h300M50 274h300M50 290h300M50 306h300' stroke='#fff' "
        "stroke-opacity='.05' stroke-width='5'/><rect x='60' y='174' width='40' height='24' rx='5' "
        "fill='$g'/><path d='M64 194l12-18h12z' fill='#fff' fill-opacity='.3'/><circle cx='330' "
        "cy='186' r='6' fill='$w'/><circle cx='200' cy='264' r='96' fill='$D'/><circle cx='200' "
        "cy='262' r='94' fill='~m'/><circle cx='200' cy='262' r='82' fill='$k'/><circle cx='200' "
        "cy='262' r='74' fill='none' stroke='$K' stroke-width='9' stroke-dasharray='4 3'/><circle "
        "cx='200' cy='262' r='62' fill='~g'/><circle cx='200' cy='262' r='46' "
        "fill='#33406a'/><circle cx='200' cy='262' r='34' fill='#4a3a66'/><circle cx='200' "
        "cy='262' r='22' fill='$g'/><path d='M164 244q8-26 36-28' stroke='#fff' "
        "stroke-opacity='.7' stroke-width='9' stroke-linecap='round' fill='none'/><circle cx='222' "
        "cy='288' r='8' fill='#8fd0c4' fill-opacity='.6'/><path d='M60 168h280' stroke='#fff' "
        "stroke-opacity='.5' stroke-width='3'/>");
}

static void draw_lens(struct catalog_pencil *p)
{
    int rib = catalog_pencil_range(p, 5, 8);
    catalog_pencil_shadow(p, 200, 408, 90);
    DRAW(p,
        "<path d='M132 380h136v16q0 14-68 14t-68-14z' fill='~m'/><path d='M122 300h156v82q0 16-78 "
        "16t-78-16z' fill='~h'/><path d='M112 190h176v112q0 18-88 18t-88-18z' fill='~h'/><path "
        "d='M112 214h176v70q0 18-88 18t-88-18z' fill='$k'/><path d='M114 254q86 22 172 0' "
        "stroke='$K' stroke-width='62' stroke-dasharray='% 3' fill='none'/><path d='M122 338q78 20 "
        "156 0' stroke='$y' stroke-width='4' fill='none'/><path d='M104 136h192v58q0 18-96 "
        "18t-96-18z' fill='~h'/><path d='M104 178q96 32 192 0v8q-96 34-192 0z' fill='$a'/><ellipse "
        "cx='200' cy='136' rx='96' ry='34' fill='$D'/><ellipse cx='200' cy='134' rx='88' ry='30' "
        "fill='$k'/><ellipse cx='200' cy='138' rx='70' ry='23' fill='~g'/><ellipse cx='200' "
        "cy='142' rx='52' ry='16' fill='#3d4f82'/><ellipse cx='200' cy='145' rx='34' ry='10' "
        "fill='#5a3f6d'/><path d='M142 132q20-14 56-14' stroke='#fff' stroke-opacity='.75' "
        "stroke-width='6' stroke-linecap='round' fill='none'/><ellipse cx='232' cy='148' rx='12' "
        "ry='5' fill='#8fd0c4' fill-opacity='.6'/><g fill='$w'><rect x='186' y='352' width='28' "
        "height='5' rx='2'/><rect x='194' y='362' width='12' height='5' rx='2'/></g>",
        rib);
}

static void draw_watch(struct catalog_pencil *p)
{
    static const uint32_t dials[] = { 0xfbf9f3, 0x23303f, 0xf0e6d2, 0x2b2927, 0x3d5a4c };
    bool smart = catalog_pencil_pick(p, 3) == 0;
    p->pen = dials[catalog_pencil_pick(p, 5)];
    catalog_pencil_shadow(p, 206, 438, 60);
    DRAW(p,
        "<path d='M160 60q0-12 12-12h56q12 0 12 12l10 100h-100zM160 440q0 12 12 12h56q12 0 "
        "12-12l10-100h-100z' fill='~h'/><path d='M172 60l-6 96M228 60l6 96M172 440l-6-96M228 "
        "440l6-96' stroke='$L' stroke-opacity='.8' stroke-width='2' stroke-dasharray='5 4'/><g "
        "fill='$D'><circle cx='200' cy='384' r='4'/><circle cx='200' cy='404' r='4'/><circle "
        "cx='200' cy='424' r='4'/></g>");
    if (smart) {
        DRAW(p,
            "<rect x='298' y='226' width='14' height='40' rx='6' fill='~m'/><rect x='100' y='140' "
            "width='200' height='220' rx='56' fill='~m'/><rect x='110' y='150' width='180' "
            "height='200' rx='46' fill='$k'/><g fill='none' stroke-width='12' "
            "stroke-linecap='round'><circle cx='200' cy='250' r='62' stroke='$K'/><path d='M200 "
            "188a62 62 0 1 1-60 46' stroke='$r'/><circle cx='200' cy='250' r='44' "
            "stroke='$K'/><path d='M200 206a44 44 0 0 1 20 84' stroke='$e'/><circle cx='200' "
            "cy='250' r='26' stroke='$K'/><path d='M200 224a26 26 0 1 1-26 26' "
            "stroke='$y'/></g><path d='M124 168h46l-46 130z' fill='#fff' fill-opacity='.12'/><g "
            "fill='$w'><rect x='180' y='164' width='40' height='8' rx='4'/><rect x='188' y='328' "
            "width='24' height='7' rx='3'/></g>");
        return;
    }
    int hour = catalog_pencil_range(p, 0, 11) * 30;
    DRAW(p,
        "<rect x='302' y='238' width='20' height='24' rx='5' fill='~m'/><path d='M148 150h22l-6 "
        "24zM252 150h-22l6 24zM148 350h22l-6-24zM252 350h-22l6-24z' fill='$M'/><circle cx='203' "
        "cy='254' r='107' fill='$n'/><circle cx='200' cy='250' r='107' fill='~m'/><circle cx='200' "
        "cy='250' r='94' fill='$M'/><circle cx='200' cy='250' r='90' fill='$x'/><g fill='none' "
        "stroke='$M'><circle cx='200' cy='250' r='80' stroke-width='6' stroke-dasharray='1.5 "
        "6.877'/><circle cx='200' cy='250' r='76' stroke-width='15' stroke-dasharray='4 35.79' "
        "stroke-dashoffset='2'/></g><circle cx='200' cy='290' r='20' fill='$n' "
        "fill-opacity='.25'/><path d='M200 290v-14' stroke='$r' stroke-width='2'/><g stroke='$n' "
        "stroke-width='8' stroke-linecap='round'><path d='M200 250V208' transform='rotate(% 200 "
        "250)'/><path d='M200 250V184' stroke-width='5' transform='rotate(58 200 250)'/></g><path "
        "d='M200 268V178' stroke='$r' stroke-width='2' transform='rotate(210 200 250)'/><circle "
        "cx='200' cy='250' r='6' fill='$n'/><path d='M130 216q14-40 60-48' stroke='#fff' "
        "stroke-opacity='.55' stroke-width='10' stroke-linecap='round' fill='none'/>",
        hour);
}

static void draw_drill(struct catalog_pencil *p)
{
    int battery = catalog_pencil_range(p, 100, 124);
    catalog_pencil_shadow(p, 214, 404, 110);
    DRAW(p,
        "<path d='M18 188h56v10H18l-10-5z' fill='~n'/><path d='M72 168h46v52H72q-8-26 0-52z' "
        "fill='$K'/><path d='M78 172v44M88 170v48M98 168v52M108 168v52' stroke='$k' "
        "stroke-width='4'/><path d='M116 150h30v88h-30q-8-44 0-88z' fill='$n'/><path d='M140 "
        "138h168q36 4 36 46v8q0 38-40 40l-164 6z' fill='~v'/><path d='M240 232l62-4q30-4 "
        "38-30v-10q-4-46-36-50h-40q34 40-24 94z' fill='$K'/><path d='M280 160h44M278 172h54M276 "
        "184h58M276 196h56M276 208h46' stroke='$k' stroke-width='4'/><path d='M226 232h74l22 "
        "126h-88z' fill='$K'/><path d='M248 232h52l22 126h-30q4-70-44-126z' fill='~v'/><path "
        "d='M232 250l-18 22q-4 10 6 20l20 22-2-60z' fill='$r'/><path d='M238 300l8 52M250 300l8 "
        "52' stroke='$k' stroke-width='4'/><rect x='%' y='352' width='%' height='48' rx='10' "
        "fill='$k'/><path d='M214 352h118v14H214z' fill='$b'/><g fill='#8fe0b0'><circle cx='240' "
        "cy='384' r='4'/><circle cx='254' cy='384' r='4'/><circle cx='268' cy='384' "
        "r='4'/></g><circle cx='148' cy='246' r='7' fill='#fff6cf'/><path d='M152 148h110' "
        "stroke='#fff' stroke-opacity='.5' stroke-width='6' stroke-linecap='round'/><rect x='160' "
        "y='176' width='60' height='20' rx='4' fill='$w' fill-opacity='.9'/><path d='M168 186h34' "
        "stroke='$d' stroke-width='6'/>",
        336 - battery, battery);
}

static const struct catalog_picture_draw draws[] = {
    { S_INIT("headphones"), draw_headphones, SCENE_DESK, 398, 130, 290, 73 },
    { S_INIT("earbuds"), draw_earbuds, SCENE_DESK, 398, 190, 230, 61 },
    { S_INIT("speaker"), draw_speaker, SCENE_ROOM, 400, 200, 240, 77 },
    { S_INIT("camera"), draw_camera, SCENE_DESK, 368, 230, 250, 73 },
    { S_INIT("lens"), draw_lens, SCENE_DESK, 408, 200, 190, 66 },
    { S_INIT("watch"), draw_watch, SCENE_DESK, 450, 210, 240, 68 },
    { S_INIT("drill"), draw_drill, SCENE_DESK, 400, 220, 230, 77 },
};

const struct catalog_picture_list catalog_picture_gadgets = { draws, COUNT(draws) };
