# SPDX-License-Identifier: Apache-2.0
# The tree is as clang-format leaves it; `./dev fmt` mends it. One line for each file.
found=$(tools/files | grep -E '^(src|tests|bench|tools)/.*\.[ch]$' | xargs -r -P "$(nproc)" -n 16 \
    sh -c 'said=$(clang-format --dry-run -Werror --ferror-limit=1 "$@" 2>&1) || echo "$said"' - |
    sed -n 's/^\([^ ]*:[0-9]*\):[0-9]*: error: .*/\1: not formatted: .\/dev fmt/p
            /clang-format: .*not found/p')
[ -z "$found" ] || { echo "$found"; exit 1; }
