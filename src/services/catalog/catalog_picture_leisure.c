/* SPDX-License-Identifier: Apache-2.0
 * Drawings of sports, toys, books and music. Called through the table at the end.
 * Must never draw a real maker's mark. */
#include "services/catalog/catalog_picture_internal.h"

static void draw_book(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 4);
    catalog_pencil_shadow(p, 214, 414, 110);
    DRAW(p,
        "<path d='M292 96l22-14v318l-22 14z' fill='$W'/><path d='M297 94v318M302 91v318M307 "
        "88v318' stroke='$M' stroke-width='1'/><path d='M108 86l22-12h190l-6 8-22 14z' "
        "fill='$D'/><path d='M92 98q0-10 10-10h182q10 0 10 10v308q0 8-8 8H102q-10 0-10-10z' "
        "fill='~v'/><path d='M92 98q0-10 10-10h18v326h-18q-10 0-10-10z' fill='$D' "
        "fill-opacity='.45'/><path d='M121 88v326' stroke='#fff' stroke-opacity='.25' "
        "stroke-width='2'/>");
    if (kind == 0)
        DRAW(p,
            "<circle cx='208' cy='226' r='56' fill='$y'/><path d='M136 292q40-40 "
            "80-8t70-16v110H136z' fill='$a'/><path d='M136 330q50-30 150 0v48H136z' fill='$D'/>");
    else if (kind == 1)
        DRAW(p,
            "<path d='M208 370V220M208 330q-50-6-60-58 56 4 60 58zM208 330q50-6 60-58-56 4-60 "
            "58zM208 272q-36-6-44-46 42 4 44 46zM208 272q36-6 44-46-42 4-44 46z' fill='$L' "
            "stroke='$L' stroke-width='3'/><circle cx='208' cy='206' r='18' fill='$a'/>");
    else if (kind == 2)
        DRAW(p,
            "<g fill='none' stroke-width='13'><circle cx='208' cy='280' r='82' "
            "stroke='$L'/><circle cx='208' cy='280' r='56' stroke='$a'/><circle cx='208' cy='280' "
            "r='30' stroke='$y'/></g>");
    else
        DRAW(p,
            "<path d='M152 366v-86l56-50 56 50v86z' fill='$c'/><path d='M140 286l68-62 68 62' "
            "stroke='$a' stroke-width='13' fill='none'/><path d='M192 366v-50h32v50z' "
            "fill='$a'/><circle cx='250' cy='196' r='15' fill='$y'/>");
    DRAW(p,
        "<g fill='$c'><rect x='146' y='116' width='124' height='15' rx='3'/><rect x='164' y='140' "
        "width='88' height='11' rx='3'/><rect x='172' y='388' width='72' height='8' "
        "rx='3'/></g><path d='M244 414v26l8-8 8 8v-26z' fill='$r'/><path d='M130 96h80L130 260z' "
        "fill='#fff' fill-opacity='.1'/>");
}

static void draw_ball(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 200, 398, 120);
    DRAW(p, "<circle cx='200' cy='256' r='136' fill='~r'/>");
    if (kind == 0)
        DRAW(p,
            "<g fill='$k' fill-opacity='.88'><path d='M200 206l46 34-18 54h-56l-18-54z'/><path "
            "d='M168 128q30-12 64 0l-32 28zM70 226q4-32 24-56l14 40-24 34q-12-8-14-18zM330 "
            "226q-4-32-24-56l-14 40 24 34q12-8 14-18zM114 360q-22-18-30-36l44-2 14 40q-14 "
            "4-28-2zM286 360q22-18 30-36l-44-2-14 40q14 4 28-2z'/></g><path d='M200 206v-50M154 "
            "240l-46-30M246 240l46-30M172 294l-44 28M228 294l44 28M168 128l-74 42M232 128l74 42M84 "
            "244l0 80M316 244v80M142 362q58 40 116 0' stroke='$k' stroke-opacity='.7' "
            "stroke-width='4' fill='none'/>");
    else if (kind == 1)
        DRAW(p,
            "<g fill='none' stroke='$k' stroke-width='5'><path d='M200 120v272M64 256h272M104 "
            "160q96 96 0 192M296 160q-96 96 0 192'/></g>");
    else
        DRAW(p,
            "<path d='M200 120q-20 80-130 96 8-40 34-68 40-26 96-28zM330 216q-90-10-130 40 40-100 "
            "104-92 20 24 26 52zM200 256q-30 90 32 132-44 8-84-12 10-80 52-120z' fill='$a'/><g "
            "fill='none' stroke='$D' stroke-opacity='.6' stroke-width='4'><path d='M200 256Q210 "
            "160 200 120M200 256q-70-30-130-40M200 256q60-60 130-40M200 256q90 30 116 66M200 "
            "256q-50 40-52 120M200 256q-80 0-128 48M232 388q-60-40-32-132M304 164q-70-10-104 "
            "92'/></g>");
    DRAW(p,
        "<ellipse cx='150' cy='180' rx='46' ry='26' transform='rotate(-38 150 180)' fill='#fff' "
        "fill-opacity='.4'/>");
}

static void draw_racket(struct catalog_pencil *p)
{
    int r = catalog_pencil_range(p, 74, 88);
    catalog_pencil_shadow(p, 210, 420, 100);
    DRAW(p, "<g transform='rotate(24 200 250)'><g stroke='$w' stroke-width='2'>");
    for (int x = -3; x <= 3; x++) {
        static const int half[] = { 98, 92, 82, 56 };
        int h = half[x < 0 ? -x : x];
        DRAW(p, "<path d='M% %v%'/>", 200 + x * r / 4, 144 - h, 2 * h);
    }
    for (int y = -5; y <= 5; y++) {
        static const int width[] = { 100, 98, 92, 82, 66, 42 };
        int w = r * width[y < 0 ? -y : y] / 100;
        DRAW(p, "<path d='M% %h%'/>", 200 - w, 144 + y * 17, 2 * w);
    }
    DRAW(p,
        "</g><path d='M% 212L193 300h14l% -88' stroke='$D' stroke-width='11' fill='none'/><ellipse "
        "cx='200' cy='144' rx='%' ry='102' fill='none' stroke='$D' stroke-width='15'/><ellipse "
        "cx='200' cy='144' rx='%' ry='102' fill='none' stroke='$b' stroke-width='11'/><path d='M% "
        "110q10-60 60-64' stroke='#fff' stroke-opacity='.6' stroke-width='4' fill='none' "
        "stroke-linecap='round'/><path d='M% 176q12 52 40 64M% 176q-12 52-40 64' stroke='$a' "
        "stroke-width='11' fill='none'/><rect x='186' y='292' width='28' height='142' rx='8' "
        "fill='$k'/><path d='M186 312l28-10M186 330l28-10M186 348l28-10M186 366l28-10M186 "
        "384l28-10M186 402l28-10M186 420l28-10' stroke='$K' stroke-width='4'/><rect x='182' "
        "y='426' width='36' height='14' rx='5' fill='$b'/><rect x='184' y='288' width='32' "
        "height='9' rx='3' fill='$a'/></g><circle cx='308' cy='384' r='32' fill='#d6dd4e'/><path "
        "d='M284 364q24 20 14 50M332 404q-22-20-14-50' stroke='$w' stroke-width='4' "
        "fill='none'/><circle cx='298' cy='372' r='9' fill='#fff' fill-opacity='.4'/>",
        200 - r * 7 / 10, r * 7 / 10 - 7, r, r, 204 - r, 202 - r, 198 + r);
}

static void draw_bicycle(struct catalog_pencil *p)
{
    int step = catalog_pencil_pick(p, 2), drop = catalog_pencil_pick(p, 2),
        basket = catalog_pencil_pick(p, 2);
    catalog_pencil_shadow(p, 200, 384, 180);
    DRAW(p,
        "<g fill='none'><g stroke='$k' stroke-width='8'><circle cx='92' cy='306' r='72'/><circle "
        "cx='308' cy='306' r='72'/></g><g stroke='$M' stroke-width='3'><circle cx='92' cy='306' "
        "r='66'/><circle cx='308' cy='306' r='66'/></g><g stroke='$n' stroke-width='1'><path "
        "id='b%' d='M92 240v132M26 306h132M45 259l94 94M45 353l94-94M67 245l50 122M31 281l122 "
        "50M31 331l122-50M67 367l50-122'/><use href='#b%' x='216'/></g><g stroke='$k' "
        "stroke-width='5'><path d='M26 276a72 72 0 0 1 90-38M242 276a72 72 0 0 1 90-38' "
        "stroke='$D'/></g><path d='M92 306h92M92 302l88-8' stroke='$n' stroke-width='3'/><g "
        "stroke='$b' stroke-width='10' stroke-linejoin='round' stroke-linecap='round'>",
        (int)p->mark, (int)p->mark);
    if (step)
        DRAW(p,
            "<path d='M92 306l54-112M92 306h92l-42-122M184 306q30-60 98-90M184 292q50-70 92-98M276 "
            "186l32 120'/>");
    else
        DRAW(p, "<path d='M92 306l60-96h124L184 306zM184 306L142 176M272 178l36 128'/>");
    DRAW(p,
        "</g><path d='M150 206h118' stroke='#fff' stroke-opacity='%' stroke-width='3'/><g "
        "stroke='$k' stroke-width='8' stroke-linecap='round'><path d='M142 178l-4-12'/>",
        step ? 0 : 1);
    if (drop)
        DRAW(p, "<path d='M272 178l-4-22h32q24 4 18 26t-22 16'/>");
    else
        DRAW(p, "<path d='M272 178l-6-34M266 144q-14-10-34 2'/>");
    DRAW(p,
        "</g></g><path d='M104 160q34-14 66 0 8 8-6 10l-28 4-28-4q-12-4-4-10z' fill='$q'/><g "
        "fill='none'><circle cx='184' cy='306' r='21' stroke='$n' stroke-width='6'/><path d='M184 "
        "306l22 28M184 306l-22-28' stroke='$K' stroke-width='6'/><path d='M196 336h22M152 276h20' "
        "stroke='$k' stroke-width='8' stroke-linecap='round'/></g><circle cx='92' cy='306' r='9' "
        "fill='$n'/><circle cx='308' cy='306' r='7' fill='$n'/><circle cx='296' cy='204' r='9' "
        "fill='$y'/>");
    if (basket)
        DRAW(p,
            "<path d='M284 152h70l-10 48h-52z' fill='$o'/><path d='M286 164h66M289 176h60M292 "
            "188h54M300 152l4 48M318 152v48M338 152l-4 48' stroke='$q' stroke-width='3'/>");
}

static void draw_tent(struct catalog_pencil *p)
{
    catalog_pencil_shadow(p, 200, 394, 180);
    if (catalog_pencil_pick(p, 2))
        DRAW(p,
            "<path d='M30 390Q60 150 200 130q140 20 170 260z' fill='~v'/><path d='M200 130q-90 "
            "60-100 260H30Q60 150 200 130z' fill='$l'/><path d='M200 130q90 60 100 260h70Q340 150 "
            "200 130z' fill='$d'/><path d='M200 130q-90 60-100 260M200 130q90 60 100 260M30 390Q60 "
            "150 200 130q140 20 170 260' stroke='$D' stroke-width='5' fill='none'/><path d='M200 "
            "210q56 60 60 180H140q4-120 60-180z' fill='$k'/><path d='M200 210q-56 60-60 "
            "180h26q0-110 34-180zM200 210q56 60 60 180h-34q4-110-26-180z' fill='$a'/><path d='M150 "
            "380h100q-20-30-50-30t-50 30z' fill='$c' fill-opacity='.9'/>");
    else
        DRAW(p,
            "<path d='M150 140h120l112 250H262z' fill='$d'/><path d='M150 140L18 390h264z' "
            "fill='~v'/><path d='M150 140h120l10 22H160z' fill='$L'/><path d='M150 196l66 194H84z' "
            "fill='$k'/><path d='M150 196L84 390h34l32-150zM150 196l66 194h-40l-26-150z' "
            "fill='$a'/><path d='M102 384h88l-20-34h-50z' fill='$c'/><path d='M150 140L18 390M150 "
            "140l132 250M270 140l112 250' stroke='$D' stroke-width='4'/><path d='M204 230l54 "
            "120M240 230l54 120' stroke='$D' stroke-opacity='.3' stroke-width='3'/>");
    DRAW(p,
        "<path d='M44 330L4 396M356 330l40 66' stroke='$w' stroke-width='3'/><path d='M0 392l10 "
        "10M400 392l-10 10' stroke='$n' stroke-width='5'/><g stroke='$e' stroke-width='4' "
        "stroke-linecap='round'><path d='M40 398l-6-16M50 398v-18M60 398l6-14M330 398l-6-16M340 "
        "398v-18M350 398l6-14M236 398l-4-10M244 398l4-12'/></g>");
}

static void draw_dumbbell(struct catalog_pencil *p)
{
    int plates = catalog_pencil_pick(p, 2);
    catalog_pencil_shadow(p, 200, 350, 170);
    DRAW(p,
        "<g transform='rotate(-16 200 270)'><rect x='120' y='252' width='160' height='36' rx='10' "
        "fill='~n'/><path d='M140 254v32M148 254v32M156 254v32M164 254v32M172 254v32M180 "
        "254v32M188 254v32M196 254v32M204 254v32M212 254v32M220 254v32M228 254v32M236 254v32M244 "
        "254v32M252 254v32M260 254v32' stroke='$M' stroke-width='3'/>");
    if (plates)
        DRAW(p,
            "<g fill='~v'><rect x='104' y='188' width='32' height='164' rx='10'/><rect x='264' "
            "y='188' width='32' height='164' rx='10'/><rect x='68' y='204' width='32' height='132' "
            "rx='10'/><rect x='300' y='204' width='32' height='132' rx='10'/></g><path d='M112 "
            "200v130M272 200v130M76 216v96M308 216v96' stroke='#fff' stroke-opacity='.35' "
            "stroke-width='6' stroke-linecap='round'/><g fill='$n'><rect x='36' y='254' width='32' "
            "height='32' rx='6'/><rect x='332' y='254' width='32' height='32' rx='6'/></g>");
    else
        DRAW(p,
            "<g fill='~v'><path d='M58 208l22-22h42l18 22v124l-18 22H80l-22-22zM342 "
            "208l-22-22h-42l-18 22v124l18 22h42l22-22z'/></g><path d='M58 "
            "208l22-22v168l-22-22zM342 208l-22-22v168l22-22z' fill='$D'/><path d='M90 194v152M310 "
            "194v152' stroke='#fff' stroke-opacity='.3' stroke-width='7' "
            "stroke-linecap='round'/><g fill='$w' fill-opacity='.85'><rect x='102' y='258' "
            "width='22' height='9' rx='3'/><rect x='102' y='274' width='22' height='9' "
            "rx='3'/></g>");
    DRAW(p, "</g>");
}

static void draw_toy_car(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 200, 366, 170);
    if (kind == 0)
        DRAW(p,
            "<path d='M36 318q-4-50 38-58 30-4 44-34 22-52 82-52 70 0 92 78 62 2 74 40 6 26-2 36-6 "
            "8-16 8H54q-16 0-18-18z' fill='~v'/><path d='M134 250q16-50 58-50v54h-56zM208 200q42 4 "
            "56 54h-56z' fill='#cfe3ea'/>");
    else if (kind == 1)
        DRAW(p,
            "<path d='M40 190q0-16 16-16h170v162H56q-16 0-16-16z' fill='$c'/><path d='M40 "
            "232h186v26H40z' fill='$a'/><path d='M226 204h66q14 0 22 14l22 44 26 10q8 4 8 14v40q0 "
            "10-10 10H226z' fill='~v'/><path d='M244 220h42q8 0 12 8l18 36h-72z' fill='#cfe3ea'/>");
    else
        DRAW(p,
            "<path d='M30 310q0-26 24-32l96-22q40-42 92-30l22 34 84 16q26 6 26 32 0 24-20 "
            "24H52q-22 0-22-22z' fill='~v'/><path d='M160 254q32-30 76-18l16 24z' "
            "fill='#cfe3ea'/><path d='M24 246h40l10 30H34z' fill='$d'/><circle cx='190' cy='296' "
            "r='23' fill='$w'/><path d='M190 282v28' stroke='$k' stroke-width='7'/><path d='M250 "
            "262l118 20v10l-118-14z' fill='$w' fill-opacity='.8'/>");
    DRAW(p,
        "<path d='M36 330h328' stroke='$D' stroke-width='9' stroke-linecap='round'/><circle "
        "cx='354' cy='304' r='12' fill='$y'/><rect x='30' y='294' width='11' height='20' rx='4' "
        "fill='$r'/><path d='M74 276q60-12 90-10' stroke='#fff' stroke-opacity='.4' "
        "stroke-width='7' stroke-linecap='round' fill='none'/><g id='b%'><circle cx='112' cy='332' "
        "r='42' fill='$k'/><circle cx='112' cy='332' r='30' fill='~o'/><circle cx='112' cy='332' "
        "r='19' fill='none' stroke='$q' stroke-opacity='.4' stroke-width='4'/><circle cx='112' "
        "cy='332' r='8' fill='$a'/></g><use href='#b%' x='176'/>",
        (int)p->mark, (int)p->mark);
}

static void draw_teddy(struct catalog_pencil *p)
{
    int scarf = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 200, 414, 130);
    DRAW(p,
        "<g fill='~r'><ellipse cx='102' cy='300' rx='32' ry='58' transform='rotate(28 102 "
        "300)'/><ellipse cx='298' cy='300' rx='32' ry='58' transform='rotate(-28 298 "
        "300)'/><ellipse cx='200' cy='318' rx='88' ry='92'/><ellipse cx='128' cy='388' rx='52' "
        "ry='36'/><ellipse cx='272' cy='388' rx='52' ry='36'/><circle cx='128' cy='112' "
        "r='37'/><circle cx='272' cy='112' r='37'/></g><g fill='$L'><circle cx='128' cy='112' "
        "r='20'/><circle cx='272' cy='112' r='20'/><ellipse cx='200' cy='334' rx='54' "
        "ry='60'/><ellipse cx='118' cy='392' rx='27' ry='24'/><ellipse cx='282' cy='392' rx='27' "
        "ry='24'/></g><path d='M200 282v104' stroke='$d' stroke-width='3' stroke-dasharray='7 "
        "5'/><ellipse cx='200' cy='172' rx='98' ry='86' fill='~r'/><ellipse cx='200' cy='204' "
        "rx='47' ry='37' fill='$L'/><g fill='$k'><circle cx='162' cy='164' r='11'/><circle "
        "cx='238' cy='164' r='11'/><path d='M180 190q20-12 40 0 0 18-20 22-20-4-20-22z'/></g><g "
        "fill='$w'><circle cx='158' cy='160' r='4'/><circle cx='234' cy='160' r='4'/><ellipse "
        "cx='194' cy='191' rx='6' ry='3'/></g><path d='M200 212v8q-14 14-24 2M200 220q14 14 24 2' "
        "stroke='$k' stroke-width='4' fill='none' stroke-linecap='round'/><g fill='$s' "
        "fill-opacity='.5'><circle cx='140' cy='196' r='13'/><circle cx='260' cy='196' "
        "r='13'/></g>");
    if (scarf == 0)
        DRAW(p,
            "<path d='M128 244q72 34 144 0l4 24q-76 36-152 0z' fill='$a'/><path d='M238 262l30-6 "
            "14 74-32 6z' fill='$A'/><path d='M142 252l4 24M168 260l2 24M196 262v24M224 260l-2 24' "
            "stroke='$w' stroke-opacity='.7' stroke-width='5'/>");
    else if (scarf == 1)
        DRAW(p,
            "<path d='M200 258l-44-24v50zM200 258l44-24v50z' fill='$a'/><circle cx='200' cy='258' "
            "r='13' fill='$A'/>");
    else
        DRAW(p,
            "<path d='M200 360q-34-22-34-42 0-16 16-16 12 0 18 12 6-12 18-12 16 0 16 16 0 20-34 "
            "42z' fill='$a'/>");
}

static void draw_puzzle(struct catalog_pencil *p)
{
    catalog_pencil_shadow(p, 200, 396, 170);
    DRAW(p,
        "<path d='M56 100h270l22 18v226l-22-14H56z' fill='$D'/><rect x='48' y='96' width='276' "
        "height='236' rx='4' fill='~v'/>");
    catalog_pencil_image(p, (struct catalog_pencil_box){ 64, 112, 244, 172 });
    DRAW(p,
        "<path d='M64 169h40a14 14 0 1 1 28 0h46a14 14 0 1 0 28 0h40a14 14 0 1 1 28 0h34M64 "
        "227h30a14 14 0 1 0 28 0h56a14 14 0 1 1 28 0h40a14 14 0 1 0 28 0h34M145 112v22a14 14 0 1 1 "
        "0 28v40a14 14 0 1 0 0 28v54M226 112v22a14 14 0 1 0 0 28v40a14 14 0 1 1 0 28v54' "
        "stroke='#fff' stroke-opacity='.75' stroke-width='3' fill='none'/><rect x='64' y='296' "
        "width='112' height='16' rx='4' fill='$c'/><circle cx='286' cy='304' r='17' "
        "fill='$y'/><path d='M276 304h20M286 294v20' stroke='$q' stroke-width='4'/><g "
        "transform='translate(74 318) rotate(-14)'><path d='M4 8h28a14 14 0 1 1 28 0h28v26a14 14 0 "
        "1 1 0 28v28H4V62a14 14 0 1 0 0-28z' transform='translate(3 5)' fill='#2a2118' "
        "fill-opacity='.25'/><path d='M4 8h28a14 14 0 1 1 28 0h28v26a14 14 0 1 1 0 28v28H4V62a14 "
        "14 0 1 0 0-28z' fill='$a'/></g><g transform='translate(206 322) rotate(18)'><path d='M4 "
        "8h84v26a14 14 0 1 0 0 28v28H60a14 14 0 1 1-28 0H4V62a14 14 0 1 0 0-28z' "
        "transform='translate(3 5)' fill='#2a2118' fill-opacity='.25'/><path d='M4 8h84v26a14 14 0 "
        "1 0 0 28v28H60a14 14 0 1 1-28 0H4V62a14 14 0 1 0 0-28z' fill='$y'/></g>");
}

static void draw_guitar(struct catalog_pencil *p)
{
    int round = catalog_pencil_range(p, 20, 28), guard = catalog_pencil_pick(p, 2);
    catalog_pencil_shadow(p, 190, 456, 90);
    DRAW(p,
        "<g transform='translate(0 -8) rotate(9 200 260)'><path d='M188 92h24v200h-24z' "
        "fill='$q'/><path d='M178 34q22-12 44 0l-6 60h-32z' fill='$D'/><g fill='~m'><circle "
        "cx='172' cy='48' r='7'/><circle cx='174' cy='64' r='7'/><circle cx='176' cy='80' "
        "r='7'/><circle cx='228' cy='48' r='7'/><circle cx='226' cy='64' r='7'/><circle cx='224' "
        "cy='80' r='7'/></g><path d='M200 226c58-8 82 26 70 64-8 22 0 30 16 52 30 46 2 112-86 "
        "112s-116-66-86-112c16-22 24-30 16-52-12-38 12-72 70-64z' fill='$D'/><path d='M200 "
        "232c52-8 76 24 64 58-8 24 0 36 16 56 26 42 0 102-80 102s-106-60-80-102c16-20 24-32 "
        "16-56-12-34 12-66 64-58z' fill='~r'/>");
    if (guard)
        DRAW(p, "<path d='M222 300q40 16 30 60-24 14-40-16z' fill='$k' fill-opacity='.75'/>");
    DRAW(p,
        "<circle cx='200' cy='318' r='%' fill='$y' fill-opacity='.6'/><circle cx='200' cy='318' "
        "r='%' fill='$k'/><path d='M188 92h24v200h-24z' fill='$q'/><path d='M188 112h24M188 "
        "132h24M188 151h24M188 169h24M188 186h24M188 202h24M188 217h24M188 231h24M188 244h24M188 "
        "256h24M188 267h24' stroke='$m' stroke-width='2'/><g fill='$w'><circle cx='200' cy='142' "
        "r='3'/><circle cx='200' cy='177' r='3'/><circle cx='200' cy='210' r='3'/></g><rect "
        "x='166' y='396' width='68' height='14' rx='4' fill='$q'/><path d='M191 92l-2 306M195 "
        "92l-1 306M199 92v306M202 92l1 306M206 92l2 306M209 92l3 306' stroke='$w' "
        "stroke-opacity='.85' stroke-width='1'/><path d='M144 270q-6-26 24-30' stroke='#fff' "
        "stroke-opacity='.5' stroke-width='7' stroke-linecap='round' fill='none'/></g>",
        round + 5, round);
}

static const struct catalog_picture_draw draws[] = {
    { S_INIT("book"), draw_book, SCENE_DESK, 414, 200, 240, 73 },
    { S_INIT("ball"), draw_ball, SCENE_OUTSIDE, 392, 180, 220, 61 },
    { S_INIT("racket"), draw_racket, SCENE_OUTSIDE, 430, 230, 160, 77 },
    { S_INIT("bicycle"), draw_bicycle, SCENE_OUTSIDE, 380, 200, 260, 90 },
    { S_INIT("tent"), draw_tent, SCENE_OUTSIDE, 394, 180, 290, 92 },
    { S_INIT("dumbbell"), draw_dumbbell, SCENE_ROOM, 350, 150, 280, 70 },
    { S_INIT("toy-car"), draw_toy_car, SCENE_ROOM, 374, 180, 280, 63 },
    { S_INIT("teddy"), draw_teddy, SCENE_ROOM, 420, 200, 190, 77 },
    { S_INIT("puzzle"), draw_puzzle, SCENE_ROOM, 410, 150, 300, 73 },
    { S_INIT("guitar"), draw_guitar, SCENE_ROOM, 452, 200, 320, 80 },
};

const struct catalog_picture_list catalog_picture_leisure = { draws, COUNT(draws) };
