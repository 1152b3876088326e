# SPDX-License-Identifier: Apache-2.0
#: cover                     lines that the unit tests run, by file, the least first
need build
compile build/cover gcc -Db_coverage=true
find build/cover -name '*.gcda' -delete
meson test -C build/cover --no-rebuild || echo "cover: some tests failed" >&2
cd build/cover || exit 1
find . -name '*.gcda' -path './lib*' -exec gcov -n {} + 2>/dev/null | awk '
    /^File / { file = $0; gsub(/^File .|.$/, "", file); sub(/^(\.\.\/)+/, "", file) }
    /^Lines executed:/ && file ~ /^src\/.*\.c$/ {
        percent = $2; sub(/executed:/, "", percent)
        printf "%6.1f%% of %5d  %s\n", percent, $NF, file
        all += $NF; hit += $NF * percent / 100
        file = ""
    }
    END { if (all) printf "%6.1f%% of %5d  all\n", 100 * hit / all, all }' | sort -n
