# SPDX-License-Identifier: Apache-2.0
# Files to 600 lines, functions to 70 (from its `{` to its `}`, both at the start of a line as
# clang-format leaves them), public headers to 200, lines to 100 columns. Reads paths on standard
# input.
function bad(at, what) {
    printf "%s:%d: %s\n", file, at, what
    failures++
}
function public_header(path,   p, n) {
    n = split(path, p, "/")
    if (path !~ /\.h$/ || path ~ /\/tests\//)
        return 0
    if (path ~ /^src\/(services|flows)\//)
        return n == 4 && p[4] == p[3] ".h"
    return path ~ /^src\/(base|platform)\// && path !~ /_internal\.h$/
}
/\.(c|h|py|sh|awk|js|mjs|css|sql|html)$|^dev$|^meson\.build$|^tools\/[a-z-]+$/ { files[++n] = $0 }
END {
    for (i = 1; i <= n; i++) {
        file = files[i]
        c = file ~ /\.[ch]$/
        start = 0
        for (line = 0; (getline text < file) > 0;) {
            line++
            if (!c)
                continue
            if (length(text) > 100) {
                gsub(/[\200-\277]/, "", text) # a character counts once, however many bytes it has
                if (length(text) > 100)
                    bad(line, length(text) " columns, at most 100")
            }
            if (text == "{") {
                start = line
            } else if (text == "}" && start) {
                if (line - start + 1 > 70)
                    bad(start, "a function of " (line - start + 1) " lines, at most 70")
                start = 0
            }
        }
        close(file)
        if (line > 600)
            bad(line, line " lines, at most 600")
        if (public_header(file) && line > 200)
            bad(line, "a public header of " line " lines, at most 200")
    }
    exit failures > 0
}
