/* SPDX-License-Identifier: Apache-2.0
 * The table of rules and the search in it. Called by the gateway on the loop for each request; must
 * never take longer than a few microseconds, nor remember anything. */
#include "gateway/gateway_rules.h"

enum part { PART_PATH = 1, PART_QUERY = 2, PART_AGENT = 4 };
#define PLACES (PART_PATH | PART_QUERY)
#define WORDS_MAX 14
#define LOOKED_AT_MAX 2048 /* bytes of a part: what is longer is cut, and was bounded before */

/* Words in lower case, as they stand after decoding. */
static const struct rule {
    const char *name;
    unsigned parts;
    const char *words[WORDS_MAX];
} rules[] = {
    { "climb", PLACES,
        { "../", "..\\", "/etc/passwd", "/etc/shadow", "/proc/self/", "c:\\windows" } },
    { "sql", PLACES,
        { "union select", "union all select", "' or '1'='1", "' or 1=1", "\" or \"1\"=\"1",
            "; drop table", ";drop table", "information_schema", "pg_sleep(", "waitfor delay",
            "benchmark(", "' and sleep(", "or sleep(", "load_file(" } },
    { "script", PLACES,
        { "<script", "javascript:", "onerror=", "onload=", "<svg", "<iframe", "document.cookie" } },
    { "lookup", PLACES | PART_AGENT,
        { "${jndi:", "${env:", "${lower:", "{{7*7}}", "${7*7}", "<%=", "() { :;};" } },
    { "shell", PLACES,
        { "/bin/sh", "/bin/bash", "cmd.exe", "powershell", "$(curl", "$(wget", ";wget ", "|wget ",
            "`id`", "$(id)", "; cat /", "| cat /" } },
    { "probe", PART_PATH,
        { "/wp-admin", "/wp-login", "/wp-content", "/.git/", "/.env", "/.aws/", "/.ssh/",
            "/phpmyadmin", ".php", "/cgi-bin/", "/actuator", "/.svn/", ".asp",
            "/vendor/phpunit" } },
    { "inside", PART_QUERY,
        { "http://169.254.169.254", "http://localhost", "http://127.0.0.1", "http://[::1]",
            "file:///", "gopher://", "dict://", "php://" } },
    { "scanner", PART_AGENT,
        { "sqlmap", "nikto", "nessus", "masscan", "dirbuster", "wpscan", "nuclei", "acunetix",
            "zgrab", "gobuster" } },
};

static const char *part_name(enum part part)
{
    switch (part) {
    case PART_PATH:
        return "path";
    case PART_QUERY:
        return "query";
    case PART_AGENT:
        return "agent";
    }
    return "";
}

/* A word of a rule, with the next one that begins with the same byte. */
struct entry {
    str text;
    size_t rule;
    unsigned parts;
    const struct entry *next;
};
/* What a text is looked through with, once: most pairs of bytes begin no word. */
struct rules {
    const struct entry *by_first[256];
    uint64_t pairs[65536 / 64];
};

static unsigned pair_of(const char *p)
{
    return (unsigned)(unsigned char)p[0] << 8 | (unsigned char)p[1];
}

struct rules *rules_open(struct arena *life)
{
    struct rules *r = NEW(life, struct rules);
    for (size_t i = 0; i < COUNT(rules); i++)
        for (size_t j = 0; j < WORDS_MAX && rules[i].words[j]; j++) {
            struct entry *e = NEW(life, struct entry);
            str text = str_from_c(rules[i].words[j]);
            ASSERT(text.n >= 2);
            const struct entry **first = &r->by_first[(unsigned char)text.p[0]];
            *e = (struct entry){ text, i, rules[i].parts, *first };
            *first = e;
            r->pairs[pair_of(text.p) / 64] |= UINT64_C(1) << (pair_of(text.p) % 64);
        }
    return r;
}

static char lower_of(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static int hex_of(char c)
{
    char lower = lower_of(c);
    if (c >= '0' && c <= '9')
        return c - '0';
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* Leniently: what is no escape stays as it is. Plus is a blank in queries. */
static str plainly(struct arena *scratch, str text, bool escaped)
{
    size_t n = text.n < LOOKED_AT_MAX ? text.n : LOOKED_AT_MAX, out = 0;
    char *p = NEW_N(scratch, n + 1, char);
    for (size_t i = 0; i < n; i++) {
        char c = text.p[i];
        if (escaped && c == '+')
            c = ' ';
        if (escaped && c == '%' && i + 2 < n && hex_of(text.p[i + 1]) >= 0 &&
            hex_of(text.p[i + 2]) >= 0) {
            c = (char)(hex_of(text.p[i + 1]) * 16 + hex_of(text.p[i + 2]));
            i += 2;
        }
        p[out++] = lower_of(c);
    }
    return (str){ p, out };
}

static struct rule_hit find_in(const struct rules *r, str text, enum part part)
{
    for (size_t i = 0; i + 1 < text.n; i++) {
        unsigned pair = pair_of(text.p + i);
        if (!(r->pairs[pair / 64] >> (pair % 64) & 1))
            continue;
        const struct entry *e = r->by_first[(unsigned char)text.p[i]];
        for (; e; e = e->next)
            if ((e->parts & part) && str_starts(str_skip(text, i), e->text))
                return (struct rule_hit){ rules[e->rule].name, part_name(part), e->text, e->rule };
    }
    return (struct rule_hit){ .rule = NULL };
}

struct rule_hit rules_find(
    const struct rules *r, struct arena *scratch, const struct http_request *req)
{
    struct rule_hit hit = find_in(r, plainly(scratch, req->path, true), PART_PATH);
    if (!hit.rule && req->query.n)
        hit = find_in(r, plainly(scratch, req->query, true), PART_QUERY);
    if (!hit.rule)
        hit = find_in(
            r, plainly(scratch, http_request_header(req, S("User-Agent")), false), PART_AGENT);
    return hit;
}

const char *rules_name(size_t i)
{
    return i < COUNT(rules) ? rules[i].name : NULL;
}
