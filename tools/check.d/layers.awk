# SPDX-License-Identifier: Apache-2.0
# Who may include whom (the house style, section 2): base < platform < services < flows < gateway <
# app. Reads paths on standard input. Exceptions are lines of tools/layers.allow:
#   FILE INCLUDED YYYY-MM-DD why
# and each is printed at every run; it fails once its date has passed, or when nothing needs it.
function module(path,   p, n) {
    if (path !~ /^src\//)
        return "tests"
    n = split(path, p, "/")
    if (n == 3 && p[2] ~ /^(platform|services|flows)$/)
        return p[2]
    if (p[2] ~ /^(platform|services|flows)$/)
        return p[2] "/" p[3]
    return n == 2 ? "app" : p[2] # src/main.c is wiring
}
function rank(m) {
    sub(/\/.*/, "", m)
    return m in ranks ? ranks[m] : -1
}
function bad(what) {
    if ((file " " inc) in allowed) {
        used[file " " inc] = 1
        return
    }
    printf "%s:%d: %s\n", file, line, what
    failures++
}
# Rules 1-3: of a lower layer what is public, of one's own module all.
function check_quoted(   owner, path, prefix, n, p) {
    if (inc !~ /\//) {
        if (inc !~ /_sql\.h$/) {
            bad("\"" inc "\": paths in includes start at src/")
            return
        }
        prefix = inc
        sub(/_sql\.h$/, "", prefix)
        owner = sql_owner[prefix]
        if (owner == "")
            bad("\"" inc "\": there is no sql/" prefix ".sql")
        else if (owner != own)
            bad("\"" inc "\" belongs to " owner)
        else if (domain)
            bad("\"" inc "\": a domain file knows no queries")
        return
    }
    if (inc ~ /^bench\//) {
        if (file !~ /^bench\//)
            bad("\"" inc "\": only measuring programs include bench")
        else if (!(inc in known))
            bad("\"" inc "\" is not there")
        return
    }
    if (inc ~ /^tests\//) {
        if (!test)
            bad("\"" inc "\": only tests include tests")
        else if (!(inc in known))
            bad("\"" inc "\" is not there")
        return
    }
    path = "src/" inc
    if (!(path in known)) {
        bad("\"" inc "\": paths in includes start at src/")
        return
    }
    if (inc !~ /\.h$/)
        bad("\"" inc "\" is no header")
    owner = module(path)
    if (domain && owner != "base" && owner != own)
        bad("\"" inc "\": a domain file includes base/ and its own module")
    else if (domain && inc ~ /_(store|sql)\.h$/)
        bad("\"" inc "\": a domain file knows no store")
    if (owner == own || own == "tests")
        return
    if (rank(owner) > rank(own))
        bad("\"" inc "\": " own " is below " owner)
    else if (rank(owner) == rank(own) && rank(own) > ranks["platform"])
        bad("\"" inc "\": " own " may not know its sibling " owner)
    else if (owner ~ /^(services|flows)\//) {
        n = split(owner, p, "/")
        if (inc != owner "/" p[2] ".h")
            bad("\"" inc "\" is private; " owner "/" p[2] ".h is public")
    }
}
# Rule 5: the world outside belongs to platform/.
function check_system() {
    if (own ~ /^platform/ || own == "tests" || test)
        return
    if (inc ~ /^(sqlite3|libpq-fe|pthread|threads|semaphore|time|poll|netdb|aio|mqueue)\.h$/ ||
        inc ~ /^(curl|event2|netinet|arpa)\// ||
        inc ~ /^sys\/(socket|time|un|epoll|eventfd|select|timerfd|inotify)\.h$/)
        bad("<" inc "> is for platform/")
}
function read_allow(   f, l, i, w, n, why) {
    f = "tools/layers.allow"
    for (i = 1; (getline l < f) > 0; i++) {
        if (l ~ /^[ \t]*(#|$)/)
            continue
        n = split(l, w, /[ \t]+/)
        why = l
        sub(/^[^ \t]+[ \t]+[^ \t]+[ \t]+[^ \t]+[ \t]*/, "", why)
        if (n < 4 || w[3] !~ /^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$/) {
            printf "%s:%d: needs FILE INCLUDED YYYY-MM-DD why\n", f, i
            failures++
        } else if (w[3] < today) {
            printf "%s:%d: ended on %s: %s includes %s\n", f, i, w[3], w[1], w[2]
            failures++
        } else {
            allowed[w[1] " " w[2]] = i
            printf "allowed until %s: %s includes %s: %s\n", w[3], w[1], w[2], why
        }
    }
    close(f)
}
BEGIN {
    ranks["base"] = 0; ranks["platform"] = 1; ranks["services"] = 2
    ranks["flows"] = 3; ranks["gateway"] = 4; ranks["app"] = 5; ranks["tests"] = 9
    "date +%F" | getline today
    read_allow()
}
/^(src|tests|bench)\/.*\.[ch]$/ {
    known[$0] = 1
    files[++files_n] = $0
}
/^(src\/.*|bench)\/sql\/[^\/]*\.sql$/ {
    name = $0
    sub(/.*\//, "", name)
    sub(/\.sql$/, "", name)
    if (name !~ /^[0-9]/)
        sql_owner[name] = module($0)
}
END {
    for (i = 1; i <= files_n; i++) {
        file = files[i]
        own = module(file)
        test = own == "tests" || file ~ /\/tests\//
        domain = file ~ /_domain\.[ch]$/
        if (rank(own) < 0) {
            printf "%s:1: no layer is called %s\n", file, own
            failures++
            continue
        }
        for (line = 1; (getline text < file) > 0; line++) {
            if (text !~ /^[ \t]*#[ \t]*include[ \t]*["<]/)
                continue
            quoted = text ~ /^[^"<]*"/
            inc = text
            sub(/^[^"<]*["<]/, "", inc)
            sub(/[">].*/, "", inc)
            if (quoted)
                check_quoted()
            else
                check_system()
        }
        close(file)
    }
    for (key in allowed)
        if (!(key in used)) {
            printf "tools/layers.allow:%d: nothing needs this line any more\n", allowed[key]
            failures++
        }
    exit failures > 0
}
