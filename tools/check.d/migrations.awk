# SPDX-License-Identifier: Apache-2.0
# The migrations of a folder are numbered 0001, 0002 and so on: no gap, no number twice. Reads paths
# on standard input, in order.
/^src\/.*\/sql\/[0-9][^\/]*\.sql$/ {
    folder = $0
    sub(/[^\/]*$/, "", folder)
    name = substr($0, length(folder) + 1)
    want = ++count[folder]
    if (name !~ /^[0-9][0-9][0-9][0-9]_[a-z0-9_]+\.sql$/) {
        printf "%s:1: a migration is named like 0001_init.sql\n", $0
        failures++
    } else if (substr(name, 1, 4) + 0 != want) {
        printf "%s:1: number %s where %04d comes next\n", $0, substr(name, 1, 4), want
        failures++
        count[folder] = substr(name, 1, 4) + 0
    }
}
END { exit failures > 0 }
