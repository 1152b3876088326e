/* SPDX-License-Identifier: Apache-2.0
 * Drawings of what stands in a kitchen and a pantry. Called through the table at the end.
 * Must never draw a real maker's mark. */
#include "services/catalog/catalog_picture_internal.h"

static void draw_mug(struct catalog_pencil *p)
{
    static const uint32_t drinks[] = { 0x4a2f22, 0x9a5a26, 0xb98a5e, 0x6f7f3a };
    int kind = catalog_pencil_pick(p, 3), waist = catalog_pencil_range(p, 0, 22);
    p->pen = drinks[catalog_pencil_pick(p, 4)];
    catalog_pencil_shadow(p, 196, 394, 116);
    DRAW(p,
        "<path d='M276 216q78-14 78 56t-84 62' stroke='$D' stroke-width='28' fill='none'/><path "
        "d='M276 214q76-12 76 56t-82 60' stroke='$b' stroke-width='22' fill='none'/><path d='M284 "
        "208q58-8 60 48' stroke='$L' stroke-width='5' fill='none' stroke-linecap='round'/><path "
        "d='M92 176h200l%  190q-2 30-%  30H%q-%  0-%  -30z' fill='~h'/>",
        -waist, 40 - waist / 2, 132 + waist / 2, 40 - waist / 2, 40 - waist / 2);
    if (kind == 0)
        DRAW(p,
            "<path d='M% 322h%l-2 44q-2 30-% 30h-%q-% 0-% -30z' fill='$c' fill-opacity='.9'/><path "
            "d='M%  322q98 14 %  0' stroke='$D' stroke-opacity='.3' stroke-width='4' fill='none'/>",
            92 + waist * 7 / 10, 200 - waist * 7 / 5 - 0, 38 - waist / 2,
            118 - waist / 2 - waist / 4, 38 - waist / 2, 38 - waist / 2, 92 + waist * 7 / 10,
            200 - waist * 7 / 5);
    else if (kind == 1)
        DRAW(p,
            "<path d='M98 240q96 26 188 0M100 264q94 26 184 0' stroke='$a' stroke-width='9' "
            "fill='none'/>");
    else
        DRAW(p,
            "<g fill='$D' fill-opacity='.5'><circle cx='130' cy='230' r='3'/><circle cx='168' "
            "cy='262' r='4'/><circle cx='222' cy='236' r='3'/><circle cx='256' cy='280' "
            "r='4'/><circle cx='148' cy='310' r='3'/><circle cx='206' cy='330' r='4'/><circle "
            "cx='240' cy='350' r='3'/><circle cx='180' cy='370' r='3'/><circle cx='190' cy='290' "
            "r='2'/></g>");
    DRAW(p,
        "<ellipse cx='192' cy='176' rx='100' ry='27' fill='$L'/><ellipse cx='192' cy='178' rx='90' "
        "ry='21' fill='$D'/><ellipse cx='192' cy='184' rx='82' ry='16' fill='$x'/><path d='M130 "
        "182q40-12 90-6' stroke='#fff' stroke-opacity='.35' stroke-width='4' fill='none' "
        "stroke-linecap='round'/><path d='M122 216v130' stroke='#fff' stroke-opacity='.45' "
        "stroke-width='13' stroke-linecap='round'/><path d='M160 146q-16-24 0-44t0-42M206 "
        "146q-16-24 0-44t0-42' stroke='#fff' stroke-opacity='.8' stroke-width='7' fill='none' "
        "stroke-linecap='round'/>");
}

static void draw_pan(struct catalog_pencil *p)
{
    int food = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 180, 366, 170);
    DRAW(p,
        "<path d='M268 236L366 132q14-12 24 0 8 12-4 24L284 260z' fill='$k'/><path d='M282 "
        "236l92-94' stroke='$n' stroke-width='5' stroke-linecap='round'/><circle cx='376' cy='144' "
        "r='6' fill='$P'/><path d='M258 228l40 34-20 22-40-30z' fill='~m'/><g fill='$n'><circle "
        "cx='272' cy='244' r='5'/><circle cx='284' cy='256' r='5'/></g><path d='M22 278v26c0 40 66 "
        "66 142 66s142-26 142-66v-26z' fill='~h'/><ellipse cx='164' cy='278' rx='142' ry='72' "
        "fill='$L'/><ellipse cx='164' cy='278' rx='133' ry='65' fill='$k'/><ellipse cx='164' "
        "cy='286' rx='116' ry='54' fill='$K'/><ellipse cx='164' cy='288' rx='100' ry='45' "
        "fill='none' stroke='#fff' stroke-opacity='.07' stroke-width='8'/><path d='M46 262q26-36 "
        "90-44' stroke='#fff' stroke-opacity='.35' stroke-width='7' fill='none' "
        "stroke-linecap='round'/>");
    if (food == 0)
        DRAW(p,
            "<path d='M86 288q-6-30 34-30 20-18 52-4 40-2 38 24 6 30-44 32-70 8-80-22z' "
            "fill='$w'/><ellipse cx='140' cy='282' rx='26' ry='15' fill='$y'/><ellipse cx='132' "
            "cy='277' rx='9' ry='4' fill='#fff' fill-opacity='.7'/>");
    else if (food == 1)
        DRAW(p,
            "<g fill='$r'><circle cx='120' cy='280' r='14'/><circle cx='190' cy='272' "
            "r='14'/><circle cx='160' cy='306' r='14'/></g><g fill='$e'><path d='M138 268q20-20 30 "
            "0-16 12-30 0zM204 296q24-10 24 10-18 8-24-10zM104 302q16-16 28 0-14 12-28 0z'/></g><g "
            "fill='#fff' fill-opacity='.6'><circle cx='116' cy='275' r='4'/><circle cx='186' "
            "cy='267' r='4'/><circle cx='156' cy='301' r='4'/></g>");
}

static void draw_knife(struct catalog_pencil *p)
{
    int belly = catalog_pencil_range(p, 0, 26);
    DRAW(p,
        "<g transform='rotate(-38 200 250)'><rect x='20' y='196' width='370' height='150' rx='26' "
        "fill='#2a2118' fill-opacity='.16' transform='translate(6 12)'/><rect x='20' y='190' "
        "width='370' height='150' rx='26' fill='~o'/><path d='M40 214q160 14 330 0M40 250q170-14 "
        "330 4M40 300q150 16 330-2M40 324q160-8 330 0' stroke='$q' stroke-opacity='.25' "
        "stroke-width='3' fill='none'/><circle cx='366' cy='226' r='8' fill='$q'/><path d='M-14 "
        "244q80-32 214-24v44q-10 % -70 %Q40 272-14 244z' transform='translate(4 8)' fill='#2a2118' "
        "fill-opacity='.28'/><path d='M-14 244q80-32 214-24v44q-10 % -70 %Q40 272-14 244z' "
        "fill='~n'/><path d='M-14 244q80-14 214-8v28q-10 % -70 %Q40 272-14 244z' fill='$w'/><path "
        "d='M0 245q90-18 200-12' stroke='$M' stroke-width='2' fill='none'/>",
        22 + belly, 22 + belly, 22 + belly, 22 + belly, 22 + belly, 22 + belly);
    DRAW(p,
        "<path d='M198 216h18v52h-18z' fill='~n'/><path d='M216 218h110q26 0 26 22t-20 "
        "28q-30-10-116-6z' fill='~v'/><path d='M222 226h106' stroke='#fff' stroke-opacity='.45' "
        "stroke-width='4' stroke-linecap='round'/><g fill='$m' stroke='$n' "
        "stroke-width='2'><circle cx='240' cy='242' r='6'/><circle cx='280' cy='242' "
        "r='6'/><circle cx='320' cy='243' r='6'/></g></g>");
}

static void draw_kettle(struct catalog_pencil *p)
{
    int goose = catalog_pencil_pick(p, 2), high = catalog_pencil_range(p, 0, 20);
    catalog_pencil_shadow(p, 200, 400, 120);
    DRAW(p, "<path d='M98 392h204v6q0 8-10 8H108q-10 0-10-8z' fill='$k'/>");
    if (goose)
        DRAW(p,
            "<path d='M118 356C50 356 76 226 40 192' stroke='$D' stroke-width='19' fill='none' "
            "stroke-linecap='round'/><path d='M118 354C50 354 76 226 41 194' stroke='$b' "
            "stroke-width='13' fill='none' stroke-linecap='round'/>");
    else
        DRAW(p,
            "<path d='M122 250L60 184h38l40 30z' fill='~v'/><path d='M60 184h38l8 7H67z' "
            "fill='$D'/>");
    DRAW(p,
        "<path d='M270 204q86-10 84 76-2 60-58 76' stroke='$k' stroke-width='22' fill='none' "
        "stroke-linecap='round'/><path d='M286 198q62 4 58 74' stroke='$n' stroke-width='4' "
        "fill='none' stroke-linecap='round'/><path d='M132 %h136l36 196q2 16-14 16H110q-16 "
        "0-14-16z' fill='~h'/><path d='M98 368h204l2 12q2 12-14 12H110q-16 0-14-12z' fill='$D' "
        "fill-opacity='.55'/><path d='M132 %q0-26 68-26t68 26v8H132z' fill='$d'/><path d='M140 "
        "%q0-16 60-16t60 16' stroke='$L' stroke-width='3' fill='none'/><rect x='188' y='%' "
        "width='24' height='28' rx='10' fill='$k'/><path d='M152 220l-18 140' stroke='#fff' "
        "stroke-opacity='.5' stroke-width='13' stroke-linecap='round'/>",
        186 - high, 184 - high, 178 - high, 134 - high);
    if (!goose)
        DRAW(p,
            "<circle cx='216' cy='300' r='26' fill='$w'/><circle cx='216' cy='300' r='26' "
            "fill='none' stroke='$n' stroke-width='4'/><path d='M216 300l10-14' stroke='$r' "
            "stroke-width='4' stroke-linecap='round'/>");
    else
        DRAW(p, "<rect x='188' y='372' width='24' height='9' rx='4' fill='#9fe0ec'/>");
}

static void draw_blender(struct catalog_pencil *p)
{
    static const uint32_t fills[] = { 0xc95f7b, 0x86ad57, 0xe6a63f, 0x8a6bb0 };
    int level = catalog_pencil_range(p, 0, 44);
    p->pen = fills[catalog_pencil_pick(p, 4)];
    catalog_pencil_shadow(p, 200, 412, 100);
    DRAW(p,
        "<path d='M284 150q54 0 50 60-4 44-62 44' stroke='#b9c8cf' stroke-width='15' "
        "fill='none'/><path d='M116 118h168l-22 178H138z' fill='#e3edf0' fill-opacity='.85'/><path "
        "d='M% %h%L262 294H138z' fill='$x'/><ellipse cx='200' cy='%' rx='%' ry='8' fill='$X'/><g "
        "fill='#fff' fill-opacity='.35'><circle cx='164' cy='244' r='7'/><circle cx='226' cy='262' "
        "r='9'/><circle cx='200' cy='224' r='5'/><circle cx='182' cy='276' r='6'/></g><path "
        "d='M116 118h168l-22 178H138z' fill='~c'/><path d='M136 140l14 140' stroke='#fff' "
        "stroke-opacity='.8' stroke-width='9' stroke-linecap='round'/><path d='M246 190h18M244 "
        "212h14M242 234h18M240 256h12' stroke='#fff' stroke-width='3'/><rect x='108' y='96' "
        "width='184' height='26' rx='8' fill='$k'/><rect x='168' y='78' width='64' height='22' "
        "rx='6' fill='$K'/><path d='M140 294h120l6 22H134z' fill='~m'/><path d='M132 314h136l24 "
        "76q4 20-14 20H122q-18 0-14-20z' fill='~v'/><path d='M108 388h184q4 22-14 22H122q-18 "
        "0-14-22z' fill='$D'/><circle cx='200' cy='356' r='25' fill='$D'/><circle cx='200' "
        "cy='354' r='23' fill='~n'/><path d='M200 354v-17' stroke='$n' stroke-width='5' "
        "stroke-linecap='round'/><g fill='$L'><circle cx='152' cy='360' r='6'/><circle cx='248' "
        "cy='360' r='6'/></g><path d='M142 322l-16 56' stroke='#fff' stroke-opacity='.4' "
        "stroke-width='8' stroke-linecap='round'/>",
        126 + level / 8, 192 + level - 20, 148 - level / 4, 192 + level - 20, 74 - level / 8);
}

static void draw_bottle(struct catalog_pencil *p)
{
    int kind = catalog_pencil_pick(p, 3), band = catalog_pencil_pick(p, 2);
    catalog_pencil_shadow(p, 200, 428, 66);
    if (kind == 0)
        DRAW(p,
            "<path d='M168 72q0-30 32-30t32 30' stroke='$k' stroke-width='10' fill='none'/><rect "
            "x='156' y='68' width='88' height='46' rx='8' fill='$k'/><path d='M166 76v32M178 "
            "76v32M190 76v32M202 76v32M214 76v32M226 76v32' stroke='$K' stroke-width='4'/>");
    else if (kind == 1)
        DRAW(p,
            "<rect x='160' y='60' width='80' height='54' rx='10' fill='~o'/><path d='M160 92h80' "
            "stroke='$q' stroke-opacity='.4' stroke-width='3'/>");
    else
        DRAW(p,
            "<rect x='190' y='40' width='20' height='30' rx='8' fill='$W'/><path d='M164 "
            "112l10-44h52l10 44z' fill='$a'/><path d='M164 112l10-44h12l-6 44z' fill='#fff' "
            "fill-opacity='.4'/>");
    DRAW(p,
        "<rect x='164' y='112' width='72' height='18' fill='~m'/><path d='M164 130h72q4 26 28 42 8 "
        "8 8 22v208q0 26-26 26h-92q-26 0-26-26V194q0-14 8-22 24-16 28-42z' fill='~h'/><path "
        "d='M128 388h144v14q0 26-26 26h-92q-26 0-26-26z' fill='$D' fill-opacity='.45'/>");
    if (band)
        DRAW(p,
            "<path d='M128 300h144v44H128z' fill='$L' fill-opacity='.55'/><path d='M128 "
            "354h144v8H128z' fill='$L' fill-opacity='.55'/>");
    else
        DRAW(p,
            "<path d='M200 236q30 40 30 60a30 28 0 0 1-60 0q0-20 30-60z' fill='$L' "
            "fill-opacity='.6'/><path d='M186 300q2 14 16 14' stroke='$b' stroke-width='5' "
            "fill='none' stroke-linecap='round'/>");
    DRAW(p,
        "<path d='M152 196v190' stroke='#fff' stroke-opacity='.5' stroke-width='12' "
        "stroke-linecap='round'/><path d='M254 200v180' stroke='#fff' stroke-opacity='.15' "
        "stroke-width='6' stroke-linecap='round'/>");
}

static void draw_food_jar(struct catalog_pencil *p)
{
    static const uint32_t cloths[] = { 0xc65548, 0x5b7fa3, 0x6d9a76, 0xd9a441 };
    p->pen = cloths[catalog_pencil_pick(p, 4)];
    catalog_pencil_shadow(p, 200, 408, 120);
    DRAW(p,
        "<path d='M118 176q-16 14-16 40v162q0 28 28 28h140q28 0 28-28V216q0-26-16-40z' "
        "fill='#e6eef0'/><path d='M110 214q90-12 180 0v164q0 20-20 20H130q-20 0-20-20z' "
        "fill='~h'/><ellipse cx='200' cy='212' rx='90' ry='9' fill='$L'/><g fill='$D' "
        "fill-opacity='.4'><circle cx='136' cy='240' r='9'/><circle cx='268' cy='250' "
        "r='11'/><circle cx='130' cy='384' r='8'/><circle cx='252' cy='384' r='10'/></g><rect "
        "x='128' y='258' width='144' height='108' rx='8' fill='$c'/><rect x='134' y='264' "
        "width='132' height='96' rx='5' fill='none' stroke='$O' stroke-width='2'/><circle cx='190' "
        "cy='302' r='18' fill='$b'/><circle cx='214' cy='310' r='15' fill='$d'/><path d='M190 "
        "286q10-18 28-16-6 16-28 16z' fill='$e'/><path d='M160 340h80M174 350h52' stroke='$q' "
        "stroke-width='4' stroke-linecap='round'/><path d='M120 224v140' stroke='#fff' "
        "stroke-opacity='.6' stroke-width='9' stroke-linecap='round'/>");
    if (catalog_pencil_pick(p, 2))
        DRAW(p,
            "<path d='M92 176q8-70 108-70t108 70l-18-6-18 12-18-10-18 12-18-10-18 10-18-10-18 "
            "12-18-12-18 10-18-12z' fill='$x'/><path d='M120 132l-12 36M150 116l-10 58M182 108l-4 "
            "66M218 108l4 66M250 116l10 58M280 132l12 36M104 146q96-36 192 0' stroke='#fff' "
            "stroke-opacity='.55' stroke-width='5' fill='none'/><path d='M112 168q88 18 176 0' "
            "stroke='$q' stroke-width='5' fill='none'/>");
    else
        DRAW(p,
            "<rect x='112' y='118' width='176' height='60' rx='8' fill='~m'/><path d='M112 "
            "134h176M112 164h176' stroke='$n' stroke-width='2'/><ellipse cx='200' cy='120' rx='86' "
            "ry='12' fill='$m'/>");
}

static void draw_coffee(struct catalog_pencil *p)
{
    int mark = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 200, 412, 120);
    DRAW(p,
        "<path d='M112 130h176l10 256q2 24-24 24H126q-26 0-24-24z' fill='~h'/><path d='M112 "
        "130h30l-14 280h-2q-26 0-24-24zM288 130h-30l14 280h2q26 0 24-24z' fill='$D' "
        "fill-opacity='.3'/><path d='M108 88h184v46H108z' fill='$d'/><path d='M108 96h184M108 "
        "104h184' stroke='$D' stroke-width='2'/><path d='M100 112h200v10H100z' fill='$y'/><circle "
        "cx='200' cy='160' r='9' fill='$D'/><circle cx='200' cy='160' r='4' fill='$k'/><rect "
        "x='134' y='190' width='132' height='160' rx='6' fill='$c'/>");
    if (mark == 0)
        DRAW(p,
            "<g fill='$q'><ellipse cx='182' cy='238' rx='20' ry='28' transform='rotate(-24 182 "
            "238)'/><ellipse cx='220' cy='250' rx='18' ry='26' transform='rotate(20 220 "
            "250)'/></g><path d='M174 214q12 22 16 48M228 228q-12 20-16 46' stroke='$c' "
            "stroke-width='4' fill='none'/>");
    else if (mark == 1)
        DRAW(p,
            "<path d='M134 280l44-60 26 34 20-24 42 50z' fill='$a'/><circle cx='228' cy='214' "
            "r='13' fill='$y'/>");
    else
        DRAW(p,
            "<path d='M164 226h64v26q0 26-32 26t-32-26z' fill='$d'/><path d='M228 232q18 0 16 "
            "16t-22 14' stroke='$d' stroke-width='6' fill='none'/><path d='M184 216q-6-10 2-18M206 "
            "216q-6-10 2-18' stroke='$d' stroke-width='4' fill='none' stroke-linecap='round'/>");
    DRAW(p,
        "<path d='M152 300h96M164 316h72' stroke='$q' stroke-width='6' "
        "stroke-linecap='round'/><path d='M176 334h48' stroke='$O' stroke-width='4' "
        "stroke-linecap='round'/><path d='M122 150v220' stroke='#fff' stroke-opacity='.3' "
        "stroke-width='8' stroke-linecap='round'/><g fill='#54331f'><ellipse cx='86' cy='402' "
        "rx='17' ry='11' transform='rotate(-20 86 402)'/><ellipse cx='118' cy='414' rx='17' "
        "ry='11' transform='rotate(12 118 414)'/><ellipse cx='298' cy='408' rx='17' ry='11' "
        "transform='rotate(-8 298 408)'/><ellipse cx='326' cy='398' rx='15' ry='10' "
        "transform='rotate(30 326 398)'/></g><g stroke='#2f1a0e' stroke-width='3' "
        "fill='none'><path d='M72 406q14-2 28-10M103 411q16 0 30 6M283 409q16-4 30-2M315 391q12 4 "
        "22 14'/></g>");
}

static void draw_pet_bowl(struct catalog_pencil *p)
{
    int mark = catalog_pencil_pick(p, 3);
    catalog_pencil_shadow(p, 200, 372, 160);
    DRAW(p,
        "<path d='M74 250h252l36 96q8 24-18 24H56q-26 0-18-24z' fill='~h'/><path d='M42 340h316l4 "
        "6q8 24-18 24H56q-26 0-18-24z' fill='$D' fill-opacity='.5'/><ellipse cx='200' cy='250' "
        "rx='130' ry='36' fill='$L'/><ellipse cx='200' cy='252' rx='114' ry='28' fill='$D'/><path "
        "d='M92 250q10-30 50-34 26-22 62-12 40-12 66 14 32 6 38 32-30 30-108 30t-108-30z' "
        "fill='$q'/><g fill='$O'><circle cx='128' cy='240' r='11'/><circle cx='158' cy='226' "
        "r='11'/><circle cx='192' cy='218' r='12'/><circle cx='228' cy='222' r='11'/><circle "
        "cx='262' cy='234' r='12'/><circle cx='148' cy='256' r='12'/><circle cx='184' cy='246' "
        "r='12'/><circle cx='220' cy='252' r='12'/><circle cx='252' cy='258' r='11'/></g><g "
        "fill='$o'><circle cx='125' cy='236' r='5'/><circle cx='155' cy='222' r='5'/><circle "
        "cx='189' cy='214' r='5'/><circle cx='225' cy='218' r='5'/><circle cx='181' cy='242' "
        "r='5'/><circle cx='217' cy='248' r='5'/></g>");
    if (mark == 0)
        DRAW(p,
            "<g fill='$w' fill-opacity='.92'><ellipse cx='200' cy='334' rx='21' ry='17'/><ellipse "
            "cx='170' cy='318' rx='9' ry='12' transform='rotate(-24 170 318)'/><ellipse cx='190' "
            "cy='306' rx='9' ry='12'/><ellipse cx='212' cy='306' rx='9' ry='12'/><ellipse cx='231' "
            "cy='318' rx='9' ry='12' transform='rotate(24 231 318)'/></g>");
    else if (mark == 1)
        DRAW(p,
            "<g fill='$w' fill-opacity='.92'><circle cx='164' cy='316' r='14'/><circle cx='164' "
            "cy='336' r='14'/><circle cx='236' cy='316' r='14'/><circle cx='236' cy='336' "
            "r='14'/><path d='M164 315h72v22h-72z'/></g>");
    else
        DRAW(p,
            "<path d='M62 300q138 30 276 0M54 320q146 32 292 0' stroke='$L' stroke-width='8' "
            "fill='none'/>");
    DRAW(p,
        "<path d='M96 278l-22 56' stroke='#fff' stroke-opacity='.5' stroke-width='11' "
        "stroke-linecap='round'/>");
}

static const struct catalog_picture_draw draws[] = {
    { S_INIT("mug"), draw_mug, SCENE_KITCHEN, 394, 210, 230, 68 },
    { S_INIT("pan"), draw_pan, SCENE_KITCHEN, 368, 190, 270, 73 },
    { S_INIT("knife"), draw_knife, SCENE_KITCHEN, 380, 230, 240, 61, 44 },
    { S_INIT("kettle"), draw_kettle, SCENE_KITCHEN, 404, 200, 240, 82 },
    { S_INIT("blender"), draw_blender, SCENE_KITCHEN, 410, 200, 230, 89 },
    { S_INIT("bottle"), draw_bottle, SCENE_OUTSIDE, 428, 200, 170, 77 },
    { S_INIT("food-jar"), draw_food_jar, SCENE_KITCHEN, 406, 200, 270, 66 },
    { S_INIT("coffee"), draw_coffee, SCENE_KITCHEN, 410, 200, 260, 77 },
    { S_INIT("pet-bowl"), draw_pet_bowl, SCENE_ROOM, 370, 200, 280, 63 },
};

const struct catalog_picture_list catalog_picture_kitchen = { draws, COUNT(draws) };
