# SPDX-License-Identifier: Apache-2.0
#: mutations [NAME|--some N] deliberate bugs of tests/mutations: souk-sim must find each by some seed
need build mutations
tree=build/mutations
worlds=6000
some=0
[ "${1:-}" != --some ] || { some=$2; shift 2; }
wanted=${1:-}

# A copy of the sources, built once; a patch is applied, built, tried and taken off again.
mutations_tree() {
    mkdir -p "$tree" build/log
    for part in meson.build meson_options.txt src bench tests/sim tests/support tools; do
        mkdir -p "$tree/$(dirname "$part")"
        rm -rf "$tree/${part:?}.new"
        cp -rp "$part" "$tree/$part.new"
        if [ -d "$part" ] && [ -d "$tree/$part" ]; then
            # what is the same keeps its time, so that nothing of it is built again; what differs is
            # new, or what a run that was killed built of it would be taken for its object
            (cd "$part" && find . -type f) | while read -r file; do
                if cmp -s "$part/$file" "$tree/$part/$file"; then
                    cp -p "$tree/$part/$file" "$tree/$part.new/$file"
                else
                    touch "$tree/$part.new/$file"
                fi
            done
        fi
        rm -rf "${tree:?}/$part"
        mv "$tree/$part.new" "$tree/$part"
    done
    (cd "$tree" && targets=souk-sim compile build/dev gcc)
}
mutations_build() {
    ninja -C "$tree/build/dev" souk-sim >>"$log" 2>&1
}
mutation() {
    name=$(basename "${1%.patch}")
    log=build/log/mutation-$name.log
    patch -d "$tree" -p1 --fuzz=0 -s --no-backup-if-mismatch <"$1" >"$log" 2>&1 || {
        echo "FAILED $name: the patch does not fit any more"
        return 1
    }
    found=''
    if mutations_build; then
        timeout 240 "$tree/build/dev/souk-sim" --worlds $worlds --jobs "$(nproc)" --stop 1 \
            >>"$log" 2>&1 || found=$(grep -m 1 '^FAILED seed' "$log" || true)
        [ -n "$found" ] || found='FAILED: no seed finds it'
    else
        found='FAILED: it does not build'
    fi
    patch -d "$tree" -p1 --fuzz=0 -R -s --no-backup-if-mismatch <"$1" >>"$log" 2>&1
    case $found in
    'FAILED seed'*) echo "ok $name: ${found#FAILED }" ;;
    *) echo "FAILED $name: ${found#FAILED: }"; return 1 ;;
    esac
}
mkdir -p build
exec 9>build/mutations.lock
flock -n 9 || stop "mutations: another run is under way"
mutations_tree || stop "mutations: the copy cannot be built"
"$tree/build/dev/souk-sim" --worlds 100 --jobs "$(nproc)" >build/log/mutation-none.log 2>&1 ||
    stop "mutations: without one a seed fails too: build/log/mutation-none.log"
list=$(find tests/mutations -name '*.patch' | grep -F -e "$wanted" | LC_ALL=C sort)
if [ "$some" -gt 0 ]; then # others on each day
    first=$((($(date +%s) / 86400 * some) % $(echo "$list" | wc -l)))
    list=$({ echo "$list" | tail -n +$((first + 1)); echo "$list"; } | head -n "$some")
fi
passed=0 failed=0
for patch in $list; do
    if mutation "$patch"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
