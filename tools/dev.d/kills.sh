# SPDX-License-Identifier: Apache-2.0
#: kills [N]                 kill -9 under load, N times (50) on each engine; then everything is counted
need build test
targets=souk
compile build gcc || exit 1
node_ready >/dev/null
postgres_start >/dev/null
mkdir -p build/log
set +e
echo "running; build/log/kills-sqlite.tap and kills-pg.tap tell more" >&2
kills_run "${1:-50}" build/souk
status=0
for engine in sqlite pg; do
    grep -E '^(not )?ok|^    # |^# [0-9]|Error|error:' "build/log/kills-$engine.tap"
    grep -q '^# pass 1$' "build/log/kills-$engine.tap" || status=1
done
postgres_stop
exit $status
