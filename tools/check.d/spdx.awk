# SPDX-License-Identifier: Apache-2.0
# Each source file names its licence in its first line, or the second below a #! line. Reads paths
# on standard input.
/\.(c|h|py|sh|awk|js|mjs|css)$|(^|\/)meson\.build$|^dev$|^\.ci\/run$|^tools\/[a-z-]+$/ {
    file = $0
    first = second = ""
    getline first < file
    if (first ~ /^#!/)
        getline second < file
    close(file)
    if ((first second) !~ /SPDX-License-Identifier: Apache-2\.0/) {
        printf "%s:1: the first line names the licence (SPDX-License-Identifier)\n", file
        failures++
    }
}
END { exit failures > 0 }
