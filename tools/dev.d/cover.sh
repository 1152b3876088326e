# SPDX-License-Identifier: Apache-2.0
#: cover                     lines that the unit tests run, by file, the least first
need build test
compile build/cover gcc -Db_coverage=true
find build/cover -name '*.gcda' -delete
postgres_start >build/log/cover.log
meson test -C build/cover --no-rebuild >>build/log/cover.log ||
    echo "cover: some tests failed; see build/log/cover.log" >&2
postgres_stop
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
