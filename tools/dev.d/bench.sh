# SPDX-License-Identifier: Apache-2.0
#: bench [NAME...] [--quick] measure a release build: http checkout hot-item search ...
need build bench
compile build/release gcc -Dbuildtype=release
export SOUK_BIN=build/release/souk
quick='' names=''
for word; do
    case $word in
    --quick) quick=--quick ;;
    *) names="$names $word" ;;
    esac
done
if [ -z "$names" ]; then
    names=$(find build/release/bench -maxdepth 1 -type f -perm -u+x | sed 's|.*/||' | LC_ALL=C sort)
fi
failed=''
for name in $names; do
    [ -x "build/release/bench/$name" ] || stop "dev: there is no build/release/bench/$name"
    "build/release/bench/$name" $quick || failed="$failed $name"
done
[ -z "$failed" ] || stop "bench: under budget:$failed"
