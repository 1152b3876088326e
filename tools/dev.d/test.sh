# SPDX-License-Identifier: Apache-2.0
#: test [FILTER]             everything; or the tests whose names hold FILTER
filter=${1:-}
tally=build/log/tally.jsonl
set +e

begin() {
    stage=$1
    started=$(date +%s)
    printf '\n== %s\n' "$stage"
}
# end KIND LOG [STATUS]: counts what the stage logged (tools/tally.py).
end() {
    sums=$(python3 tools/tally.py "$tally" add "$stage" "$@")
    echo "   $sums, $(($(date +%s) - started)) s"
}
# stage_of NAME COMMAND...: a stage that passes or fails as one.
stage_of() {
    begin "$1"
    shift
    "$@" >"build/log/stage.log" 2>&1
    status=$?
    log=build/log/$(echo "$stage" | tr -cs 'a-zA-Z0-9\n' -).log
    mv build/log/stage.log "$log"
    [ $status -eq 0 ] || tail -n 20 "$log"
    end status "$log" $status
    return $status
}
# aside FUNCTION...: beside what follows; join waits for all of them and tells what each said.
asides='' aside_pids=''
aside() {
    said=build/log/said-$(echo "$*" | tr -cs 'a-z0-9\n' -).txt
    asides="$asides $said"
    "$@" >"$said" 2>&1 &
    aside_pids="$aside_pids $!"
}
join() {
    wait $aside_pids
    [ -z "$asides" ] || cat $asides
    asides='' aside_pids=''
}
aside_stop() {
    for pid in $aside_pids; do
        pkill -P "$pid"
        kill "$pid"
    done 2>/dev/null
}
unit_tests() {
    begin "unit, store and route tests"
    rm -f build/asan/meson-logs/testlog.json
    steady meson test -C build/asan --no-rebuild -t 3 \
        --num-processes $(($(nproc) + 1)) $units >build/log/unit.log 2>&1
    end meson build/asan/meson-logs/testlog.json
}
thread_tests() {
    [ -z "$filter" ] && [ -n "$(tsan_names)" ] || return
    begin "thread tests (tsan)"
    rm -f build/tsan/meson-logs/testlog.json
    if tsan_run >build/log/tsan.log 2>&1 || [ -f build/tsan/meson-logs/testlog.json ]; then
        end meson build/tsan/meson-logs/testlog.json
    else
        end status build/log/tsan.log 1
    fi
}
# Half a minute of each target, beside what mostly waits, on what that leaves of the machine.
fuzz_all() {
    for source in $(fuzz_sources | grep -F -e "$filter"); do
        name=$(basename "${source%_fuzz.c}")
        { fuzz_run "$source" 30 19 && echo "ok $name" || echo "FAILED $name"; } \
            >"build/log/fuzz-$name.log" 2>&1 &
        running=$((${running:-0} + 1))
        [ $((running % $(nproc))) -ne 0 ] || wait
    done
    wait
}
fuzz_begin() {
    rm -f build/log/fuzz-*.log
    fuzz_all &
    fuzzing=$!
}
fuzz_end() {
    begin "fuzz, 30 s each, beside the tests above"
    wait "$fuzzing"
    for log in build/log/fuzz-*.log; do
        [ -f "$log" ] || continue
        tail -n 1 "$log"
        sed '$d; s/^/    /' "$log" | tail -n 40
    done >build/log/fuzz.txt
    end lines build/log/fuzz.txt
}
node_files() {
    find "$@" -maxdepth 1 -name '*.test.mjs' 2>/dev/null | grep -F -e "$filter" | LC_ALL=C sort
}
# node_tests STAGE ENGINE FOLDER: the real server, built with sanitizers, from outside.
node_tests() {
    files=$(node_files "$3")
    [ -n "$files" ] || return
    begin "$1"
    log=build/log/$(echo "$1" | tr ' ' -).tap
    if [ ! -x build/asan/souk ]; then
        echo "build/asan/souk is not built" >"$log"
        end status "$log" 1
        return
    fi
    steady env SOUK_ENGINE="$2" SOUK_BIN=build/asan/souk timeout 1500 \
        node --test --test-concurrency="$(nproc)" --test-reporter=tap $files >"$log" 2>&1
    end node "$log"
}
# Both engines beside each other: most of these tests wait, for a commit or for a job.
outside_tests() {
    [ -n "$(node_files tests/api tests/browser tests/kills)" ] || return
    stage_of "node packages" node_ready || return
    aside outside_sqlite
    [ -z "${SOUK_TEST_PG:-}" ] || aside outside_pg
    join
}
outside_sqlite() {
    node_tests "api tests on sqlite" sqlite tests/api
    apart_tests sqlite
    node_tests "browser tests" sqlite tests/browser
}
outside_pg() {
    node_tests "api tests on postgresql" pg tests/api
    apart_tests pg
    kill_tests
}
# apart_tests ENGINE: orders once more, with a database for each of seven services.
apart_tests() {
    files=$(printf 'tests/api/%s.test.mjs\n' cart fraud orders privacy sagas | grep -F -e "$filter")
    [ -n "$files" ] && [ -x build/asan/souk ] || return
    begin "databases apart on $1"
    steady env SOUK_TEST_APART=on SOUK_ENGINE="$1" SOUK_BIN=build/asan/souk timeout 600 \
        node --test --test-reporter=tap $files >"build/log/apart-$1.tap" 2>&1
    end node "build/log/apart-$1.tap"
}
# Four kills on each engine; `./dev kills` is the long run. Of a PostgreSQL of their own, which is
# killed too, and which writes to the disk.
kill_tests() {
    [ -n "$(node_files tests/kills)" ] || return
    begin "kill -9 on both engines"
    unset TMPDIR
    postgres_start >/dev/null
    kills_run 4 build/asan/souk
    postgres_stop
    end node build/log/kills-sqlite.tap
    end node build/log/kills-pg.tap
}
knows() {
    [ -x build/asan/souk ] && build/asan/souk help 2>/dev/null | grep -q "$1"
}
# What the checkout promises, in worlds of which each has a seed: tests/sim.
simulation() {
    stage_of "simulation, 2,000 worlds" \
        steady build/asan/souk-sim --seed 1 --worlds 2000 --jobs "$(nproc)"
}
# That it has teeth: a few of the deliberate bugs, others on each day; ./dev mutations tries all.
mutants() {
    begin "deliberate bugs found by the simulation"
    ./dev mutations --some 4 2>&1 | grep -E '^(ok|FAILED) |^mutations:' >build/log/mutations.txt
    end lines build/log/mutations.txt
}
statements() {
    knows check-sql || return
    stage_of "sql on sqlite" scratch build/asan/souk check-sql
    [ -n "${SOUK_TEST_PG:-}" ] || return
    export SOUK_DB="$SOUK_TEST_PG"
    stage_of "sql on postgresql" scratch build/asan/souk check-sql
    unset SOUK_DB
}
coverage() {
    knows routes || return
    begin "routes and problems hit by a test"
    log=build/log/coverage.txt
    if scratch build/asan/souk routes --plain >build/log/routes.txt 2>"$log" &&
        scratch build/asan/souk problems >build/log/problems.txt 2>"$log"; then
        python3 tools/coverage.py build/log/routes.txt build/log/problems.txt "$SOUK_TEST_HITS" \
            build/log/server*.log >"$log" 2>&1
        end lines "$log"
    else
        end status "$log" 1
    fi
}
# Of all servers that the tests above have run.
no_secrets() {
    begin "no secret in a log"
    python3 tools/secrets.py "$SOUK_TEST_SECRETS" build/log/server*.log >build/log/secrets.log 2>&1
    end lines build/log/secrets.log
}
mkdir -p build/log
: >"$tally"
# Where memory is plenty, what lives for one test lives there: no test waits for a disk.
memory=''
if [ -z "${TMPDIR:-}" ] && [ "$(df -Pm /dev/shm 2>/dev/null | awk 'END { print $4 + 0 }')" -ge 4000 ] &&
    [ "$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)" -ge 8000 ]; then
    memory=$(mktemp -d /dev/shm/souk-test-XXXXXX) && chmod 755 "$memory" && export TMPDIR="$memory"
fi
tidy() {
    aside_stop
    postgres_stop
    [ -z "$memory" ] || rm -rf "$memory"
}
trap tidy EXIT
trap 'exit 130' INT TERM HUP
echo "== packages"
(need build check test mutations) || { echo "0 passed, 1 failed"; exit 1; }
SOUK_TEST_HITS=$PWD/build/log/routes-hit.txt
SOUK_TEST_SECRETS=$PWD/build/log/secrets.txt
export SOUK_TEST_SECRETS
: >"$SOUK_TEST_SECRETS"
export SOUK_TEST_HITS SOUK_RECORD=on SOUK_SOURCE_ROOT="$PWD"
: >"$SOUK_TEST_HITS"
rm -f build/log/server*.log

if [ -z "$filter" ]; then
    begin "house rules"
    ./dev check >build/log/check.log 2>&1
    end lines build/log/check.log
fi
units='' targets=''
if [ -n "$filter" ]; then # builds no more than what is asked for
    units=$(find src tests -name '*_test.c' | grep -F -e "$filter" | sed 's|.*/||; s|\.c$||')
    targets=$units
    [ -z "$(node_files tests/api tests/browser tests/kills)" ] || targets="$targets souk"
fi
if [ -z "$filter" ] || [ -n "$targets" ]; then
    stage_of "build with gcc, ASan and UBSan" \
        compile build/asan gcc -Db_sanitize=address,undefined && built=yes
    stage_of "postgresql" postgres_start quick
    trap tidy EXIT
fi
if [ -z "$filter" ] || fuzz_sources | grep -q -F -e "$filter"; then
    stage_of "build with clang" compile_clang && clang_built=yes
fi
if [ -n "${built:-}" ] && { [ -z "$filter" ] || [ -n "$units" ]; }; then
    unit_tests
fi
thread_tests
[ -z "${clang_built:-}" ] || fuzz_begin
outside_tests
[ -z "${clang_built:-}" ] || fuzz_end
if [ -z "$filter" ]; then
    simulation
    mutants
    statements
    coverage
    no_secrets
fi
tidy
trap - EXIT
echo
python3 tools/tally.py "$tally" total
