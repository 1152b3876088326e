/* SPDX-License-Identifier: Apache-2.0
 * Drawings of furniture, what makes a home, and what is used in a bathroom or a workshop.
 * Called through the table at the end. Must never draw a real maker's mark. */
#include "services/catalog/catalog_picture_internal.h"

static void draw_chair(struct catalog_pencil *p)
{
    catalog_pencil_shadow(p, 204, 410, 110);
    if (catalog_pencil_pick(p, 2)) {
        DRAW(p,
            "<path d='M120 340l-12 70M284 340l12 70M150 350l-4 50M256 350l4 50' stroke='$O' "
            "stroke-width='11' stroke-linecap='round'/><path d='M112 190q0-82 90-82t90 "
            "82v120H112z' fill='~v'/><path d='M134 200q0-66 68-66t68 66v80H134z' fill='$l'/><path "
            "d='M202 136v130M166 146l4 120M238 146l-4 120' stroke='$d' stroke-width='2'/><rect "
            "x='128' y='270' width='148' height='58' rx='24' fill='$L'/><path d='M132 308q70 20 "
            "140 0v14H132z' fill='$b'/><path d='M84 246q0-26 26-26t28 26v104H98q-14 0-14-14zM266 "
            "246q0-26 28-26t26 26v90q0 14-14 14h-40z' fill='~v'/><path d='M92 248q2-20 18-20M300 "
            "230q12 4 12 20' stroke='#fff' stroke-opacity='.45' stroke-width='5' fill='none' "
            "stroke-linecap='round'/><path d='M98 322h208v14q0 16-16 16H114q-16 0-16-16z' "
            "fill='$d'/>");
        return;
    }
    int slats = catalog_pencil_range(p, 2, 4);
    DRAW(p,
        "<path d='M140 96l6 190M268 96l-6 190' stroke='$O' stroke-width='12' "
        "stroke-linecap='round'/><rect x='132' y='92' width='144' height='40' rx='16' fill='~o'/>");
    for (int i = 0; i < slats; i++)
        DRAW(p, "<rect x='%' y='124' width='11' height='150' fill='$o'/>",
            204 - 6 + (2 * i - slats + 1) * 17);
    DRAW(p,
        "<path d='M160 290l-8 106M248 290l8 106' stroke='$q' stroke-width='11' "
        "stroke-linecap='round'/><path d='M152 360h104' stroke='$q' stroke-width='7'/><path "
        "d='M110 306l-14 102M298 306l14 102' stroke='$O' stroke-width='13' "
        "stroke-linecap='round'/><path d='M118 274h172l26 34q2 12-10 12H102q-12 0-10-12z' "
        "fill='$D'/><path d='M120 264h168q6 0 10 6l20 30q2 10-10 10H100q-12 0-10-10l20-30q4-6 "
        "10-6z' fill='~v'/><path d='M124 272h160' stroke='#fff' stroke-opacity='.45' "
        "stroke-width='5' stroke-linecap='round'/><path d='M140 100h120' stroke='#fff' "
        "stroke-opacity='.4' stroke-width='4' stroke-linecap='round'/>");
}

static void draw_sofa(struct catalog_pencil *p)
{
    int seats = catalog_pencil_range(p, 2, 3), arm = catalog_pencil_range(p, 14, 30),
        width = 264 / seats;
    catalog_pencil_shadow(p, 200, 384, 190);
    DRAW(p,
        "<path d='M52 352l-8 34h12l10-34zM348 352l8 34h-12l-10-34z' fill='$q'/><rect x='50' "
        "y='182' width='300' height='150' rx='%' fill='~v'/>",
        arm);
    for (int i = 0; i < seats; i++)
        DRAW(p,
            "<rect x='%' y='198' width='%' height='100' rx='16' fill='$l'/><path d='M% 212h%' "
            "stroke='#fff' stroke-opacity='.3' stroke-width='5' stroke-linecap='round'/>",
            68 + i * width + 2, width - 4, 68 + i * width + 18, width - 36);
    DRAW(p, "<path d='M60 300h280v50q0 8-8 8H68q-8 0-8-8z' fill='$D'/>");
    for (int i = 0; i < seats; i++)
        DRAW(p,
            "<rect x='%' y='276' width='%' height='50' rx='16' fill='$L'/><rect x='%' y='300' "
            "width='%' height='26' rx='12' fill='$b'/>",
            68 + i * width + 1, width - 2, 68 + i * width + 1, width - 2);
    DRAW(p,
        "<rect x='22' y='232' width='56' height='128' rx='%' fill='~v'/><rect x='322' y='232' "
        "width='56' height='128' rx='%' fill='~v'/><path d='M34 248q4-8 16-8M334 248q4-8 16-8' "
        "stroke='#fff' stroke-opacity='.5' stroke-width='5' stroke-linecap='round' "
        "fill='none'/><path d='M30 344h48v8q0 8-8 8H38q-8 0-8-8zM322 344h48v8q0 8-8 8h-32q-8 "
        "0-8-8z' fill='$D' fill-opacity='.5'/><g transform='rotate(-10 112 252)'><path d='M82 "
        "222q30 8 62 0-8 32 0 62-32-8-62 0 8-32 0-62z' fill='$a'/><path d='M92 232q22 5 42 0' "
        "stroke='#fff' stroke-opacity='.5' stroke-width='3' fill='none'/></g>",
        arm, arm);
    if (catalog_pencil_pick(p, 2))
        DRAW(p,
            "<g transform='rotate(12 286 256)'><path d='M258 230q28 6 56 0-6 28 0 54-28-6-56 0 "
            "6-28 0-54z' fill='$c'/><path d='M272 232v50M286 234v48M300 232v50' stroke='$o' "
            "stroke-width='3'/></g>");
}

static void draw_table(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 200, 396, 180);
    if (kind == 0)
        DRAW(p,
            "<path d='M84 250l-26 146h14l40-146zM316 250l26 146h-14l-40-146z' fill='$D'/><path "
            "d='M128 250l-10 120h10l18-120zM272 250l10 120h-10l-18-120z' fill='$D' "
            "fill-opacity='.7'/>");
    else if (kind == 1)
        DRAW(p,
            "<path d='M56 250h24v146H56zM320 250h24v146h-24z' fill='~h'/><path d='M104 "
            "250h18v120h-18zM278 250h18v120h-18z' fill='$D'/>");
    else
        DRAW(p,
            "<path d='M170 250h60l12 130h-84z' fill='~h'/><path d='M110 396q0-22 90-22t90 22z' "
            "fill='$d'/>");
    if (kind < 2)
        DRAW(p,
            "<path d='M74 250h252v20H74z' fill='$D'/><path d='M160 252h80v16h-80z' "
            "fill='$d'/><circle cx='200' cy='260' r='4' fill='$y'/>");
    DRAW(p,
        "<path d='M66 196h268l44 44H22z' fill='$l'/><path d='M22 240h356v10q0 6-6 6H28q-6 0-6-6z' "
        "fill='$d'/><path d='M88 204q80 8 224 0M70 216q120 10 262-2M50 230q140 10 300-2' "
        "stroke='$d' stroke-opacity='.55' stroke-width='2' fill='none'/><path d='M28 238h344' "
        "stroke='#fff' stroke-opacity='.4' stroke-width='2'/><ellipse cx='236' cy='222' rx='38' "
        "ry='7' fill='$D' fill-opacity='.35'/><path d='M214 160q-8 44 4 60h26q12-16 4-60z' "
        "fill='$a'/><ellipse cx='231' cy='160' rx='17' ry='5' fill='$A'/><path d='M226 "
        "160q-6-40-28-56M232 160q0-50 6-76M236 160q8-34 32-48' stroke='$E' stroke-width='3' "
        "fill='none'/><g fill='$e'><path d='M198 104q-14 4-16 18 16-2 16-18zM238 84q-12 12-2 26 "
        "10-14 2-26zM268 112q14 0 18 14-16 2-18-14zM212 122q-16 4-14 18 14-6 14-18zM250 134q14-6 "
        "20 6-12 6-20-6z'/></g><path d='M106 214l54-8 20 12-56 9z' fill='$w'/><path d='M106 214l18 "
        "13v4l-18-13zM124 227l56-9v4l-56 9z' fill='$M'/>");
}

static void draw_lamp(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 200, 408, kind == 2 ? 90 : 70);
    DRAW(p, "<ellipse cx='200' cy='190' rx='190' ry='170' fill='~y'/>");
    if (kind == 0)
        DRAW(p,
            "<path d='M192 210h16v60h-16z' fill='~m'/><path d='M200 250c50 0 66 40 66 74 0 44-26 "
            "74-66 74s-66-30-66-74c0-34 16-74 66-74z' fill='~r'/><path d='M158 392h84v10q0 4-4 "
            "4h-76q-4 0-4-4z' fill='$O'/><path d='M152 300q8-26 26-34' stroke='#fff' "
            "stroke-opacity='.55' stroke-width='8' stroke-linecap='round' fill='none'/>");
    else if (kind == 1)
        DRAW(p,
            "<path d='M193 200h14v180h-14z' fill='~h'/><ellipse cx='200' cy='290' rx='17' ry='9' "
            "fill='$l'/><path d='M132 396q0-20 68-20t68 20v8q0 4-4 4H136q-4 0-4-4z' fill='~h'/>");
    else
        DRAW(p,
            "<path d='M200 216L120 406M200 216l80 190M200 216l8 180' stroke='$O' stroke-width='9' "
            "stroke-linecap='round'/><path d='M152 334h98' stroke='$q' stroke-width='4'/><circle "
            "cx='200' cy='222' r='11' fill='$y'/>");
    int top = catalog_pencil_range(p, 46, 76), shade = catalog_pencil_pick(p, 2);
    p->pen = shade ? 0xecd6a4 : p->base;
    DRAW(p,
        "<path d='M% 86H%L304 216H96z' fill='$x'/><path d='M% 86H%L304 216H96z' fill='~w' "
        "fill-opacity='.7'/><path d='M96 208h208v10H96zM% 86h%v7h-%z' fill='$X'/><path d='M% "
        "88L130 214M% 88l24 126' stroke='$X' stroke-opacity='.45' stroke-width='2'/><path d='M262 "
        "218v44' stroke='$y' stroke-width='2'/><circle cx='262' cy='266' r='5' fill='$y'/>",
        200 - top, 200 + top, 200 - top, 200 + top, 200 - top, 2 * top, 2 * top, 200 - top / 2,
        200 + top / 2);
}

static void draw_rug(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3);
    DRAW(p,
        "<g transform='rotate(-8 200 250)'><rect x='82' y='74' width='248' height='364' rx='4' "
        "fill='#2a2118' fill-opacity='.18'/><path d='M80 68h240M80 424h240' stroke='$c' "
        "stroke-width='24' stroke-dasharray='3 5'/><rect x='76' y='76' width='248' height='340' "
        "fill='$b'/><rect x='88' y='88' width='224' height='316' fill='none' stroke='$L' "
        "stroke-width='6'/><rect x='98' y='98' width='204' height='296' fill='none' stroke='$D' "
        "stroke-width='3' stroke-dasharray='9 6'/>");
    if (kind == 0) {
        for (int i = 0; i < 3; i++)
            DRAW(p,
                "<path d='M200 %l78 48-78 48-78-48z' fill='$c'/><path d='M200 %l54 34-54 "
                "34-54-34z' fill='$a'/><path d='M200 %l28 18-28 18-28-18z' fill='$D'/>",
                102 + i * 96, 116 + i * 96, 132 + i * 96);
        DRAW(p,
            "<path d='M110 150l22 48-22 48zM290 150l-22 48 22 48zM110 246l22 48-22 48zM290 246l-22 "
            "48 22 48z' fill='$d'/>");
    } else if (kind == 1) {
        for (int y = 120; y < 390; y += 45)
            DRAW(p,
                "<path d='M106 %l23.5-22 23.5 22 23.5-22 23.5 22 23.5-22 23.5 22 23.5-22 23.5 22' "
                "stroke='$L' stroke-width='7' fill='none'/><path d='M106 %h188' stroke='$a' "
                "stroke-width='6' stroke-dasharray='10 7'/>",
                y + 10, y + 24);
    } else {
        DRAW(p,
            "<path d='M106 270q60-90 110-40t78-60v212H106z' fill='$d'/><path d='M106 330q50-60 "
            "100-20t88-40v116H106z' fill='$a'/><circle cx='238' cy='160' r='38' fill='$c'/><path "
            "d='M106 370q60-30 188-10v26H106z' fill='$D'/>");
    }
    DRAW(p,
        "<path d='M76 120h248M76 164h248M76 208h248M76 252h248M76 296h248M76 340h248M76 384h248' "
        "stroke='#000' stroke-opacity='.05' stroke-width='14'/></g>");
}

static void draw_pillow(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 4);
    catalog_pencil_shadow(p, 200, 392, 140);
    DRAW(p,
        "<path d='M72 128q-6-16 10-14 118 18 236 0 16-2 14 14-18 118 0 236 2 16-14 14-118-18-236 "
        "0-16 2-14-14 18-118 4-236z' fill='~r'/>");
    if (kind == 0)
        DRAW(p,
            "<path d='M122 121q8 126 0 254M162 124q5 120 0 246M202 125q0 120 0 244M242 124q-5 120 "
            "0 246M282 121q-8 126 0 254' stroke='$L' stroke-width='11' fill='none'/>");
    else if (kind == 1)
        DRAW(p,
            "<path d='M200 160l84 84-84 84-84-84z' fill='none' stroke='$L' stroke-width='9'/><path "
            "d='M200 196l48 48-48 48-48-48z' fill='$a'/><circle cx='200' cy='244' r='13' "
            "fill='$c'/>");
    else if (kind == 2)
        DRAW(p,
            "<path d='M86 160L168 118M84 240L240 122M86 310L310 122M92 366L318 178M150 372L316 "
            "244M230 372L320 306M232 120l88 70M160 120l156 130M84 122l232 190M84 180l224 188M84 "
            "244l156 128M86 310l78 62' stroke='$d' stroke-opacity='.6' stroke-width='3'/><g "
            "fill='$D'><circle cx='200' cy='246' r='7'/><circle cx='140' cy='196' r='5'/><circle "
            "cx='262' cy='196' r='5'/><circle cx='140' cy='298' r='5'/><circle cx='262' cy='298' "
            "r='5'/></g>");
    else
        DRAW(p,
            "<path d='M200 330V196M200 300q-40-6-52-44 44 4 52 44zM200 300q40-6 52-44-44 4-52 "
            "44zM200 252q-34-6-44-40 38 4 44 40zM200 252q34-6 44-40-38 4-44 40zM200 206q-20-20 "
            "0-46 20 26 0 46z' stroke='$L' stroke-width='4' fill='$L' fill-opacity='.4'/>");
    DRAW(p,
        "<path d='M72 128q-6-16 10-14 118 18 236 0 16-2 14 14-18 118 0 236 2 16-14 14-118-18-236 "
        "0-16 2-14-14 18-118 4-236z' fill='none' stroke='$D' stroke-opacity='.5' "
        "stroke-width='4'/><path d='M90 134q30 20 44 50M310 134q-24 20-36 44M92 360q26-18 "
        "40-44M312 358q-26-18-38-40' stroke='$D' stroke-opacity='.3' stroke-width='6' "
        "stroke-linecap='round' fill='none'/>");
}

/* Leaves around a stem: monstera, snake plant, fig. */
static void draw_plant(struct catalog_pencil *p)
{
    static const int turns[] = { -66, 62, -40, 42, -16, 20, 2 };
    static const int sizes[] = { 82, 86, 96, 92, 99, 90, 72 };
    static const uint32_t greens[] = { 0x3f6b4a, 0x5a8f5f, 0x76a771 };
    int kind = catalog_pencil_pick(p, 3), lean = catalog_pencil_range(p, -5, 5);
    catalog_pencil_shadow(p, 200, 420, 90);
    DRAW(p,
        "<g transform='translate(200 318)'><defs><g id='b%' stroke='#2c4a33' stroke-width='4' "
        "stroke-opacity='.5'>",
        (int)p->mark);
    if (kind == 0)
        DRAW(p,
            "<path d='M0 0V-120'/><path stroke='none' d='M0-84c-70-8-86-84-50-136l16 34 4-50 30 40 "
            "30-40 4 50 16-34c36 52 20 128-50 136z'/><path "
            "d='M0-86v-96M0-112l-42-44M0-112l42-44'/>");
    else if (kind == 1)
        DRAW(p,
            "<path stroke='none' d='M-17 10q-12-130 17-270 29 140 17 270z'/><path stroke='none' "
            "d='M-17 10q-12-130 17-270-14 140-6 270z' fill='$y' fill-opacity='.6'/><path "
            "d='M-13-40l24 8M-15-80l28 10M-15-120l28 10M-12-160l22 8'/>");
    else
        DRAW(p,
            "<path d='M0 0q6-70 0-130' fill='none'/><path stroke='none' d='M0-110q-62-40-22-136q18 "
            "12 22 20 4-8 22-20 40 96-22 136z'/><path stroke='none' d='M0-112q6 18-20 "
            "30-22-8-30-34 30-14 50 4z'/><path d='M0-112v-100M0-150l-22-26M0-150l22-26'/>");
    DRAW(p, "</g></defs>");
    for (size_t i = 0; i < COUNT(turns); i++) {
        p->pen = greens[i % 3];
        DRAW(p, "<use href='#b%' transform='rotate(%) scale(.%)' fill='$x'/>", (int)p->mark,
            turns[i] * (kind == 1 ? 5 : 10) / 10 + lean, sizes[i]);
    }
    DRAW(p,
        "</g><path d='M128 312h144l-16 96q-2 10-12 10h-88q-10 0-12-10z' fill='~h'/><rect x='120' "
        "y='296' width='160' height='32' rx='6' fill='~h'/><path d='M122 328h156l-2 10H124z' "
        "fill='$D' fill-opacity='.4'/><path d='M144 344l10 60' stroke='#fff' stroke-opacity='.4' "
        "stroke-width='9' stroke-linecap='round'/>");
}

static void draw_hammer(struct catalog_pencil *p)
{
    int mallet = catalog_pencil_pick(p, 3) == 0;
    catalog_pencil_shadow(p, 200, 408, 120);
    DRAW(p,
        "<g transform='rotate(32 200 250)'><path d='M188 150h24l6 250q0 16-18 16t-18-16z' "
        "fill='~o'/><path d='M183 290h34l3 112q0 18-20 18t-20-18z' fill='~h'/><path d='M183 "
        "306h34M182 322h36M182 338h36M181 354h38M181 370h38' stroke='$D' stroke-width='3'/><circle "
        "cx='200' cy='402' r='5' fill='$D'/>");
    if (mallet)
        DRAW(p,
            "<rect x='112' y='84' width='176' height='88' rx='14' fill='$k'/><rect x='112' y='84' "
            "width='176' height='40' rx='14' fill='$K'/><path d='M136 84v88M264 84v88' stroke='$n' "
            "stroke-width='5'/>");
    else
        DRAW(p,
            "<path d='M176 108h52v60h-52z' fill='~n'/><path d='M228 112q52-6 90 "
            "44-8-4-16-2-34-26-74-10z' fill='~n'/><path d='M228 130q44-12 78 22' stroke='$n' "
            "stroke-width='3' fill='none'/><path d='M176 114l-34 8v34l34 8z' fill='$M'/><rect "
            "x='104' y='104' width='42' height='68' rx='9' fill='~n'/><rect x='104' y='104' "
            "width='12' height='68' rx='6' fill='$n'/><path d='M120 114h22M180 116h44' "
            "stroke='#fff' stroke-opacity='.8' stroke-width='5' stroke-linecap='round'/><path "
            "d='M190 98h20v12h-20z' fill='$q'/>");
    DRAW(p,
        "</g><g transform='translate(170 10) rotate(-24 100 390)'><rect x='70' y='382' width='70' "
        "height='6' fill='~n'/><rect x='62' y='377' width='8' height='16' rx='2' fill='$n'/><path "
        "d='M140 382l14 3-14 3z' fill='$n'/></g>");
}

static void draw_brush(struct catalog_pencil *p)
{
    int soft = catalog_pencil_pick(p, 2), w = catalog_pencil_range(p, 34, 52);
    catalog_pencil_shadow(p, 210, 402, 110);
    DRAW(p,
        "<path d='M76 396q-22-40 20-54 50-14 92 10 60-12 70 22 4 30-60 30-90 4-122-8z' "
        "fill='$a'/><path d='M96 372q30-18 80-6' stroke='#fff' stroke-opacity='.5' "
        "stroke-width='7' stroke-linecap='round' fill='none'/><g transform='rotate(28 200 "
        "240)'><path d='M184 40q16-10 32 0l%  136H%z' fill='~h'/><circle cx='200' cy='56' r='6' "
        "fill='$p'/><path d='M190 76v92' stroke='#fff' stroke-opacity='.5' stroke-width='6' "
        "stroke-linecap='round'/><rect x='%' y='172' width='%' height='66' fill='~m'/><path d='M% "
        "186h%M% 224h%' stroke='$n' stroke-width='3'/>",
        w - 16, 200 - w, 198 - w, 4 + 2 * w, 198 - w, 4 + 2 * w, 198 - w, 4 + 2 * w);
    DRAW(p,
        "<path d='M% 238h%l% 96-%  34-% -34z' fill='$c'/><path d='M% 318h%v16l-%  34-% -34z' "
        "fill='$a'/><g stroke='$O' stroke-opacity='.55' stroke-width='2'>",
        200 - w, 2 * w, soft * 8, w + soft * 8, w + soft * 8, 200 - w - soft * 6, 2 * w + soft * 12,
        w + soft * 7, w + soft * 7);
    for (int x = 200 - w + 9; x < 200 + w; x += 10)
        DRAW(p, "<path d='M% 240v86'/>", x);
    DRAW(p, "</g></g>");
}

static void draw_soap(struct catalog_pencil *p)
{
    catalog_pencil_shadow(p, 200, 390, 150);
    DRAW(p,
        "<path d='M58 348h284l-26 36q-4 6-12 6H96q-8 0-12-6z' fill='~o'/><path d='M50 "
        "338h300v12H50z' fill='$O'/><path d='M84 350v38M128 350v40M172 350v40M216 350v40M260 "
        "350v40M304 350v38' stroke='$q' stroke-opacity='.5' stroke-width='3'/><rect x='84' y='246' "
        "width='232' height='96' rx='36' fill='$D'/><rect x='84' y='232' width='232' height='98' "
        "rx='36' fill='~v'/><path d='M84 268q0-36 36-36h160q36 0 36 36 0 22-36 22H120q-36 "
        "0-36-22z' fill='$L'/>");
    if (catalog_pencil_pick(p, 2))
        DRAW(p,
            "<ellipse cx='200' cy='261' rx='58' ry='19' fill='none' stroke='$b' "
            "stroke-width='4'/><path d='M168 264q20-20 60-8-24 18-60 8zM168 264h60' stroke='$b' "
            "stroke-width='3' fill='none'/>");
    else
        DRAW(p,
            "<g fill='$d'><ellipse cx='150' cy='258' rx='7' ry='3'/><ellipse cx='180' cy='268' "
            "rx='6' ry='3'/><ellipse cx='214' cy='254' rx='8' ry='3'/><ellipse cx='246' cy='266' "
            "rx='6' ry='3'/><ellipse cx='270' cy='256' rx='5' ry='2'/></g><path d='M84 300q116 30 "
            "232 0' stroke='$a' stroke-width='8' stroke-opacity='.6' fill='none'/>");
    DRAW(p,
        "<path d='M112 244q10-6 30-6h70' stroke='#fff' stroke-opacity='.8' stroke-width='6' "
        "stroke-linecap='round' fill='none'/><g fill='#fff' fill-opacity='.75' stroke='#a9c6cf' "
        "stroke-width='2'><circle cx='98' cy='224' r='20'/><circle cx='128' cy='208' "
        "r='13'/><circle cx='84' cy='196' r='9'/><circle cx='300' cy='226' r='15'/><circle "
        "cx='322' cy='208' r='8'/><circle cx='140' cy='160' r='11'/><circle cx='282' cy='150' "
        "r='8'/></g>");
}

static void draw_perfume(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3), cap = catalog_pencil_pick(p, 2);
    catalog_pencil_shadow(p, 200, 406, 100);
    if (cap)
        DRAW(p,
            "<rect x='164' y='98' width='72' height='70' rx='6' fill='~o'/><path d='M176 104v58' "
            "stroke='#fff' stroke-opacity='.5' stroke-width='6'/>");
    else
        DRAW(p,
            "<circle cx='200' cy='128' r='42' fill='~m'/><circle cx='188' cy='114' r='11' "
            "fill='#fff' fill-opacity='.8'/>");
    DRAW(p,
        "<rect x='174' y='166' width='52' height='30' fill='~m'/><path d='M174 180h52' stroke='$n' "
        "stroke-width='2'/>");
    if (kind == 0)
        DRAW(p,
            "<rect x='104' y='194' width='192' height='210' rx='18' fill='$L' "
            "fill-opacity='.7'/><rect x='118' y='208' width='164' height='182' rx='8' "
            "fill='~v'/><path d='M118 208h164v30H118z' fill='#fff' fill-opacity='.6'/>");
    else if (kind == 1)
        DRAW(p,
            "<circle cx='200' cy='298' r='108' fill='$L' fill-opacity='.7'/><circle cx='200' "
            "cy='298' r='92' fill='~r'/><path d='M118 256a92 92 0 0 1 164 0z' fill='#fff' "
            "fill-opacity='.55'/><rect x='150' y='398' width='100' height='8' fill='$d'/>");
    else
        DRAW(p,
            "<path d='M136 194h128l40 60v118l-32 32H128l-32-32V254z' fill='$L' "
            "fill-opacity='.75'/><path d='M144 210h112l32 50v106l-22 22H134l-22-22V260z' "
            "fill='~v'/><path d='M144 210h112l32 50H112z' fill='#fff' fill-opacity='.5'/><path "
            "d='M96 254l16 6v106l-16 6zM304 254l-16 6v106l16 6z' fill='#fff' fill-opacity='.4'/>");
    DRAW(p,
        "<path d='M200 198v180' stroke='#fff' stroke-opacity='.5' stroke-width='3'/><rect x='156' "
        "y='276' width='88' height='66' rx='3' fill='$w'/><path d='M170 294h60M178 308h44M186 "
        "322h28' stroke='$O' stroke-width='4' stroke-linecap='round'/><path d='M130 250v110' "
        "stroke='#fff' stroke-opacity='.65' stroke-width='9' stroke-linecap='round'/>");
}

static void draw_vitamin(struct catalog_pencil *p)
{
    static const uint32_t pills[] = { 0xe8b64c, 0xd8643f, 0x7fae6a, 0xf4f1e8 };
    p->pen = pills[catalog_pencil_pick(p, 4)];
    catalog_pencil_shadow(p, 200, 408, 110);
    DRAW(p,
        "<path d='M122 196q-14 8-14 28v160q0 20 20 20h144q20 0 20-20V224q0-20-14-28z' "
        "fill='~h'/><path d='M124 226q-4 6-4 14v124' stroke='#fff' stroke-opacity='.45' "
        "stroke-width='8' stroke-linecap='round' fill='none'/><path d='M108 244h184v112H108z' "
        "fill='$w'/><path d='M108 244h46v112h-46z' fill='$W'/><path d='M108 244h184v14H108zM108 "
        "346h184v10H108z' fill='$a'/><path d='M200 322q-34-16-24-52 36 8 24 52zM200 322q30-10 "
        "28-40-28 4-28 40z' fill='$e'/><path d='M200 332v-16' stroke='$E' stroke-width='4'/><path "
        "d='M240 280h36M240 292h28M240 304h34M128 280h24M128 292h30M128 304h20' stroke='$M' "
        "stroke-width='4' stroke-linecap='round'/><rect x='112' y='126' width='176' height='66' "
        "rx='10' fill='~n'/><path d='M124 134v52M140 134v52M156 134v52M172 134v52M188 134v52M204 "
        "134v52M220 134v52M236 134v52M252 134v52M268 134v52' stroke='$M' stroke-width='3'/><rect "
        "x='116' y='186' width='168' height='14' fill='$d'/>");
    if (catalog_pencil_pick(p, 2))
        DRAW(p,
            "<g transform='rotate(-18 300 396)'><rect x='270' y='386' width='60' height='24' "
            "rx='12' fill='$x'/><path d='M300 386h18a12 12 0 0 1 0 24h-18z' fill='$w'/></g><g "
            "transform='rotate(24 92 396)'><rect x='62' y='386' width='60' height='24' rx='12' "
            "fill='$x'/><path d='M92 386h18a12 12 0 0 1 0 24H92z' fill='$w'/></g>");
    else
        DRAW(p,
            "<g fill='$x' stroke='$X' stroke-width='2'><ellipse cx='84' cy='400' rx='23' "
            "ry='13'/><ellipse cx='118' cy='410' rx='23' ry='13'/><ellipse cx='306' cy='402' "
            "rx='23' ry='13'/></g><path d='M72 396h16M106 406h16M294 398h16' stroke='#fff' "
            "stroke-opacity='.7' stroke-width='4' stroke-linecap='round'/>");
}

static const struct catalog_picture_draw draws[] = {
    { S_INIT("chair"), draw_chair, SCENE_ROOM, 408, 200, 230, 90 },
    { S_INIT("sofa"), draw_sofa, SCENE_ROOM, 386, 130, 270, 94 },
    { S_INIT("table"), draw_table, SCENE_ROOM, 396, 220, 210, 92 },
    { S_INIT("lamp"), draw_lamp, SCENE_DESK, 406, 200, 190, 84 },
    { S_INIT("rug"), draw_rug, SCENE_ROOM, 430, 190, 200, 92, 30 },
    { S_INIT("pillow"), draw_pillow, SCENE_ROOM, 382, 150, 190, 70 },
    { S_INIT("plant"), draw_plant, SCENE_ROOM, 418, 200, 220, 84 },
    { S_INIT("hammer"), draw_hammer, SCENE_DESK, 404, 240, 170, 70 },
    { S_INIT("brush"), draw_brush, SCENE_DESK, 404, 180, 290, 73 },
    { S_INIT("soap"), draw_soap, SCENE_BATH, 388, 200, 280, 73 },
    { S_INIT("perfume"), draw_perfume, SCENE_BATH, 406, 200, 270, 68 },
    { S_INIT("vitamin"), draw_vitamin, SCENE_KITCHEN, 406, 200, 270, 68 },
};

const struct catalog_picture_list catalog_picture_home = { draws, COUNT(draws) };
