/* SPDX-License-Identifier: Apache-2.0
 * The table of rules and the search in it. Called by the gateway on the loop for each request; must
 * never take longer than a few microseconds, nor remember anything. */
#include "gateway/gateway_rules.h"

#include "base/buf.h"

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

static int hex_of(char c)
{
    ptrdiff_t at = str_find_char(S("0123456789abcdef"), c, 0);
    return (int)at;
}

static char lower_of(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Leniently: what is no escape stays as it is. Plus is a blank in queries. */
static str plainly(struct arena *scratch, str text, bool escaped)
{
    size_t n = text.n < LOOKED_AT_MAX ? text.n : LOOKED_AT_MAX;
    struct buf out = { .arena = scratch };
    for (size_t i = 0; i < n; i++) {
        char c = lower_of(text.p[i]);
        if (escaped && c == '+')
            c = ' ';
        if (escaped && c == '%' && i + 2 < n) {
            int high = hex_of(lower_of(text.p[i + 1])), low = hex_of(lower_of(text.p[i + 2]));
            if (high >= 0 && low >= 0) {
                c = lower_of((char)(high * 16 + low));
                i += 2;
            }
        }
        buf_char(&out, c);
    }
    return buf_str(&out);
}

static struct rule_hit find_in(str text, enum part part)
{
    for (size_t i = 0; text.n && i < COUNT(rules); i++) {
        if (!(rules[i].parts & part))
            continue;
        for (size_t j = 0; j < WORDS_MAX && rules[i].words[j]; j++) {
            str word = str_from_c(rules[i].words[j]);
            if (str_find(text, word, 0) >= 0)
                return (struct rule_hit){ rules[i].name, part_name(part), word, i };
        }
    }
    return (struct rule_hit){ .rule = NULL };
}

struct rule_hit rules_find(struct arena *scratch, const struct http_request *req)
{
    struct rule_hit hit = find_in(plainly(scratch, req->path, true), PART_PATH);
    if (!hit.rule && req->query.n)
        hit = find_in(plainly(scratch, req->query, true), PART_QUERY);
    if (!hit.rule)
        hit =
            find_in(plainly(scratch, http_request_header(req, S("User-Agent")), false), PART_AGENT);
    return hit;
}

const char *rules_name(size_t i)
{
    return i < COUNT(rules) ? rules[i].name : NULL;
}
