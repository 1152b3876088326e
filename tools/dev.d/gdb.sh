# SPDX-License-Identifier: Apache-2.0
#: gdb [TEST] [ARG...]       debug build/souk, or a test by its name
need build gdb
compile build gcc
program=build/souk
if [ $# -gt 0 ] && [ -x "build/$1" ]; then
    program=build/$1
    shift
fi
SOUK_SOURCE_ROOT=$PWD exec gdb -q --args "$program" "$@"
