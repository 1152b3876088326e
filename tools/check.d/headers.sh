# SPDX-License-Identifier: Apache-2.0
# Each header compiles alone. Generated headers come from the build folder in $1.
tools/files | grep '^src/.*\.h$' | xargs -r -P "$(nproc)" -n 12 \
    gcc -x c -std=gnu17 -fsyntax-only -Wall -Werror -Wno-unused -D_GNU_SOURCE -Isrc -I. "-I$1" \
    $(pkg-config --cflags libpq jansson libevent sqlite3 libsodium)
