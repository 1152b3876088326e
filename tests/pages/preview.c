/* SPDX-License-Identifier: Apache-2.0
 * Renders every page with sample goods into a folder, to be looked at in a browser and checked with
 * axe-core: preview SOURCE_ROOT OUT_FOLDER. Compiled by hand with base, the views of the flows,
 * the gateway and platform/web; never part of the server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "flows/account/account_views.h"
#include "flows/basket/basket_views.h"
#include "flows/checkout/checkout_views.h"
#include "flows/shop/shop_views.h"
#include "gateway/gateway_shell_view.h"

#define L(s) S_INIT(s)
#define LIST(a) .a = a, .a##_n = COUNT(a)

struct world {
    struct cx cx;
    const char *root, *out;
};

static str load(struct world *w, const char *path)
{
    char name[512];
    snprintf(name, sizeof name, "%s/%s", w->root, path);
    FILE *f = fopen(name, "rb");
    if (!f)
        return (str){ 0 };
    struct buf b = { .arena = w->cx.arena };
    for (size_t n = 1; n;) {
        n = fread(buf_room(&b, 4096), 1, 4096, f);
        b.n += n;
    }
    fclose(f);
    return buf_str(&b);
}

static str load_piece(void *arg, str name)
{
    char path[256];
    snprintf(path, sizeof path, "src/gateway/web/pieces/" STR_F ".html", STR_A(name));
    return load(arg, path);
}

static str render(struct world *w, const struct html_page *page, const void *view)
{
    struct html_template *t;
    err e = html_parse(&w->cx, str_from_c(page->template), load(w, page->template), page->fields,
        load_piece, w, &t);
    if (e) {
        fprintf(stderr, "%s: " STR_F "\n", e->slug, STR_A(w->cx.detail));
        exit(1);
    }
    str unused = html_unused(w->cx.arena, t);
    if (unused.n)
        fprintf(stderr, "%s: unused: " STR_F "\n", page->template, STR_A(unused));
    struct buf b = { .arena = w->cx.arena };
    html_render(&b, t, view);
    return buf_str(&b);
}

static const struct department_view departments[] = {
    { L("Electronics"), L("/c/electronics"), true },
    { L("Home & Kitchen"), L("/c/home-kitchen"), false },
    { L("Fashion"), L("/c/fashion"), false },
    { L("Sports & Outdoors"), L("/c/sports-outdoors"), false },
    { L("Beauty"), L("/c/beauty"), false },
    { L("Books"), L("/c/books"), false },
    { L("Garden"), L("/c/garden"), false },
};
static const struct link_view footer[] = {
    { L("Sell on Souk"), L("/seller") },
};

static void save(struct world *w, const char *name, str title, str body, bool plain, bool search)
{
    struct search_view s = { 0 };
    struct shell_view v = {
        .lang = S("en"),
        .title = title,
        .description = S("A sample page."),
        .canonical = S("https://souk.example/"),
        .css = S("/souk.css"),
        .js = S("/souk.js"),
        .icon = S("/mark.svg"),
        .user = S("Ada"),
        .cart_count = S("3"),
        .imprint = S("Souk is a marketplace that you can run yourself. Prices include VAT."),
        .body = body,
        .search = search ? &s : NULL,
        LIST(departments),
        LIST(footer),
        .plain = plain,
    };
    str html = render(w, &shell_page, &v);
    char path[512];
    snprintf(path, sizeof path, "%s/%s.html", w->out, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(html.p, 1, html.n, f) != html.n || fclose(f))
        exit(1);
    printf("%-14s %6zu bytes\n", name, html.n);
}

/* goods */
static const struct price_view prices[] = {
    { L("$189.00"), L("$"), L("189"), L("00"), L(""), L("$249.00"), L("-24%"), false },
    { L("$64.90"), L("$"), L("64"), L("90"), L(""), L(""), L(""), false },
    { L("$1,299.99"), L("$"), L("1,299"), L("99"), L(""), L(""), L(""), true },
    { L("$24.50"), L("$"), L("24"), L("50"), L(""), L("$35.00"), L("-30%"), false },
};
static const struct stars_view stars[] = {
    { 86, L("4.3"), L("1,204") },
    { 94, L("4.7"), L("318") },
    { 72, L("3.6"), L("27") },
    { 100, L("5.0"), L("9") },
};
static const char *const titles[] = {
    "Aurelia wireless over-ear headphones with noise cancelling, 40 hours",
    "Pour-over kettle, 0.9 l, brushed steel",
    "Lantern table lamp in smoked glass and oak, dimmable, with a linen cable",
    "Trail runner 3, light and grippy",
    "Everyday backpack 20 l, waxed canvas",
    "Stoneware mug, set of four",
    "Reading chair in bouclé",
    "Field watch 38 mm, sapphire",
    "Instant film camera with close-up lens and a leather strap",
    "Terracotta pot with saucer, 24 cm",
};
static const char *const brands[] = { "Aurelia", "Hario & Sons", "Lumen", "Kestrel", "Norden",
    "Studio Clay", "Haus", "Meridian", "Polar", "Casa Verde" };
static struct picture_view pictures[10];
static struct card_view cards[24];

static void make_goods(struct world *w)
{
    for (size_t i = 0; i < COUNT(pictures); i++)
        pictures[i] = (struct picture_view){ .src = str_fmt(w->cx.arena, "/pic/%zu.svg", i),
            .alt = S(""),
            .width = 400,
            .height = 500,
            .eager = i < 4 };
    for (size_t i = 0; i < COUNT(cards); i++) {
        size_t k = i % COUNT(titles);
        cards[i] = (struct card_view){
            .href = str_fmt(w->cx.arena, "/p/019a5f0e-7d2c-7c1a-9d30-5b1f0c2e%04zu", i),
            .brand = str_from_c(brands[k]),
            .title = str_from_c(titles[k]),
            .badge = i % 5 == 0   ? S("Deal")
                     : i % 7 == 3 ? S("New")
                                  : (str){ 0 },
            .delivery = i % 6 == 4 ? (str){ 0 } : S("Free delivery Sat, 22 Nov"),
            .stock = i % 6 == 4   ? S("Out of stock")
                     : i % 4 == 2 ? S("Only 3 left")
                                  : (str){ 0 },
            .picture = &pictures[k],
            .price = &prices[i % COUNT(prices)],
            .stars = i % 8 == 7 ? NULL : &stars[i % COUNT(stars)],
            .prime = i % 3 == 0,
            .sponsored = i == 1,
            .sold_out = i % 6 == 4,
        };
    }
}

static const struct link_view places[] = {
    { L("Electronics"), L("/c/electronics") },
    { L("Home & Kitchen"), L("/c/home-kitchen") },
    { L("Books"), L("/c/books") },
};
static const struct link_view crumbs[] = {
    { L("Home"), L("/") },
    { L("Electronics"), L("/c/electronics") },
    { L("Audio"), L("/c/electronics/audio") },
    { L("Headphones"), L("") },
};

static void page_home(struct world *w)
{
    static const struct link_view searches[] = {
        { L("Headphones"), L("/search?q=headphones") },
        { L("Coffee"), L("/search?q=coffee") },
        { L("Running shoes"), L("/search?q=running+shoes") },
        { L("Desk lamp"), L("/search?q=desk+lamp") },
        { L("Gifts under $25"), L("/search?q=gift&price=0-25") },
    };
    static struct department_tile_view tiles[COUNT(departments)];
    for (size_t i = 0; i < COUNT(departments); i++)
        tiles[i] = (struct department_tile_view){ .label = departments[i].label,
            .href = departments[i].href,
            .picture = &pictures[i],
            .count = S("1,240 products") };
    struct search_view search = { 0 };
    struct shelf_view deals = { S("Deals"), S("/deals"), S("End in 3 h 12 min"), cards, 8 };
    struct shelf_view shelves[] = {
        { S("Popular now"), S("/search?sort=popularity"), { 0 }, cards + 5, 6 },
        { S("New on the market"), S("/search?sort=newest"), { 0 }, cards + 11, 6 },
    };
    struct home_view v = { .heading = S("What are you looking for?"),
        .tagline = S("Good things from 320 sellers, delivered by the weekend."),
        .departments_title = S("Departments"),
        .search = &search,
        LIST(searches),
        .departments = tiles,
        .departments_n = COUNT(tiles),
        .deals = &deals,
        LIST(shelves) };
    save(w, "home", S("Souk"), render(w, &home_page, &v), false, false);
}

static void page_listing(struct world *w)
{
    static const struct facet_option_view brand[] = {
        { L("Aurelia"), L("Aurelia"), L("214"), L(""), true },
        { L("Kestrel"), L("Kestrel"), L("180"), L(""), false },
        { L("Lumen"), L("Lumen"), L("97"), L(""), true },
        { L("Meridian"), L("Meridian"), L("54"), L(""), false },
        { L("Norden"), L("Norden"), L("31"), L(""), false },
    };
    static const struct facet_option_view price[] = {
        { L("0-25"), L("Under $25"), L("120"), L(""), false },
        { L("25-50"), L("$25 to $50"), L("301"), L(""), false },
        { L("50-100"), L("$50 to $100"), L("422"), L(""), false },
        { L("100-"), L("Over $100"), L("361"), L(""), false },
    };
    static const struct facet_option_view rating[] = {
        { L("4"), L("4 stars and up"), L("640"), L(""), false },
        { L("3"), L("3 stars and up"), L("910"), L(""), false },
    };
    static const struct facet_option_view colour[] = {
        { L("Black"), L("Black"), L("402"), L("#1b1b1b"), false },
        { L("Indigo"), L("Indigo"), L("98"), L("#2f4a7d"), false },
        { L("Saffron"), L("Saffron"), L("77"), L("#e2912f"), false },
    };
    static const struct facet_option_view stock[] = {
        { L("1"), L("In stock"), L("1,102"), L(""), false },
    };
    static const struct facet_view facets[] = {
        { L("brand"), L("Brand"), L("All 24 brands"), brand, brand + 1, 5, 4, false, true },
        { L("price"), L("Price"), L(""), price, NULL, 4, 0, false, true },
        { L("rating"), L("Rating"), L(""), rating, NULL, 2, 0, true, true },
        { L("a.colour"), L("Colour"), L(""), colour, NULL, 3, 0, false, true },
        { L("stock"), L("Availability"), L(""), stock, NULL, 1, 0, false, true },
    };
    static const struct link_view chips[] = { { L("Aurelia"), L("?x=1") },
        { L("Lumen"), L("?x=2") } };
    static const struct option_view sorts[] = {
        { L("relevance"), L("Relevance"), true },
        { L("price"), L("Price, low to high"), false },
    };
    static const struct page_link_view links[] = {
        { L("1"), L("?page=1"), true, false },
        { L("2"), L("?page=2"), false, false },
        { L("3"), L("?page=3"), false, false },
        { L(""), L(""), false, true },
        { L("51"), L("?page=51"), false, false },
    };
    static const struct link_view mean = { L("headphones"), L("/search?q=headphones") };
    static const struct link_view categories[] = { { L("Over-ear"), L("/c/a") },
        { L("In-ear"), L("/c/b") }, { L("Sports"), L("/c/c") }, { L("Studio"), L("/c/d") } };
    static const struct hidden_view hidden[] = { { L("q"), L("headfones") } };
    struct pages_view pages = { .next = S("?page=2"), LIST(links) };
    struct results_view results = { .action = S("/search"),
        .clear_href = S("/search?q=headfones"),
        .filters_set = S("2"),
        LIST(hidden),
        LIST(facets),
        LIST(chips),
        LIST(sorts),
        LIST(cards),
        .pages = &pages };
    struct listing_view v = { .heading = S("Headphones"),
        .count = S("1–24 of 1,204 products"),
        LIST(crumbs),
        .did_you_mean = &mean,
        LIST(categories),
        .results = &results };
    save(w, "listing", S("Headphones - Souk"), render(w, &listing_page, &v), false, true);

    struct empty_view empty = { S("Nothing found for “flurbostat”"),
        S("Check the spelling, use fewer words, or look around in a department."), { 0 }, { 0 },
        places, COUNT(places) };
    struct listing_view none = {
        .heading = S("Results for “flurbostat”"), .crumbs = crumbs, .crumbs_n = 1, .empty = &empty
    };
    save(w, "listing-empty", S("Nothing found - Souk"), render(w, &listing_page, &none), false,
        true);
}

static void page_product(struct world *w)
{
    static struct product_picture_view pics[5];
    for (size_t i = 0; i < COUNT(pics); i++)
        pics[i] = (struct product_picture_view){ .id = str_fmt(w->cx.arena, "pic-%zu", i + 1),
            .thumb = pictures[i].src,
            .number = (int64_t)i + 1,
            .picture = &pictures[i] };
    static const struct choice_option_view colours[] = {
        { L("Ink"), L("?v=1"), L("#1b1b1f"), true, false },
        { L("Saffron"), L("?v=2"), L("#e2912f"), false, false },
        { L("Sand"), L("?v=3"), L("#e7dcc8"), false, false },
        { L("Indigo"), L("?v=4"), L("#2f4a7d"), false, true },
    };
    static const struct choice_option_view sizes[] = {
        { L("S"), L("?v=1"), L(""), false, true },
        { L("M"), L("?v=2"), L(""), true, false },
        { L("L"), L("?v=3"), L(""), false, false },
        { L("XL"), L("?v=4"), L(""), false, false },
    };
    static const struct choice_view choices[] = { { L("Colour"), L("Ink"), colours, 4 },
        { L("Size"), L("M"), sizes, 4 } };
    static const struct text_view points[] = {
        { L("40 hours on a charge, 4 hours from ten minutes") },
        { L("Hears the room and takes it away; lets voices through when you want") },
        { L("Folds flat, 248 g, spare parts for ten years") }
    };
    static const struct text_view description[] = {
        { L("Made for long train rides and open offices. The cushions are wool felt under soft "
            "leather, the band is sprung steel, and every part that wears can be replaced with the "
            "screwdriver in the box.") },
        { L("The microphones listen outside and inside the cup 48,000 times a second, so that "
            "noise is met before you hear it. Wind is treated as wind, not as sound.") }
    };
    static const struct spec_view specs[] = { { L("Driver"), L("40 mm, beryllium dome") },
        { L("Battery"), L("40 h, USB-C, replaceable") },
        { L("Wireless"), L("Bluetooth 5.4, aptX, LC3") }, { L("Weight"), L("248 g") },
        { L("In the box"), L("Case, two cables, screwdriver") } };
    static const struct histogram_view histogram[] = { { L("5 stars"), 62 }, { L("4 stars"), 21 },
        { L("3 stars"), 9 }, { L("2 stars"), 3 }, { L("1 star"), 5 } };
    static const struct review_view list[] = {
        { L("Quiet at last"), L("Mira K."), L("3 November 2026"),
            L("The office vanished. The cushions get warm in summer, everything else is perfect."),
            &stars[1], true },
        { L("Good, not light"), L("Jonas"), L("28 October 2026"),
            L("After four hours you know that you wear them. Sound is lovely and the case is "
              "small."),
            &stars[2], false }
    };
    struct reviews_view reviews = {
        .summary = S("1,204 ratings, 312 reviews"), .stars = &stars[0], LIST(histogram), LIST(list)
    };
    struct buy_view buy = { .price_note = S("Lowest price of the last 30 days: $189.00"),
        .delivery = S("Saturday, 22 November"),
        .delivery_cost = S("Free delivery"),
        .stock = S("In stock"),
        .stock_kind = S("good"),
        .product_id = S("p1"),
        .variant_id = S("v1"),
        .seller = S("Aurelia Audio"),
        .seller_note = S("97 % happy buyers"),
        .returns = S("Return it free within 30 days."),
        .max = 10,
        .price = &prices[0],
        .prime = true,
        .can_buy = true };
    struct shelf_view shelves[] = { { S("Bought together"), { 0 }, { 0 }, cards + 1, 5 },
        { S("You may also like"), { 0 }, { 0 }, cards + 6, 8 } };
    struct product_view v = { .title = str_from_c(titles[0]),
        .brand = S("Aurelia"),
        .brand_href = S("/search?brand=Aurelia"),
        .csrf = S("t"),
        LIST(crumbs),
        .stars = &stars[0],
        .json_ld = S("<script type=\"application/ld+json\">{}</script>"),
        .pictures = pics,
        .pictures_n = COUNT(pics),
        LIST(choices),
        LIST(points),
        .buy = &buy,
        LIST(description),
        LIST(specs),
        .reviews = &reviews,
        LIST(shelves),
        .has_thumbs = true,
        .has_description = true,
        .has_specs = true };
    save(w, "product", S("Headphones - Souk"), render(w, &product_page, &v), false, true);
    struct buy_view gone = buy;
    gone.can_buy = false;
    gone.delivery = (str){ 0 };
    gone.stock = S("Sold out in this colour");
    gone.stock_kind = S("bad");
    gone.help = S("Choose another colour, or come back: more are on the way.");
    v.buy = &gone;
    v.reviews = NULL;
    v.shelves_n = 0;
    v.pictures_n = 1;
    v.has_thumbs = false;
    save(w, "product-gone", S("Headphones - Souk"), render(w, &product_page, &v), false, true);
}

static const struct summary_row_view sum_rows[] = { { L("Items (4)"), L("$342.40"), false },
    { L("Delivery"), L("Free"), false }, { L("Tax"), L("$28.25"), false },
    { L("You save"), L("-$60.00"), true } };
static const struct summary_view summary = { L("$370.65"), L(""), sum_rows, COUNT(sum_rows) };
static struct order_line_view order_lines[3];

static void page_cart(struct world *w)
{
    struct cart_line_view lines[] = {
        { S("a1"), S("/p/1"), str_from_c(titles[0]), S("Ink · M"), { 0 }, S("$189.00"),
            S("Now $189.00, was $249.00 when you added it"), { 0 }, { 0 }, 1, 10, &pictures[0],
            false },
        { S("a2"), S("/p/2"), str_from_c(titles[1]), { 0 }, S("$64.90 each"), S("$129.80"), { 0 },
            S("Only 3 left"), S("warn"), 2, 3, &pictures[1], false },
        { S("a3"), S("/p/3"), str_from_c(titles[2]), S("Smoke"), { 0 }, S("$24.50"), { 0 },
            S("Sold out since you added it"), S("bad"), 1, 1, &pictures[2], true },
    };
    static const struct text_view notes[] = { { L(
        "Items in the cart are not reserved until you check out.") } };
    struct alert_view alert = { S("warn"), S("Two things changed."),
        S("One price fell, and one item is sold out."), NULL, 0 };
    struct cart_filled_view filled = { LIST(lines), .summary = &summary, LIST(notes),
        .can_checkout = true };
    struct cart_view v = {
        .count = S("4 items"), .csrf = S("t"), .alert = &alert, .filled = &filled
    };
    save(w, "cart", S("Cart - Souk"), render(w, &cart_page, &v), false, true);
    struct empty_view empty = { S("Your cart is empty"),
        S("What you add stays here, on all your devices."), S("/"), S("Look around"),
        .links = places, .links_n = COUNT(places) };
    struct cart_view none = { .empty = &empty };
    save(w, "cart-empty", S("Cart - Souk"), render(w, &cart_page, &none), false, true);
}

static const struct text_view address_lines[] = { { L("12 Analytical Row, 3rd floor") },
    { L("London W1S 4BS") }, { L("United Kingdom") } };
static const struct address_view address = { L("Ada Lovelace"), L("+44 20 7946 0018"),
    address_lines, 3 };

static void page_account(struct world *w)
{
    struct field_view fields[3];
    memcpy(fields, signin_form, sizeof signin_form);
    fields[0].value = S("ada@example.org");
    fields[1].error = S("That password does not fit this e-mail.");
    struct link_view *links;
    size_t n = web_field_errors(w->cx.arena, fields, 2, &links);
    struct alert_view alert = { S("bad"), S("You are not signed in yet."), { 0 }, links, n };
    struct signin_view in = { S("/checkout"), S("t"), S("/register"), &alert, fields, 2 };
    save(w, "signin", S("Sign in - Souk"), render(w, &signin_page, &in), false, true);
    struct register_view reg = { S("/"), S("t"), S("/signin"), NULL, register_form, 3 };
    save(
        w, "register", S("Create an account - Souk"), render(w, &register_page, &reg), false, true);
    struct account_address_view addresses[] = { { &address, true }, { &address, false } };
    struct account_view acc = { .greeting = S("Hello, Ada"),
        .name = S("Ada Lovelace"),
        .email = S("ada@example.org"),
        .since = S("December 2024"),
        .orders = S("Two orders are on their way."),
        .csrf = S("t"),
        LIST(addresses) };
    save(w, "account", S("Your account - Souk"), render(w, &account_page, &acc), false, true);
}

static void page_checkout(struct world *w)
{
    for (size_t i = 0; i < COUNT(order_lines); i++)
        order_lines[i] = (struct order_line_view){ .href = S("/p/1"),
            .title = str_from_c(titles[i]),
            .variant = i == 1 ? (str){ 0 } : S("Ink · M"),
            .quantity = i == 1 ? S("2") : S("1"),
            .each = i == 1 ? S("$64.90 each") : (str){ 0 },
            .price = S("$129.80"),
            .picture = &pictures[i] };
    struct step_view steps[] = { { S("Address"), S("#address"), true, false },
        { S("Delivery"), S("#delivery"), false, true },
        { S("Payment"), S("#payment"), false, false },
        { S("Review"), S("#review"), false, false } };
    struct checkout_address_view addresses[] = { { S("1"), &address, true },
        { S("2"), &address, false } };
    struct checkout_delivery_view deliveries[] = { { S("standard"), S("Tuesday, 25 November"),
                                                       S("Standard"), S("Free"), true },
        { S("prime_2day"), S("Saturday, 22 November"), S("Two days"), S("$5.99"), false },
        { S("prime_next_day"), S("Tomorrow, 21 November"), S("Next day"), S("$11.99"), false } };
    struct checkout_payment_view payments[CHECKOUT_SANDBOX_CARDS_N];
    memcpy(payments, checkout_sandbox_cards, sizeof payments);
    payments[0].selected = true;
    static const struct option_view countries[] = { { L(""), L("Choose a country"), true },
        { L("GB"), L("United Kingdom"), false }, { L("US"), L("United States"), false } };
    struct field_view fields[CHECKOUT_ADDRESS_FIELDS_N];
    memcpy(fields, checkout_address_form, sizeof fields);
    struct field_view *country = web_field(fields, COUNT(fields), S("country"));
    country->options = countries;
    country->options_n = COUNT(countries);
    struct checkout_view v = { .key = S("k"),
        .csrf = S("t"),
        .addresses_title = S("Your addresses"),
        .payment_note = S("This is a test shop: these cards are made up and nothing is charged."),
        .terms = S("You can cancel until the order is packed."),
        LIST(steps),
        LIST(addresses),
        LIST(fields),
        LIST(deliveries),
        LIST(payments),
        .lines = order_lines,
        .lines_n = 3,
        .summary = &summary };
    save(w, "checkout", S("Checkout - Souk"), render(w, &checkout_page, &v), true, false);

    struct field_view email = checkout_email_field;
    email.value = S("ada@");
    email.error = S("Enter an e-mail address like name@example.org.");
    web_field(fields, COUNT(fields), S("postalCode"))->error = S("Enter the postal code.");
    struct checkout_guest_view guest = { S("/signin?next=/checkout"), &email };
    struct link_view links[] = { { email.error, S("#f-email") },
        { S("Enter the postal code."), S("#f-postalCode") } };
    struct alert_view alert = { S("bad"), S("Two things to mend before we can order."), { 0 },
        LIST(links) };
    v.guest = &guest;
    v.addresses_title = (str){ 0 };
    v.addresses_n = 0;
    v.alert = &alert;
    v.new_address = true;
    save(w, "checkout-guest", S("Checkout - Souk"), render(w, &checkout_page, &v), true, false);

    struct event_view events[] = { { S("Order received"), S("20 November, 09:41"), { 0 }, true,
                                       false, false },
        { S("Payment confirmed"), S("20 November, 09:41"), { 0 }, true, false, false },
        { S("Being packed"), S("Today"), S("Three sellers are packing your items."), false, true,
            false },
        { S("On its way"), S("Expected 24 November"), { 0 }, false, false, false },
        { S("Delivered"), S("Tuesday, 25 November"), { 0 }, false, false, false } };
    struct confirmation_view c = { .heading = S("Thank you, Ada"),
        .text = S("We have your order and sent a confirmation to ada@example.org."),
        .number = S("112-4471093-8820157"),
        .delivery = S("Tuesday, 25 November, standard"),
        .order_href = S("/orders/1"),
        .register_href = S("/register"),
        LIST(events),
        .lines = order_lines,
        .lines_n = 3,
        .summary = &summary,
        .address = &address };
    save(w, "confirmation", S("Thank you - Souk"), render(w, &confirmation_page, &c), false, true);

    struct order_row_view orders[] = { { S("/orders/1"), S("112-4471093-8820157"),
                                           S("20 November 2026"), S("$370.65"), S("Being packed"),
                                           { 0 }, S("+2"), pictures, 4 },
        { S("/orders/2"), S("112-1120034-5571220"), S("2 November 2026"), S("$24.50"),
            S("Delivered"), S("good"), { 0 }, pictures + 5, 1 },
        { S("/orders/3"), S("112-9034411-0200176"), S("14 October 2026"), S("$1,299.99"),
            S("Cancelled"), S("bad"), { 0 }, pictures + 6, 2 } };
    struct orders_view list = { LIST(orders) };
    save(w, "orders", S("Your orders - Souk"), render(w, &orders_page, &list), false, true);
    static const struct link_view trail[] = { { L("Account"), L("/account") },
        { L("Orders"), L("/orders") }, { L("112-4471093-8820157"), L("") } };
    struct order_cancel_view cancel = { S("/orders/1/cancel"),
        S("Nothing was sent yet. We cancel all three items and give back $370.65 to Visa ending "
          "4242.") };
    static const struct link_view acts[] = { { L("Invoice (PDF)"), L("/x") },
        { L("Help with this order"), L("/y") } };
    struct order_view o = { .number = c.number,
        .date = S("Placed on 20 November 2026"),
        .status = S("Being packed"),
        .delivery = S("Arrives Tuesday, 25 November"),
        .payment = S("Visa ending 4242"),
        .csrf = S("t"),
        .crumbs = trail,
        .crumbs_n = 3,
        LIST(events),
        .cancel = &cancel,
        .lines = order_lines,
        .lines_n = 3,
        .summary = &summary,
        .address = &address,
        .links = acts,
        .links_n = 2 };
    save(w, "order", S("Order - Souk"), render(w, &order_page, &o), false, true);
}

static void page_problem(struct world *w)
{
    struct search_view search = { 0 };
    struct problem_view v = { .status = S("404"),
        .heading = S("This page is not here"),
        .text = S("It may have moved, or the product is no longer sold. Search for it, or start "
                  "from a department."),
        .request_id = S("019a5f0e7d2c"),
        .search = &search,
        .links = places,
        .links_n = COUNT(places) };
    save(w, "problem", S("Not found - Souk"), render(w, &problem_page, &v), false, false);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct world w = { .cx = { .arena = arena_open(1 << 20) }, .root = argv[1], .out = argv[2] };
    make_goods(&w);
    page_home(&w);
    page_listing(&w);
    page_product(&w);
    page_cart(&w);
    page_account(&w);
    page_checkout(&w);
    page_problem(&w);
    arena_close(w.cx.arena);
    return 0;
}
