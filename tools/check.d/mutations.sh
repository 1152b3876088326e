# SPDX-License-Identifier: Apache-2.0
# Each deliberate bug of tests/mutations says what it is in its first line and fits the tree as it
# is: a change beside one would else be noticed when it is its turn to be found.
failed=0
for patch in tests/mutations/*.patch; do
    case $(head -n 1 "$patch") in
    'Bug: '*) ;;
    *)
        echo "$patch:1: the first line says what the bug is ('Bug: ...')"
        failed=1
        ;;
    esac
    patch -p1 --fuzz=0 --dry-run --force --silent <"$patch" >/dev/null 2>&1 || {
        echo "$patch:1: does not fit"
        failed=1
    }
done
exit "$failed"
