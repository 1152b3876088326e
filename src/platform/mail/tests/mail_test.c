/* SPDX-License-Identifier: Apache-2.0
 * Messages as text: readable by any mail program, and no value becomes a header of its own.
 * Run by `./dev test mail`. */
#include "base/buf.h"
#include "platform/mail/mail_text.h"
#include "tests/support/check.h"

static struct mail_message a_message(void)
{
    return (struct mail_message){
        .key = S("order-mail-1"),
        .to = S("zoe@example.org"),
        .from = S("shop@example.com"),
        .from_name = S("Souk"),
        .subject = S("Your order"),
        .text = S("Hello\nworld"),
    };
}

static str compose(struct cx *cx, struct mail_message m)
{
    str text = { NULL, 0 };
    cx_clear(cx);
    CHECK_ERR(cx, mail_compose(cx, &m, &text), NULL);
    return text;
}

static void a_plain_message_is_plain(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;

    CHECK_STR(
        compose(cx, a_message()), S("Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n"
                                    "From: \"Souk\"\r\n <shop@example.com>\r\n"
                                    "To: <zoe@example.org>\r\n"
                                    "Subject: Your order\r\n"
                                    "Message-ID: <1abe7ca322b885bf746823dc8fe9a273@example.com>\r\n"
                                    "MIME-Version: 1.0\r\n"
                                    "Auto-Submitted: auto-generated\r\n"
                                    "Content-Type: text/plain; charset=utf-8\r\n"
                                    "Content-Transfer-Encoding: quoted-printable\r\n"
                                    "\r\n"
                                    "Hello\r\nworld\r\n"));
    check_cx_close(cx);
}

/* ---- reading back what was written ---- */
static str head_of(str text)
{
    return str_sub(text, 0, (size_t)str_find(text, S("\r\n\r\n"), 0) + 2);
}

static str body_of(str text)
{
    return str_skip(text, (size_t)str_find(text, S("\r\n\r\n"), 0) + 4);
}

/* Unfolded value of a header; there must be exactly one. */
static str header_of(struct arena *arena, str text, const char *name)
{
    struct buf value = { .arena = arena };
    str rest = head_of(text), prefix = str_fmt(arena, "%s: ", name);
    bool inside = false;
    int found = 0;

    while (rest.n > 0) {
        str line = str_cut(&rest, '\n');
        CHECK(str_ends(line, S("\r"))); /* and no other line end inside */
        line.n--;
        CHECK(str_find_char(line, '\r', 0) < 0);
        CHECK(line.n > 0 && line.n <= 998);
        inside = line.p[0] == ' ' ? inside : str_starts(line, prefix);
        found += inside && line.p[0] != ' ';
        if (inside)
            buf_add(&value, line.p[0] == ' ' ? line : str_skip(line, prefix.n));
    }
    CHECK_INT(found, 1);
    return buf_str(&value);
}

/* RFC 2047: blanks between two encoded words do not count. */
static str words_decode(struct arena *arena, str value)
{
    struct buf out = { .arena = arena };
    str start = S("=?utf-8?B?");

    while (value.n > 0) {
        str bytes;
        ptrdiff_t end = str_find(value, S("?="), start.n);
        if (!str_starts(value, start) || end < 0) {
            buf_char(&out, value.p[0]);
            value = str_skip(value, 1);
            continue;
        }
        CHECK(end + 2 <= 75);
        CHECK(str_unbase64(arena, str_sub(value, start.n, (size_t)end - start.n), &bytes));
        buf_add(&out, bytes);
        value = str_skip(value, (size_t)end + 2);
        if (str_starts(value, str_cat(arena, S(" "), start)))
            value = str_skip(value, 1);
    }
    return buf_str(&out);
}

static const struct subject_case {
    const char *name;
    str subject, want;
    bool encoded;
} subject_cases[] = {
    { "plain", S_INIT("Your order R-1"), S_INIT("Your order R-1"), false },
    { "empty", S_INIT(""), S_INIT(""), false },
    { "absent", { NULL, 0 }, S_INIT(""), false },
    { "accents",
        S_INIT("Votre commande est confirm\xc3\xa9"
               "e"),
        S_INIT("Votre commande est confirm\xc3\xa9"
               "e"),
        true },
    { "long and wide", S_INIT("ご注文ありがとうございます。発送までしばらくお待ちください。"),
        S_INIT("ご注文ありがとうございます。発送までしばらくお待ちください。"), true },
    { "long ASCII",
        S_INIT("0123456789012345678901234567890123456789012345678901234567890123456789"),
        S_INIT("0123456789012345678901234567890123456789012345678901234567890123456789"), true },
    { "a second header", S_INIT("x\r\nBcc: all@example.org"), S_INIT("x  Bcc: all@example.org"),
        false },
    { "a body", S_INIT("x\n\n<h1>"), S_INIT("x  <h1>"), false },
    { "a lone CR", S_INIT("x\rBcc: y"), S_INIT("x Bcc: y"), false },
    { "other controls",
        S_INIT("a\0b\tc\x7f"
               "d"),
        S_INIT("a b c d"), false },
    { "line separators beyond ASCII",
        S_INIT("a\xe2\x80\xa8"
               "b"),
        S_INIT("a\xe2\x80\xa8"
               "b"),
        true },
    { "an encoded word of the client's", S_INIT("=?utf-8?B?DQpCY2M6IHg=?="),
        S_INIT("=?utf-8?B?DQpCY2M6IHg=?="), true },
    { "broken UTF-8",
        S_INIT("a\xff"
               "b"),
        S_INIT("a\xef\xbf\xbd"
               "b"),
        true },
};

static void subjects_stay_one_header(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;

    for (size_t i = 0; i < COUNT(subject_cases); i++) {
        const struct subject_case *c = &subject_cases[i];
        struct mail_message m = a_message();
        m.subject = c->subject;
        str text = compose(cx, m);
        str value = header_of(cx->arena, text, "Subject");
        CASE(c->name, str_starts(value, S("=?")) == c->encoded);
        CASE_STR(c->name, words_decode(cx->arena, value), c->want);
        CASE(c->name, str_find(text, S("\nBcc:"), 0) < 0);
    }
    check_cx_close(cx);
}

static const struct name_case {
    const char *name;
    str shown, want;
} name_cases[] = {
    { "none", { NULL, 0 }, S_INIT("<zoe@example.org>") },
    { "plain", S_INIT("Zoe"), S_INIT("\"Zoe\" <zoe@example.org>") },
    { "quotes", S_INIT("a\"b\\c"), S_INIT("\"a\\\"b\\\\c\" <zoe@example.org>") },
    { "an address within", S_INIT("x> <all@example.org"),
        S_INIT("\"x> <all@example.org\" <zoe@example.org>") },
    { "a line", S_INIT("Zoe\r\nBcc: x@y"), S_INIT("\"Zoe  Bcc: x@y\" <zoe@example.org>") },
    { "accents", S_INIT("Zo\xc3\xab"), S_INIT("=?utf-8?B?Wm/Dqw==?= <zoe@example.org>") },
    { "controls alone", S_INIT("\r\n"), S_INIT("<zoe@example.org>") },
};

static void names_stay_beside_their_address(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;

    for (size_t i = 0; i < COUNT(name_cases); i++) {
        struct mail_message m = a_message();
        m.to_name = m.from_name = name_cases[i].shown;
        m.from = m.to;
        str text = compose(cx, m);
        CASE_STR(name_cases[i].name, header_of(cx->arena, text, "To"), name_cases[i].want);
        CASE_STR(name_cases[i].name, header_of(cx->arena, text, "From"), name_cases[i].want);
    }
    check_cx_close(cx);
}

static const struct address_case {
    str address;
    bool ok;
} address_cases[] = {
    { S_INIT("a@b"), true },
    { S_INIT("first.last+tag@mail.example.org"), true },
    { S_INIT("jos\xc3\xa9@example.org"), true },
    { { NULL, 0 }, false },
    { S_INIT(""), false },
    { S_INIT("nobody"), false },
    { S_INIT("@example.org"), false },
    { S_INIT("a@"), false },
    { S_INIT("a@b@c"), false },
    { S_INIT("a@b\r\nBcc: c@d"), false },
    { S_INIT("a@b, c@d"), false },
    { S_INIT("a@b>c"), false },
    { S_INIT("a b@c"), false },
    { S_INIT("a@b\0"), false },
    { S_INIT("a@\xff"), false },
};

static void only_addresses_are_written_to(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;

    for (size_t i = 0; i < COUNT(address_cases) * 2; i++) {
        const struct address_case *c = &address_cases[i / 2];
        struct mail_message m = a_message();
        str text = { NULL, 0 };
        if (i & 1)
            m.to = c->address;
        else
            m.from = c->address;
        cx_clear(cx);
        CHECK_ERR(cx, mail_compose(cx, &m, &text), c->ok ? NULL : &MAIL_FAILED);
    }
    check_cx_close(cx);
}

/* ---- bodies ---- */
static str quoted_printable_decode(struct arena *arena, str text)
{
    struct buf out = { .arena = arena };

    while (text.n > 0) {
        str line = str_cut(&text, '\n'), byte;
        CHECK(str_ends(line, S("\r")));
        line.n--;
        CHECK(line.n <= 76);
        CHECK(!str_ends(line, S(" ")) && !str_ends(line, S("\t")));
        bool soft = str_ends(line, S("="));
        line.n -= soft;
        for (size_t i = 0; i < line.n; i++) {
            unsigned char c = (unsigned char)line.p[i];
            CHECK(c == '\t' || (c >= 0x20 && c < 0x7f));
            if (c != '=') {
                buf_char(&out, (char)c);
                continue;
            }
            CHECK(str_unhex(arena, str_sub(line, i + 1, 2), &byte));
            buf_add(&out, byte);
            i += 2;
        }
        if (!soft)
            buf_add(&out, S("\r\n"));
    }
    return buf_str(&out);
}

static str base64_decode(struct arena *arena, str text)
{
    struct buf joined = { .arena = arena };
    str bytes = { NULL, 0 };

    while (text.n > 0) {
        str line = str_cut(&text, '\n');
        CHECK(str_ends(line, S("\r")));
        CHECK(line.n <= 77);
        buf_add(&joined, str_sub(line, 0, line.n - 1));
    }
    CHECK(str_unbase64(arena, buf_str(&joined), &bytes));
    return bytes;
}

#define TEN "0123456789"
#define WIDE "日本語"
static const struct body_case {
    const char *name, *encoding;
    str text, want;
} body_cases[] = {
    { "empty", "quoted-printable", S_INIT(""), S_INIT("") },
    { "a line without end", "quoted-printable", S_INIT("a"), S_INIT("a\r\n") },
    { "all kinds of ends", "quoted-printable", S_INIT("a\nb\r\nc\n\n"),
        S_INIT("a\r\nb\r\nc\r\n\r\n") },
    { "equals and blanks", "quoted-printable", S_INIT("a = b \nc\t\n ."),
        S_INIT("a = b \r\nc\t\r\n .\r\n") },
    { "76 fit", "quoted-printable", S_INIT(TEN TEN TEN TEN TEN TEN TEN "012345"),
        S_INIT(TEN TEN TEN TEN TEN TEN TEN "012345\r\n") },
    { "77 do not", "quoted-printable", S_INIT(TEN TEN TEN TEN TEN TEN TEN "0123456"),
        S_INIT(TEN TEN TEN TEN TEN TEN TEN "0123456\r\n") },
    { "an escape at the end of a line", "quoted-printable",
        S_INIT(TEN TEN TEN TEN TEN TEN TEN "0123=56 "),
        S_INIT(TEN TEN TEN TEN TEN TEN TEN "0123=56 \r\n") },
    { "some accents", "quoted-printable", S_INIT("caf\xc3\xa9 au lait, s'il vous pla\xc3\xaet"),
        S_INIT("caf\xc3\xa9 au lait, s'il vous pla\xc3\xaet\r\n") },
    { "controls", "quoted-printable", S_INIT("a\0b\rc"), S_INIT("a\0b\rc\r\n") },
    { "another script", "base64", S_INIT(WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE "\n" WIDE),
        S_INIT(WIDE WIDE WIDE WIDE WIDE WIDE WIDE WIDE "\r\n" WIDE "\r\n") },
};

static str part_decode(struct arena *arena, str part, const char *encoding)
{
    str said = header_of(arena, part, "Content-Transfer-Encoding");
    CHECK_STR(said, str_from_c(encoding));
    return str_eq(said, S("base64")) ? base64_decode(arena, body_of(part))
                                     : quoted_printable_decode(arena, body_of(part));
}

static void bodies_come_back(void **state)
{
    struct cx *cx = check_cx_open();
    (void)state;

    for (size_t i = 0; i < COUNT(body_cases) * 2; i++) {
        const struct body_case *c = &body_cases[i / 2];
        struct mail_message m = a_message();
        bool html = i & 1;
        m.text = html ? (str){ NULL, 0 } : c->text;
        m.html = html ? c->text : (str){ NULL, 0 };
        str text = compose(cx, m);
        CASE_STR(c->name, header_of(cx->arena, text, "Content-Type"),
            html && c->text.n ? S("text/html; charset=utf-8") : S("text/plain; charset=utf-8"));
        CASE_STR(c->name, part_decode(cx->arena, text, c->encoding), c->want);
    }
    check_cx_close(cx);
}

static void html_comes_with_its_text(void **state)
{
    struct cx *cx = check_cx_open();
    struct mail_message m = a_message();
    (void)state;

    m.html = S("<p>" WIDE WIDE WIDE "</p>\n--=_\n");
    str text = compose(cx, m), type = header_of(cx->arena, text, "Content-Type");
    CHECK(str_starts(type, S("multipart/alternative; boundary=\"=_")));
    str boundary = str_skip(type, S("multipart/alternative; boundary=\"").n);
    boundary.n--;
    str body = body_of(text), line = str_fmt(cx->arena, "--" STR_F "\r\n", STR_A(boundary));
    size_t second = (size_t)str_find(body, line, 1);
    str end = str_fmt(cx->arena, "--" STR_F "--\r\n", STR_A(boundary));
    CHECK(str_starts(body, line) && str_ends(body, end));
    str first_part = str_sub(body, line.n, second - line.n);
    str second_part = str_sub(body, second + line.n, body.n - end.n - second - line.n);
    CHECK_STR(header_of(cx->arena, first_part, "Content-Type"), S("text/plain; charset=utf-8"));
    CHECK_STR(part_decode(cx->arena, first_part, "quoted-printable"), S("Hello\r\nworld\r\n"));
    CHECK_STR(header_of(cx->arena, second_part, "Content-Type"), S("text/html; charset=utf-8"));
    CHECK_STR(
        part_decode(cx->arena, second_part, "base64"), S("<p>" WIDE WIDE WIDE "</p>\r\n--=_\r\n"));
    check_cx_close(cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_message_is_plain),
        cmocka_unit_test(subjects_stay_one_header),
        cmocka_unit_test(names_stay_beside_their_address),
        cmocka_unit_test(only_addresses_are_written_to),
        cmocka_unit_test(bodies_come_back),
        cmocka_unit_test(html_comes_with_its_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
