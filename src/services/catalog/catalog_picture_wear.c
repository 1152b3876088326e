/* SPDX-License-Identifier: Apache-2.0
 * Drawings of what people wear and carry. Called through the table at the end.
 * Must never draw a real maker's mark. */
#include "services/catalog/catalog_picture_internal.h"

static void draw_hanger(struct catalog_pencil *p)
{
    DRAW(p,
        "<path d='M200 100V84q0-8 8-12 12-8 4-20-12-10-22 2' stroke='$n' stroke-width='5' "
        "fill='none' stroke-linecap='round'/><path d='M116 138q84-66 168 0' stroke='$O' "
        "stroke-width='11' fill='none' stroke-linecap='round'/>");
}

static void draw_shirt(struct catalog_pencil *p)
{
    int is_long = catalog_pencil_pick(p, 2), pattern = catalog_pencil_pick(p, 4);
    draw_hanger(p);
    if (is_long)
        DRAW(p,
            "<path d='M128 124L78 170 44 372l46 12 40-156zM272 124l50 46 34 202-46 12-40-156z' "
            "fill='~v'/><path d='M47 356l46 12-3 16-46-12zM353 356l-46 12 3 16 46-12z' "
            "fill='$d'/><path d='M96 200l-20 150M304 200l20 150' stroke='$D' stroke-opacity='.35' "
            "stroke-width='3'/>");
    else
        DRAW(p,
            "<path d='M128 124L70 168 40 252l66 24 24-48zM272 124l58 44 30 84-66 24-24-48z' "
            "fill='~v'/><path d='M44 242l66 24-4 10-66-24zM356 242l-66 24 4 10 66-24z' "
            "fill='$d'/>");
    DRAW(p,
        "<path d='M130 124l40-18q30 22 60 0l40 18q16 50 10 120l6 160q-86 22-172 0l6-160q-6-70 "
        "10-120z' fill='~v'/>");
    if (pattern == 0)
        DRAW(p,
            "<path d='M140 130v284M160 120v294M180 124v294M220 124v294M240 120v294M260 130v284' "
            "stroke='$L' stroke-opacity='.8' stroke-width='4'/>");
    else if (pattern == 1)
        DRAW(p,
            "<path d='M124 180h152M120 230h160M120 280h160M118 330h164M116 380h168' stroke='$L' "
            "stroke-opacity='.45' stroke-width='16'/><path d='M150 124v290M250 124v290' "
            "stroke='$L' stroke-opacity='.45' stroke-width='16'/>");
    DRAW(p,
        "<path d='M132 230q10 60 0 170M268 230q-10 60 0 170' stroke='$D' stroke-opacity='.3' "
        "stroke-width='4' fill='none'/><path d='M193 134h14v280h-14z' fill='$d' "
        "fill-opacity='.5'/><g fill='$c' stroke='$D' stroke-width='1'><circle cx='200' cy='172' "
        "r='4'/><circle cx='200' cy='214' r='4'/><circle cx='200' cy='256' r='4'/><circle cx='200' "
        "cy='298' r='4'/><circle cx='200' cy='340' r='4'/><circle cx='200' cy='382' "
        "r='4'/></g><path d='M170 106q30 20 60 0l-30 34z' fill='$D'/><path d='M168 102l32 38-24 "
        "26-22-54zM232 102l-32 38 24 26 22-54z' fill='$l' stroke='$d' stroke-width='2'/>");
    if (pattern != 1)
        DRAW(p,
            "<path d='M226 204h36v34l-18 10-18-10z' fill='$l' fill-opacity='.6' stroke='$d' "
            "stroke-width='2'/>");
}

static void draw_jacket(struct catalog_pencil *p)
{
    int hood = catalog_pencil_pick(p, 2), quilt = catalog_pencil_pick(p, 2);
    draw_hanger(p);
    DRAW(p,
        "<path d='M122 128L72 178 40 380l52 12 40-160zM278 128l50 50 32 202-52 12-40-160z' "
        "fill='~v'/><path d='M43 362l52 12-3 18-52-12zM357 362l-52 12 3 18 52-12z' fill='$D'/>");
    if (hood)
        DRAW(p,
            "<path d='M140 132q-8-64 60-66 68 2 60 66-26 20-60 22-34-2-60-22z' fill='$d'/><path "
            "d='M158 132q-4-44 42-46 46 2 42 46-18 12-42 12t-42-12z' fill='$D'/>");
    DRAW(p,
        "<path d='M124 128l38-20q38 26 76 0l38 20q18 56 12 124l4 154q-92 18-184 0l4-154q-6-68 "
        "12-124z' fill='~v'/>");
    if (quilt)
        DRAW(p,
            "<path d='M116 190q84 12 168 0M112 234q88 12 176 0M112 278q88 12 176 0M110 322q90 12 "
            "180 0M108 366q92 12 184 0M66 220l60 8M58 270l56 8M50 320l52 8M334 220l-60 8M342 "
            "270l-56 8M350 320l-52 8' stroke='$D' stroke-opacity='.55' stroke-width='4' "
            "fill='none'/><path d='M118 198q82 12 164 0M114 242q86 12 172 0M114 286q86 12 172 "
            "0M112 330q88 12 176 0' stroke='#fff' stroke-opacity='.2' stroke-width='7' "
            "fill='none'/>");
    else
        DRAW(p,
            "<path d='M134 206h46v50h-46zM220 206h46v50h-46z' fill='$d'/><path d='M132 "
            "200h50v16l-25 8-25-8zM218 200h50v16l-25 8-25-8z' fill='$l' stroke='$D' "
            "stroke-width='2'/>");
    DRAW(p,
        "<path d='M128 306l40 46M272 306l-40 46' stroke='$D' stroke-width='7' "
        "stroke-linecap='round'/><path d='M128 304l40 46M272 304l-40 46' stroke='$m' "
        "stroke-width='2'/><path d='M108 392q92 18 184 0v16q-92 18-184 0z' fill='$D'/><path "
        "d='M200 138v276' stroke='$D' stroke-width='9'/><path d='M200 138v276' stroke='$m' "
        "stroke-width='4' stroke-dasharray='3 3'/><path d='M196 160h8v22h-8z' fill='~m'/><path "
        "d='M162 106q38 28 76 0l8 26q-20 16-46 18-26-2-46-18z' fill='$d'/><path d='M200 124v26' "
        "stroke='$m' stroke-width='4'/><path d='M142 150q-8 60-6 130' stroke='#fff' "
        "stroke-opacity='.22' stroke-width='9' stroke-linecap='round' fill='none'/>");
}

static void draw_dress(struct catalog_pencil *p)
{
    int straps = catalog_pencil_pick(p, 2), pattern = catalog_pencil_pick(p, 3),
        flare = catalog_pencil_range(p, 88, 126);
    draw_hanger(p);
    if (straps)
        DRAW(p,
            "<path d='M164 112l-8 60M236 112l8 60' stroke='$d' stroke-width='9'/><path d='M150 "
            "160q26 16 50 0 24 16 50 0l-4 80h-92z' fill='~v'/>");
    else
        DRAW(p,
            "<path d='M150 116l-36 26-26 74 40 18 22-44zM250 116l36 26 26 74-40 18-22-44z' "
            "fill='~v'/><path d='M148 116l26-8q26 44 52 0l26 8q12 50-6 124h-92q-18-74-6-124z' "
            "fill='~v'/><path d='M174 108q26 44 52 0' stroke='$D' stroke-opacity='.5' "
            "stroke-width='4' fill='none'/>");
    DRAW(p,
        "<path d='M154 238h92q10 80 %  176-%  24-% 0Q144 318 154 238z' fill='~v'/><path d='M174 "
        "250q-6 90-40 166M192 250q0 90-14 172M210 250q2 90 18 172M228 250q8 90 42 166' stroke='$D' "
        "stroke-opacity='.35' stroke-width='5' fill='none'/><path d='M166 252q-8 80-36 150M202 "
        "252q0 90-2 166' stroke='#fff' stroke-opacity='.22' stroke-width='8' fill='none'/>",
        flare - 46, flare, 2 * flare);
    if (pattern == 0)
        DRAW(p,
            "<g fill='$L'><circle cx='176' cy='190' r='5'/><circle cx='222' cy='200' "
            "r='5'/><circle cx='200' cy='224' r='5'/><circle cx='172' cy='290' r='6'/><circle "
            "cx='214' cy='276' r='6'/><circle cx='238' cy='310' r='6'/><circle cx='194' cy='326' "
            "r='6'/><circle cx='156' cy='350' r='6'/><circle cx='224' cy='366' r='6'/><circle "
            "cx='262' cy='372' r='6'/><circle cx='184' cy='388' r='6'/><circle cx='140' cy='400' "
            "r='6'/><circle cx='250' cy='404' r='6'/></g>");
    else if (pattern == 1)
        DRAW(p,
            "<g fill='$L' fill-opacity='.9'><path d='M172 286q10-14 20 0-10 14-20 0zM214 310q10-14 "
            "20 0-10 14-20 0zM150 344q10-14 20 0-10 14-20 0zM198 370q10-14 20 0-10 14-20 0zM248 "
            "372q10-14 20 0-10 14-20 0zM140 396q10-14 20 0-10 14-20 0zM174 196q8-12 16 0-8 12-16 "
            "0zM208 208q8-12 16 0-8 12-16 0z'/></g>");
    DRAW(p,
        "<path d='M152 230h96l2 16H150z' fill='$D'/><path d='M200 238q-24-14-26 4t26-4q24-14 26 "
        "4t-26-4l-12 34M202 240l12 32' stroke='$d' stroke-width='4' fill='none'/>");
}

static void draw_shoe(struct catalog_pencil *p)
{
    int stripe = catalog_pencil_pick(p, 3), sole = catalog_pencil_range(p, 22, 34);
    catalog_pencil_shadow(p, 204, 372, 180);
    DRAW(p,
        "<g transform='rotate(-4 200 300)'><path d='M38 338q-4-20 8-%h300q28 6 26 26-2 14-22 "
        "14H58q-18 0-20-14z' transform='translate(0 8)' fill='$w'/><path d='M40 350q160 14 330-2-2 "
        "14-22 14H58q-18 0-18-12z' fill='$W'/><path d='M52 364h290' stroke='$a' stroke-width='6'/>",
        sole);
    DRAW(p,
        "<path d='M46 330q-8-66 4-112 6-12 18-6 20 14 46-4 12-10 24 0 44 60 116 76 72 8 98 26 16 "
        "10 14 26-80 14-320-6z' fill='~v'/><path d='M46 330q-6-50 0-86 60 8 70 94z' "
        "fill='$d'/><path d='M256 284q72 8 96 26 16 10 14 26-50 8-100 6-30-20-10-58z' "
        "fill='$l'/><g fill='$d'><circle cx='300' cy='312' r='3'/><circle cx='316' cy='318' "
        "r='3'/><circle cx='300' cy='326' r='3'/><circle cx='284' cy='318' r='3'/></g><path d='M50 "
        "218q6-12 18-6 20 14 46-4 6-6 12-4l-8 22q-34 18-66 8z' fill='$D'/><path d='M110 206q16-28 "
        "34-16l34 44-40 14z' fill='$l'/>");
    if (stripe == 0)
        DRAW(p,
            "<path d='M150 334q10-44 44-72l22 12q-34 24-40 62zM196 338q8-34 34-58l20 6q-28 22-30 "
            "54z' fill='$w'/>");
    else if (stripe == 1)
        DRAW(p, "<path d='M112 318q60 10 120-40l16 6q-60 66-134 52z' fill='$a'/>");
    else
        DRAW(p,
            "<path d='M120 330q10-60 60-80l56 34q-30 24-36 56z' fill='$d'/><path d='M126 324q12-50 "
            "54-68' stroke='$L' stroke-width='2' stroke-dasharray='5 4' fill='none'/>");
    DRAW(p,
        "<g stroke='$w' stroke-width='7' stroke-linecap='round'><path d='M142 222l28-20M158 "
        "242l28-18M178 260l26-18M200 274l22-18'/></g><path d='M144 220q-20-26-34-10M146 218q6-34 "
        "24-24' stroke='$w' stroke-width='5' fill='none' stroke-linecap='round'/><path d='M40 "
        "250q-8 0-8-12l4-26q10-6 16 4z' fill='$a'/><path d='M60 236q-6 44-4 80' stroke='#fff' "
        "stroke-opacity='.3' stroke-width='6' stroke-linecap='round' fill='none'/></g>");
}

static void draw_boot(struct catalog_pencil *p)
{
    int laces = catalog_pencil_pick(p, 2);
    catalog_pencil_shadow(p, 206, 404, 150);
    DRAW(p,
        "<path d='M92 386h72v20H96q-6 0-6-8zM176 388h184q2 18-14 18H190z' fill='$k'/><path d='M90 "
        "370h272q4 10 0 20H90z' fill='$K'/><path d='M92 374h268' stroke='$y' stroke-width='2' "
        "stroke-dasharray='7 5'/><path d='M102 112q50-14 104 0l6 136q6 22 56 36 72 12 92 48 6 18 2 "
        "40H94q-10-60 8-130z' fill='~v'/><path d='M94 372q-8-50 4-100 50 20 58 100z' "
        "fill='$d'/><path d='M268 284q72 12 92 48 6 18 2 40h-84q-26-44-10-88z' fill='$l'/><path "
        "d='M274 288q-14 40 12 82' stroke='$D' stroke-width='2' stroke-dasharray='6 4' "
        "fill='none'/><path d='M102 112q50-14 104 0v14q-52-12-104 0z' fill='$D'/><path d='M104 "
        "96q-14 0-14 18t14 18' stroke='$a' stroke-width='9' fill='none'/>");
    if (laces)
        DRAW(p,
            "<path d='M176 126q34 10 30-10l6 132q6 22 30 30l-36 18q-26-20-26-60z' fill='$d'/><g "
            "stroke='$y' stroke-width='6' stroke-linecap='round'><path d='M178 150l32-6M180 "
            "176l32-6M182 202l32-6M184 228l32-6M190 254l34-10M202 278l34-14'/></g><g "
            "fill='$m'><circle cx='177' cy='151' r='5'/><circle cx='179' cy='177' r='5'/><circle "
            "cx='181' cy='203' r='5'/><circle cx='183' cy='229' r='5'/><circle cx='190' cy='255' "
            "r='5'/><circle cx='202' cy='279' r='5'/></g>");
    else
        DRAW(p,
            "<path d='M130 120h48q14 70 6 150-30 14-60 0-8-80 6-150z' fill='$k'/><path d='M134 "
            "128q-10 70-6 136M144 126q-8 70-4 144M154 126q-4 70-2 146M164 126q2 70 0 144M173 128q8 "
            "70 4 138' stroke='$K' stroke-width='3' fill='none'/>");
    DRAW(p,
        "<path d='M114 140q-6 60-10 110' stroke='#fff' stroke-opacity='.35' stroke-width='9' "
        "stroke-linecap='round' fill='none'/><path d='M300 312q36 8 46 30' stroke='#fff' "
        "stroke-opacity='.4' stroke-width='8' stroke-linecap='round' fill='none'/>");
}

static void draw_hat(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 200, 362, 170);
    if (kind == 2) {
        DRAW(p,
            "<path d='M92 318q-8-160 108-160t108 160q-108 30-216 0z' fill='~r'/><path d='M200 "
            "158q-44 60-46 172M200 158q44 60 46 172' stroke='$D' stroke-opacity='.5' "
            "stroke-width='3' fill='none'/><circle cx='200' cy='160' r='9' fill='$d'/><path d='M92 "
            "312q108 30 216 0 90 12 84 40-90 16-192 6-76-4-108-24z' fill='$d'/><path d='M92 "
            "312q108 30 216 0l4 8q-110 34-220 6z' fill='$D'/><path d='M310 320q70 12 76 30' "
            "stroke='$L' stroke-opacity='.7' stroke-width='3' stroke-dasharray='6 4' "
            "fill='none'/><rect x='176' y='232' width='52' height='40' rx='8' fill='$w'/><path "
            "d='M184 262l14-20 10 12 6-8 8 16z' fill='$a'/><path d='M122 290q-4-70 40-104' "
            "stroke='#fff' stroke-opacity='.35' stroke-width='9' fill='none' "
            "stroke-linecap='round'/>");
        return;
    }
    DRAW(p,
        "<ellipse cx='200' cy='324' rx='176' ry='46' fill='$D'/><ellipse cx='200' cy='316' "
        "rx='176' ry='46' fill='~v'/><ellipse cx='200' cy='312' rx='112' ry='26' fill='$D' "
        "fill-opacity='.5'/>");
    if (kind == 0)
        DRAW(p,
            "<path d='M100 308q2-130 34-152 34-18 66 6 32-24 66-6 32 22 34 152-100 38-200 0z' "
            "fill='~h'/><path d='M134 158q34-16 66 8 32-24 66-8-30 34-66 34t-66-34z' fill='$D' "
            "fill-opacity='.55'/>");
    else
        DRAW(p,
            "<path d='M100 308q-2-150 100-150t100 150q-100 38-200 0z' fill='~h'/><path d='M104 "
            "270q96 30 192 0M110 240q90 28 180 0M120 212q80 24 160 0M140 184q60 18 120 0M40 "
            "322q160 60 320 0M60 338q140 40 280 0' stroke='$D' stroke-opacity='.3' "
            "stroke-width='3' fill='none'/>");
    DRAW(p,
        "<path d='M100 276q100 38 200 0v34q-100 38-200 0z' fill='$a'/><path d='M100 276q100 38 200 "
        "0v8q-100 38-200 0z' fill='#fff' fill-opacity='.25'/><path d='M284 278l26 10-4 24-24 8z' "
        "fill='$A'/><path d='M128 260q0-50 16-80' stroke='#fff' stroke-opacity='.4' "
        "stroke-width='10' stroke-linecap='round' fill='none'/><path d='M44 306q30-24 56-26' "
        "stroke='#fff' stroke-opacity='.4' stroke-width='5' stroke-linecap='round' fill='none'/>");
}

static void draw_sunglasses(struct catalog_pencil *p)
{
    static const uint32_t lenses[] = { 0x3b3a3c, 0x5a4632, 0x35503f, 0x3f4d6b };
    int round = catalog_pencil_pick(p, 3);
    p->pen = lenses[catalog_pencil_pick(p, 4)];
    catalog_pencil_shadow(p, 200, 352, 160);
    DRAW(p,
        "<path d='M44 236L86 148q6-12 18-10l40 6M356 236l-42-88q-6-12-18-10l-40 6' stroke='$D' "
        "stroke-width='11' fill='none' stroke-linecap='round'/><g id='b%'>",
        (int)p->mark);
    if (round == 0)
        DRAW(p,
            "<circle cx='118' cy='278' r='70' fill='$x' fill-opacity='.88'/><circle cx='118' "
            "cy='278' r='70' fill='none' stroke='$b' stroke-width='13'/><circle cx='118' cy='276' "
            "r='75' fill='none' stroke='$L' stroke-opacity='.6' stroke-width='2'/>");
    else if (round == 1)
        DRAW(p,
            "<path d='M46 224q72-18 144 4 4 60-22 94-46 26-96 0-30-38-26-98z' fill='$x' "
            "fill-opacity='.88'/><path d='M46 224q72-18 144 4 4 60-22 94-46 26-96 0-30-38-26-98z' "
            "fill='none' stroke='$b' stroke-width='14' stroke-linejoin='round'/><path d='M46 "
            "217q72-18 142 3' stroke='$L' stroke-width='3' fill='none'/>");
    else
        DRAW(p,
            "<path d='M34 214q70 4 150 18 8 60-32 94-50 16-86-14-30-36-32-98z' fill='$x' "
            "fill-opacity='.88'/><path d='M34 214q70 4 150 18 8 60-32 94-50 16-86-14-30-36-32-98z' "
            "fill='none' stroke='$b' stroke-width='14' stroke-linejoin='round'/>");
    DRAW(p,
        "<path d='M82 306l52-72h26l-58 84zM72 290l30-44h10l-34 54z' fill='#fff' "
        "fill-opacity='.24'/></g><use href='#b%' transform='matrix(-1 0 0 1 400 0)'/><path d='M186 "
        "250q14-18 28 0' stroke='$b' stroke-width='13' fill='none'/><path d='M44 236l-4-4M356 "
        "236l4-4' stroke='$y' stroke-width='8' stroke-linecap='round'/>",
        (int)p->mark);
}

static void draw_ring(struct catalog_pencil *p)
{
    static const uint32_t gems[] = { 0xd9ecf5, 0x5f86c9, 0xb43f56, 0x4b9a78, 0xe9e2f3 };
    int kind = catalog_pencil_pick(p, 3);
    p->pen = gems[catalog_pencil_pick(p, 5)];
    catalog_pencil_shadow(p, 200, 408, 100);
    DRAW(p,
        "<path d='M110 412h180l18 14H92z' fill='$W'/><circle cx='200' cy='306' r='96' fill='none' "
        "stroke='$D' stroke-width='23'/><circle cx='200' cy='304' r='96' fill='none' stroke='$b' "
        "stroke-width='19'/><circle cx='200' cy='304' r='102' fill='none' stroke='$L' "
        "stroke-width='3'/><path d='M126 262q16-34 44-46M274 352q-20 28-46 38' stroke='#fff' "
        "stroke-opacity='.85' stroke-width='7' stroke-linecap='round' fill='none'/>");
    if (kind == 2)
        DRAW(p,
            "<g fill='$x' stroke='$d' stroke-width='3'><circle cx='152' cy='220' r='14'/><circle "
            "cx='248' cy='220' r='14'/></g><circle cx='200' cy='196' r='35' fill='$d'/><circle "
            "cx='200' cy='194' r='30' fill='$x'/><path d='M178 180q10-14 26-14' stroke='#fff' "
            "stroke-width='7' stroke-linecap='round' fill='none'/><path d='M176 206a30 30 0 0 0 "
            "54-10q-26 22-54 10z' fill='$X'/>");
    else
        DRAW(p,
            "<path d='M156 186l22 34h44l22-34-10-6-24 32h-20l-24-32z' fill='$d'/><path d='M150 "
            "150l26-34h48l26 34-50 66z' fill='$x'/><path d='M150 150h100l-50 66z' fill='$X' "
            "fill-opacity='.55'/><path d='M176 116l-26 34h30l20-34 20 34h30l-26-34z' fill='#fff' "
            "fill-opacity='.55'/><path d='M180 150l20 66 20-66z' fill='#fff' "
            "fill-opacity='.4'/><path d='M150 150h100' stroke='#fff' stroke-width='2'/>");
    DRAW(p,
        "<path d='M262 96l5 15 15 5-15 5-5 15-5-15-15-5 15-5zM132 106l3 9 9 3-9 3-3 9-3-9-9-3 "
        "9-3z' fill='#fff'/>");
}

static void draw_bag(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3), wide = catalog_pencil_range(p, 0, 18);
    catalog_pencil_shadow(p, 200, 404, 150);
    if (kind == 0)
        DRAW(p,
            "<path d='M136 214C124 60 276 60 264 214' stroke='$D' stroke-width='15' "
            "fill='none'/><path d='M136 212C124 62 276 62 264 212' stroke='$l' stroke-width='5' "
            "fill='none'/><path d='M% 206h%l30 176q2 22-20 22H%q-22 0-20-22z' fill='~v'/><path "
            "d='M%  206h%l4 22H%z' fill='$d'/><path d='M96 390q104 10 208 0' stroke='$L' "
            "stroke-width='2' stroke-dasharray='6 5' fill='none'/><g fill='~m'><rect x='124' "
            "y='198' width='24' height='40' rx='5'/><rect x='252' y='198' width='24' height='40' "
            "rx='5'/></g><rect x='168' y='270' width='64' height='30' rx='4' fill='$d'/><path "
            "d='M178 285h44' stroke='$y' stroke-width='4'/>",
            98 - wide, 204 + 2 * wide, 88 - wide, 98 - wide, 204 + 2 * wide, 94 - wide);
    else if (kind == 1)
        DRAW(p,
            "<path d='M92 236C60 30 340 30 308 236' stroke='$D' stroke-width='11' "
            "fill='none'/><path d='M% 222q0-14 14-14h%q14 0 14 14l16 156q2 26-24 26H%q-26 "
            "0-24-26z' fill='~v'/><path d='M% 222q0-14 14-14h%q14 0 14 14 4 96-70 "
            "110h-80q-74-14-70-110z' fill='$l'/><path d='M102 236q4 76 62 88h72q58-12 62-88' "
            "stroke='$d' stroke-width='2' stroke-dasharray='7 5' fill='none'/><rect x='176' "
            "y='306' width='48' height='40' rx='8' fill='~m'/><circle cx='200' cy='324' r='8' "
            "fill='$n'/><g fill='$y'><circle cx='92' cy='236' r='9'/><circle cx='308' cy='236' "
            "r='9'/></g>",
            82 - wide, 208 + 2 * wide, 92 - wide, 82 - wide, 208 + 2 * wide);
    else
        DRAW(p,
            "<path d='M150 216C150 96 250 96 250 216' stroke='$d' stroke-width='17' "
            "fill='none'/><path d='M84 214h232q10 0 12 12l20 156q2 22-20 22H72q-22 "
            "0-20-22l20-156q2-12 12-12z' fill='~v'/><path d='M54 340h292l6 42q2 22-20 22H68q-22 "
            "0-20-22z' fill='$D'/><path d='M110 216l-12 186M290 216l12 186' stroke='$d' "
            "stroke-width='15'/><path d='M60 334h280' stroke='$L' stroke-width='2' "
            "stroke-dasharray='7 5'/><path d='M222 216l28 50q6 16-10 20-16-2-12-20z' fill='$a'/>");
    DRAW(p,
        "<path d='M112 240l-10 120' stroke='#fff' stroke-opacity='.3' stroke-width='11' "
        "stroke-linecap='round'/>");
}

static void draw_backpack(struct catalog_pencil *p)
{
    int roll = catalog_pencil_pick(p, 2), pocket = catalog_pencil_range(p, 284, 300);
    catalog_pencil_shadow(p, 200, 412, 130);
    DRAW(p,
        "<path d='M104 180Q50 240 78 380M296 180q54 60 26 200' stroke='$D' stroke-width='19' "
        "fill='none' stroke-linecap='round'/><path d='M164 104q0-46 36-46t36 46' stroke='$k' "
        "stroke-width='13' fill='none'/><path d='M84 300h28v94H98q-18 0-18-18zM288 300h28l4 76q0 "
        "18-18 18h-14z' fill='$D'/><path d='M98 190q0-98 102-98t102 98v186q0 34-34 34H132q-34 "
        "0-34-34z' fill='~v'/>");
    if (roll)
        DRAW(p,
            "<rect x='92' y='100' width='216' height='52' rx='24' fill='$d'/><path d='M104 "
            "116h192' stroke='$L' stroke-opacity='.5' stroke-width='5' stroke-linecap='round'/><g "
            "fill='$k'><path d='M128 98h16v110h-16zM256 98h16v110h-16z'/></g><g fill='~m'><rect "
            "x='122' y='180' width='28' height='22' rx='4'/><rect x='250' y='180' width='28' "
            "height='22' rx='4'/></g>");
    else
        DRAW(p,
            "<path d='M118 214q-4-96 82-98 86 2 82 98' stroke='$D' stroke-width='8' "
            "fill='none'/><path d='M118 214q-4-96 82-98 86 2 82 98' stroke='$m' stroke-width='2' "
            "stroke-dasharray='3 3' fill='none'/><rect x='276' y='210' width='11' height='28' "
            "rx='5' fill='$a'/>");
    DRAW(p,
        "<path d='M124 %q0-24 24-24h104q24 0 24 24v76q0 22-22 22H146q-22 0-22-22z' "
        "fill='$d'/><path d='M124 %q0-24 24-24h104q24 0 24 24v8H124z' fill='$l'/><path d='M132 "
        "%h136' stroke='$D' stroke-width='6'/><path d='M132 %h136' stroke='$m' stroke-width='2' "
        "stroke-dasharray='3 3'/><rect x='174' y='216' width='52' height='28' rx='4' "
        "fill='$c'/><path d='M184 230h32' stroke='$O' stroke-width='4'/><path d='M122 190q2-60 "
        "44-78' stroke='#fff' stroke-opacity='.3' stroke-width='10' stroke-linecap='round' "
        "fill='none'/><path d='M98 370q102 22 204 0v6q0 34-34 34H132q-34 0-34-34z' fill='$D' "
        "fill-opacity='.45'/>",
        pocket, pocket, pocket + 8, pocket + 8);
}

static const struct catalog_picture_draw draws[] = {
    { S_INIT("shirt"), draw_shirt, SCENE_RAIL, 410, 200, 180, 92 },
    { S_INIT("jacket"), draw_jacket, SCENE_RAIL, 410, 200, 190, 92 },
    { S_INIT("dress"), draw_dress, SCENE_RAIL, 420, 200, 210, 92 },
    { S_INIT("shoe"), draw_shoe, SCENE_OUTSIDE, 366, 170, 260, 73 },
    { S_INIT("boot"), draw_boot, SCENE_OUTSIDE, 406, 190, 220, 75 },
    { S_INIT("hat"), draw_hat, SCENE_OUTSIDE, 356, 200, 250, 70 },
    { S_INIT("sunglasses"), draw_sunglasses, SCENE_DESK, 352, 140, 260, 68 },
    { S_INIT("ring"), draw_ring, SCENE_DESK, 420, 200, 180, 54 },
    { S_INIT("bag"), draw_bag, SCENE_ROOM, 404, 190, 270, 77 },
    { S_INIT("backpack"), draw_backpack, SCENE_OUTSIDE, 410, 200, 220, 80 },
};

const struct catalog_picture_list catalog_picture_wear = { draws, COUNT(draws) };
