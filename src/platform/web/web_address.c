/* SPDX-License-Identifier: Apache-2.0
 * Addresses and countries as pages show them. Called by flows; must never check an address: that
 * is for who keeps it. */
#include "platform/web/web_address.h"

#include "base/buf.h"
#include "base/err.h"

static const struct option_view countries[] = {
    { S_INIT("US"), S_INIT("United States"), false },
    { S_INIT("AR"), S_INIT("Argentina"), false },
    { S_INIT("AU"), S_INIT("Australia"), false },
    { S_INIT("AT"), S_INIT("Austria"), false },
    { S_INIT("BE"), S_INIT("Belgium"), false },
    { S_INIT("BR"), S_INIT("Brazil"), false },
    { S_INIT("BG"), S_INIT("Bulgaria"), false },
    { S_INIT("CA"), S_INIT("Canada"), false },
    { S_INIT("CL"), S_INIT("Chile"), false },
    { S_INIT("CN"), S_INIT("China"), false },
    { S_INIT("CO"), S_INIT("Colombia"), false },
    { S_INIT("HR"), S_INIT("Croatia"), false },
    { S_INIT("CY"), S_INIT("Cyprus"), false },
    { S_INIT("CZ"), S_INIT("Czechia"), false },
    { S_INIT("DK"), S_INIT("Denmark"), false },
    { S_INIT("EE"), S_INIT("Estonia"), false },
    { S_INIT("FI"), S_INIT("Finland"), false },
    { S_INIT("FR"), S_INIT("France"), false },
    { S_INIT("DE"), S_INIT("Germany"), false },
    { S_INIT("GR"), S_INIT("Greece"), false },
    { S_INIT("HK"), S_INIT("Hong Kong"), false },
    { S_INIT("HU"), S_INIT("Hungary"), false },
    { S_INIT("IS"), S_INIT("Iceland"), false },
    { S_INIT("IN"), S_INIT("India"), false },
    { S_INIT("ID"), S_INIT("Indonesia"), false },
    { S_INIT("IE"), S_INIT("Ireland"), false },
    { S_INIT("IL"), S_INIT("Israel"), false },
    { S_INIT("IT"), S_INIT("Italy"), false },
    { S_INIT("JP"), S_INIT("Japan"), false },
    { S_INIT("LV"), S_INIT("Latvia"), false },
    { S_INIT("LT"), S_INIT("Lithuania"), false },
    { S_INIT("LU"), S_INIT("Luxembourg"), false },
    { S_INIT("MY"), S_INIT("Malaysia"), false },
    { S_INIT("MT"), S_INIT("Malta"), false },
    { S_INIT("MX"), S_INIT("Mexico"), false },
    { S_INIT("NL"), S_INIT("Netherlands"), false },
    { S_INIT("NZ"), S_INIT("New Zealand"), false },
    { S_INIT("NO"), S_INIT("Norway"), false },
    { S_INIT("PH"), S_INIT("Philippines"), false },
    { S_INIT("PL"), S_INIT("Poland"), false },
    { S_INIT("PT"), S_INIT("Portugal"), false },
    { S_INIT("RO"), S_INIT("Romania"), false },
    { S_INIT("SA"), S_INIT("Saudi Arabia"), false },
    { S_INIT("SG"), S_INIT("Singapore"), false },
    { S_INIT("SK"), S_INIT("Slovakia"), false },
    { S_INIT("SI"), S_INIT("Slovenia"), false },
    { S_INIT("ZA"), S_INIT("South Africa"), false },
    { S_INIT("KR"), S_INIT("South Korea"), false },
    { S_INIT("ES"), S_INIT("Spain"), false },
    { S_INIT("SE"), S_INIT("Sweden"), false },
    { S_INIT("CH"), S_INIT("Switzerland"), false },
    { S_INIT("TW"), S_INIT("Taiwan"), false },
    { S_INIT("TH"), S_INIT("Thailand"), false },
    { S_INIT("TR"),
        S_INIT("T\xC3\xBC"
               "rkiye"),
        false },
    { S_INIT("AE"), S_INIT("United Arab Emirates"), false },
    { S_INIT("GB"), S_INIT("United Kingdom"), false },
    { S_INIT("VN"), S_INIT("Vietnam"), false },
};

const struct option_view *web_countries(struct arena *arena, str selected, size_t *ret_n)
{
    struct option_view *list = NEW_N(arena, COUNT(countries) + 1, struct option_view);
    size_t n = 0;
    bool found = selected.n == 0;
    for (; n < COUNT(countries); n++) {
        list[n] = countries[n];
        list[n].selected = str_eq(countries[n].value, selected);
        found |= list[n].selected;
    }
    if (!found)
        list[n++] = (struct option_view){ selected, selected, true };
    *ret_n = n;
    return list;
}

str web_country(str code)
{
    for (size_t i = 0; i < COUNT(countries); i++)
        if (str_eq(countries[i].value, code))
            return countries[i].label;
    return code;
}

/* Where the code comes after the place. */
static bool code_last(str country)
{
    static const char *const countries_with[] = { "US", "CA", "AU", "GB", "IE", "IN", "NZ", "SG",
        "TH", "TW", "ZA" };
    for (size_t i = 0; i < COUNT(countries_with); i++)
        if (str_eq(country, str_from_c(countries_with[i])))
            return true;
    return false;
}

/* "Springfield, IL 62701", "10115 Berlin" */
static str city_line(struct arena *arena, const struct web_address *a)
{
    struct buf out = { .arena = arena };
    bool last = code_last(a->country);
    if (a->postal_code.n && !last)
        buf_fmt(&out, STR_F " ", STR_A(a->postal_code));
    buf_add(&out, a->city);
    if (a->region.n)
        buf_fmt(&out, ", " STR_F, STR_A(a->region));
    if (a->postal_code.n && last)
        buf_fmt(&out, " " STR_F, STR_A(a->postal_code));
    return buf_str(&out);
}

const struct address_view *web_address_lines(struct arena *arena, struct web_address a)
{
    struct address_view *v = NEW(arena, struct address_view);
    struct text_view *lines = NEW_N(arena, 4, struct text_view);
    lines[v->lines_n++].text = a.line1;
    if (a.line2.n)
        lines[v->lines_n++].text = a.line2;
    lines[v->lines_n++].text = city_line(arena, &a);
    lines[v->lines_n++].text = web_country(a.country);
    v->name = a.name;
    v->phone = a.phone;
    v->lines = lines;
    return v;
}

const struct field_view web_address_form[WEB_ADDRESS_FIELDS_N] = {
    { .name = S_INIT("name"),
        .label = S_INIT("Full name"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("shipping name"),
        .max = 100 },
    { .name = S_INIT("line1"),
        .label = S_INIT("Street and number"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("shipping address-line1"),
        .max = 200 },
    { .name = S_INIT("line2"),
        .label = S_INIT("Flat, floor, company"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("shipping address-line2"),
        .max = 200,
        .optional = true },
    { .name = S_INIT("postalCode"),
        .label = S_INIT("Postal code"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("shipping postal-code"),
        .size = S_INIT("third"),
        .max = 20 },
    { .name = S_INIT("city"),
        .label = S_INIT("City"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("shipping address-level2"),
        .size = S_INIT("rest"),
        .max = 100 },
    { .name = S_INIT("region"),
        .label = S_INIT("State or region"),
        .type = S_INIT("text"),
        .autocomplete = S_INIT("shipping address-level1"),
        .size = S_INIT("half"),
        .max = 100 },
    { .name = S_INIT("country"),
        .label = S_INIT("Country"),
        .autocomplete = S_INIT("shipping country"),
        .size = S_INIT("half"),
        .select = true },
    { .name = S_INIT("phone"),
        .label = S_INIT("Phone"),
        .type = S_INIT("tel"),
        .hint = S_INIT("Only for the carrier, if they cannot find you."),
        .autocomplete = S_INIT("shipping tel"),
        .inputmode = S_INIT("tel"),
        .max = 30,
        .optional = true },
};
