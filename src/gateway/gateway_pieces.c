/* SPDX-License-Identifier: Apache-2.0
 * Made-up goods for /dev/pieces: every design piece in its states. Shown by the edge's own route
 * in development and in the browser tests; must never reach a shop's visitors. */
#include "gateway/gateway_internal.h"

struct histogram_view {
    str label;
    int64_t percent;
};
struct pair_view {
    str label, value;
};
struct shelf_head_view {
    str title, ends, href;
};
struct pieces_view {
    const struct search_view *search;
    const struct link_view *crumbs;
    const struct alert_view *alerts;
    const struct field_view *fields;
    const struct price_view *prices;
    const struct stars_view *stars;
    const struct histogram_view *histogram;
    const struct shelf_head_view *shelf;
    const struct card_view *cards;
    const struct facet_view *facets;
    const struct pages_view *pages;
    const struct step_view *steps;
    const struct event_view *events;
    const struct order_line_view *lines;
    const struct summary_view *summaries;
    const struct pair_view *specs;
    const struct address_view *address;
    const struct empty_view *empty;
    size_t crumbs_n, alerts_n, fields_n, prices_n, stars_n, histogram_n, cards_n, facets_n, steps_n,
        events_n, lines_n, summaries_n, specs_n;
};

#define HERE S_INIT("/dev/pieces")

static const struct link_view crumbs[] = {
    { S_INIT("Home"), S_INIT("/") },
    { .label = S_INIT("Pieces") },
};
static const struct link_view faults[] = {
    { S_INIT("Postal code: needed"), S_INIT("#f-postal") },
};
static const struct alert_view alerts[] = {
    { .kind = S_INIT("info"),
        .title = S_INIT("Nothing has all of these words"),
        .text = S_INIT("These have some of them.") },
    { .kind = S_INIT("good"), .title = S_INIT("The order is cancelled") },
    { .kind = S_INIT("warn"),
        .title = S_INIT("A price has changed"),
        .text = S_INIT("The new sum is in the summary.") },
    { .kind = S_INIT("bad"),
        .title = S_INIT("Some details need another look"),
        .links = faults,
        .links_n = COUNT(faults) },
};

static const struct option_view countries[] = {
    { S_INIT("US"), S_INIT("United States"), true },
    { S_INIT("DE"), S_INIT("Germany"), false },
};
static const struct field_view fields[] = {
    { .name = S_INIT("name"),
        .label = S_INIT("Full name"),
        .type = S_INIT("text"),
        .value = S_INIT("Bea Browser"),
        .required = true },
    { .name = S_INIT("line2"),
        .label = S_INIT("Flat, floor, company"),
        .type = S_INIT("text"),
        .optional = true },
    { .name = S_INIT("postal"),
        .label = S_INIT("Postal code"),
        .type = S_INIT("text"),
        .size = S_INIT("third"),
        .error = S_INIT("Postal code: needed"),
        .inputmode = S_INIT("numeric"),
        .max = 20 },
    { .name = S_INIT("city"),
        .label = S_INIT("City"),
        .type = S_INIT("text"),
        .size = S_INIT("rest"),
        .value = S_INIT("Springfield") },
    { .name = S_INIT("country"),
        .label = S_INIT("Country"),
        .size = S_INIT("half"),
        .options = countries,
        .options_n = COUNT(countries),
        .select = true },
    { .name = S_INIT("phone"),
        .label = S_INIT("Phone"),
        .type = S_INIT("tel"),
        .size = S_INIT("half"),
        .hint = S_INIT("Only for the carrier, if they cannot find you.") },
};

static const struct price_view prices[] = {
    { .full = S_INIT("$24.99"),
        .currency = S_INIT("$"),
        .whole = S_INIT("24"),
        .cents = S_INIT("99") },
    { .full = S_INIT("$1,039.00"),
        .currency = S_INIT("$"),
        .whole = S_INIT("1,039"),
        .cents = S_INIT("00"),
        .list = S_INIT("$1,299.00"),
        .off = S_INIT("\xE2\x88\x92"
                      "20%") },
    { .full = S_INIT("$8.50"),
        .currency = S_INIT("$"),
        .whole = S_INIT("8"),
        .cents = S_INIT("50"),
        .from = true },
    { .full = S_INIT("\xC2\xA5"
                     "1,200"),
        .currency = S_INIT("\xC2\xA5"),
        .whole = S_INIT("1,200") },
    { .full = S_INIT("1.299,00 \xE2\x82\xAC"),
        .whole = S_INIT("1.299"),
        .cents = S_INIT("00"),
        .currency_after = S_INIT("\xE2\x82\xAC") },
};
static const struct stars_view stars[] = {
    { 100, S_INIT("5.0"), S_INIT("1,204") },
    { 86, S_INIT("4.3"), S_INIT("27") },
    { 50, S_INIT("2.5"), S_INIT("2") },
    { .fill = 20, .text = S_INIT("1.0") },
};
static const struct histogram_view histogram[] = {
    { S_INIT("5 stars"), 62 },
    { S_INIT("4 stars"), 24 },
    { S_INIT("3 stars"), 9 },
    { S_INIT("2 stars"), 5 },
    { S_INIT("1 star"), 0 },
};

static const struct shelf_head_view shelf = { S_INIT("Cards"), S_INIT("Ends in 3 hours"), HERE };
#define PICTURE(kind)                                                                              \
    {                                                                                              \
        .src = S_INIT("/media/k/" kind ".svg"), .width = 400, .height = 500                        \
    }
static const struct picture_view lamp = PICTURE("lamp"), laptop = PICTURE("laptop"),
                                 shirt = PICTURE("shirt"), kettle = PICTURE("kettle");
static const struct card_view cards[] = {
    { .href = HERE,
        .brand = S_INIT("Hexmoor"),
        .title = S_INIT("Laptop, 14 inch, 16 GB"),
        .badge = S_INIT("Deal"),
        .delivery = S_INIT("Free delivery Sat, 22 Nov"),
        .picture = &laptop,
        .price = &prices[1],
        .stars = &stars[1],
        .prime = true },
    { .href = HERE,
        .brand = S_INIT("Ferrowick"),
        .title = S_INIT("Desk lamp with a name that takes more than the two lines a card has for "
                        "it, and then some"),
        .badge = S_INIT("New"),
        .stock = S_INIT("Only 3 left"),
        .picture = &lamp,
        .price = &prices[2],
        .stars = &stars[0],
        .sponsored = true },
    { .href = HERE,
        .brand = S_INIT("Okariva"),
        .title = S_INIT("Shirt"),
        .stock = S_INIT("Out of stock"),
        .picture = &shirt,
        .price = &prices[0],
        .sold_out = true },
    { .href = HERE, .title = S_INIT("Kettle, nothing known"), .picture = &kettle },
};

static const struct facet_option_view brands[] = {
    { .value = S_INIT("hexmoor"),
        .label = S_INIT("Hexmoor"),
        .count = S_INIT("47"),
        .selected = true },
    { .value = S_INIT("okariva"), .label = S_INIT("Okariva"), .count = S_INIT("12") },
};
static const struct facet_option_view more_brands[] = {
    { .value = S_INIT("zunivar"), .label = S_INIT("Zunivar"), .count = S_INIT("1") },
};
static const struct facet_option_view ranges[] = {
    { .value = S_INIT("0-40"), .label = S_INIT("Under $40"), .count = S_INIT("79") },
    { .value = S_INIT("40-"), .label = S_INIT("$40 and more"), .count = S_INIT("144") },
};
static const struct facet_option_view colours[] = {
    { .value = S_INIT("navy"),
        .label = S_INIT("Navy"),
        .count = S_INIT("8"),
        .swatch = S_INIT("#1f3a5f") },
    { .value = S_INIT("white"),
        .label = S_INIT("White"),
        .count = S_INIT("3"),
        .swatch = S_INIT("#f6f4ef") },
};
static const struct facet_view facets[] = {
    { .name = S_INIT("brand"),
        .title = S_INIT("Brand"),
        .more_label = S_INIT("More brands"),
        .options = brands,
        .options_n = COUNT(brands),
        .more = more_brands,
        .more_n = COUNT(more_brands),
        .open = true },
    { .name = S_INIT("price"),
        .title = S_INIT("Price"),
        .options = ranges,
        .options_n = COUNT(ranges),
        .radio = true,
        .open = true },
    { .name = S_INIT("attr"),
        .title = S_INIT("Colour"),
        .options = colours,
        .options_n = COUNT(colours) },
};
static const struct page_link_view page_links[] = {
    { S_INIT("1"), HERE, false, false },
    { .gap = true },
    { S_INIT("4"), HERE, false, false },
    { S_INIT("5"), HERE, true, false },
    { S_INIT("6"), HERE, false, false },
    { .gap = true },
    { S_INIT("50"), HERE, false, false },
};
static const struct pages_view pages = {
    .prev = HERE, .next = HERE, .links = page_links, .links_n = COUNT(page_links)
};

static const struct step_view steps[] = {
    { S_INIT("Address"), S_INIT("#p-steps"), true, false },
    { S_INIT("Delivery"), S_INIT("#p-steps"), false, true },
    { S_INIT("Payment"), S_INIT("#p-steps"), false, false },
    { S_INIT("Review"), S_INIT("#p-steps"), false, false },
};
static const struct event_view events[] = {
    { .label = S_INIT("Ordered"), .date = S_INIT("Thu, 20 Nov, 09:12"), .done = true },
    { .label = S_INIT("Paid"),
        .date = S_INIT("Thu, 20 Nov, 09:12"),
        .text = S_INIT("Visa ending in 4242"),
        .current = true },
    { .label = S_INIT("On its way"), .text = S_INIT("Arrives Sat, 22 Nov") },
    { .label = S_INIT("Cancelled"), .text = S_INIT("Out of stock after all"), .bad = true },
};
static const struct order_line_view lines[] = {
    { .href = HERE,
        .title = S_INIT("Laptop, 14 inch, 16 GB"),
        .variant = S_INIT("Colour: Silver"),
        .quantity = S_INIT("2"),
        .each = S_INIT("$1,039.00 each"),
        .price = S_INIT("$2,078.00"),
        .picture = &laptop },
    { .title = S_INIT("Desk lamp"),
        .quantity = S_INIT("1"),
        .price = S_INIT("$8.50"),
        .note = S_INIT("Was $9.00 when you added it"),
        .picture = &lamp },
};
static const struct summary_row_view rows[] = {
    { S_INIT("Items"), S_INIT("$2,086.50"), false },
    { S_INIT("Delivery"), S_INIT("Free"), false },
    { S_INIT("Tax"), S_INIT("from the address"), false },
    { S_INIT("You save"),
        S_INIT("\xE2\x88\x92"
               "$520.00"),
        true },
};
static const struct summary_view summaries[] = {
    { .total_label = S_INIT("Total before tax"),
        .total = S_INIT("$2,086.50"),
        .note = S_INIT("Tax is computed from the address."),
        .rows = rows,
        .rows_n = COUNT(rows) },
    { .total = S_INIT("$2,086.50"), .rows = rows, .rows_n = 2 },
};
static const struct pair_view specs[] = {
    { S_INIT("Memory"), S_INIT("16 GB") },
    { S_INIT("Screen"), S_INIT("14 inches, 2560 \xC3\x97 1600") },
};
static const struct text_view address_lines[] = {
    { S_INIT("1 Test Street") },
    { S_INIT("Springfield, IL 62701") },
    { S_INIT("United States") },
};
static const struct address_view address = { .name = S_INIT("Bea Browser"),
    .phone = S_INIT("+1 217 555 0100"),
    .lines = address_lines,
    .lines_n = COUNT(address_lines) };
static const struct link_view ways[] = {
    { S_INIT("Laptops"), HERE },
    { S_INIT("Desk lamps"), HERE },
};
static const struct empty_view empty = { .title = S_INIT("Your cart is empty"),
    .text = S_INIT("What you put in stays here, also when you come back tomorrow."),
    .href = HERE,
    .action = S_INIT("See what is new"),
    .links = ways,
    .links_n = COUNT(ways) };
static const struct search_view search = { S_INIT("desk lamp") };

#define ALL(list) .list = list, .list##_n = COUNT(list)
const struct pieces_view gateway_pieces = { .search = &search,
    .shelf = &shelf,
    .pages = &pages,
    .address = &address,
    .empty = &empty,
    ALL(crumbs),
    ALL(alerts),
    ALL(fields),
    ALL(prices),
    ALL(stars),
    ALL(histogram),
    ALL(cards),
    ALL(facets),
    ALL(steps),
    ALL(events),
    ALL(lines),
    ALL(summaries),
    ALL(specs) };

static const struct html_field histogram_fields[] = {
    HTML_TEXT(struct histogram_view, label),
    HTML_INT(struct histogram_view, percent),
    HTML_END,
};
static const struct html_field pair_fields[] = {
    HTML_TEXT(struct pair_view, label),
    HTML_TEXT(struct pair_view, value),
    HTML_END,
};
static const struct html_field shelf_head_fields[] = {
    HTML_TEXT(struct shelf_head_view, title),
    HTML_TEXT(struct shelf_head_view, ends),
    HTML_TEXT(struct shelf_head_view, href),
    HTML_END,
};
static const struct html_field pieces_fields[] = {
    HTML_OBJECT(struct pieces_view, search, search_fields),
    HTML_LIST(struct pieces_view, crumbs, link_fields),
    HTML_LIST(struct pieces_view, alerts, alert_fields),
    HTML_LIST(struct pieces_view, fields, field_fields),
    HTML_LIST(struct pieces_view, prices, price_fields),
    HTML_LIST(struct pieces_view, stars, stars_fields),
    HTML_LIST(struct pieces_view, histogram, histogram_fields),
    HTML_OBJECT(struct pieces_view, shelf, shelf_head_fields),
    HTML_LIST(struct pieces_view, cards, card_fields),
    HTML_LIST(struct pieces_view, facets, facet_fields),
    HTML_OBJECT(struct pieces_view, pages, pages_fields),
    HTML_LIST(struct pieces_view, steps, step_fields),
    HTML_LIST(struct pieces_view, events, event_fields),
    HTML_LIST(struct pieces_view, lines, order_line_fields),
    HTML_LIST(struct pieces_view, summaries, summary_fields),
    HTML_LIST(struct pieces_view, specs, pair_fields),
    HTML_OBJECT(struct pieces_view, address, address_fields),
    HTML_OBJECT(struct pieces_view, empty, empty_fields),
    HTML_END,
};
const struct html_page pieces_page = { "src/gateway/web/pages/pieces.html", pieces_fields };
