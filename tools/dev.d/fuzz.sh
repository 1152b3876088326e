# SPDX-License-Identifier: Apache-2.0
#: fuzz NAME [SECONDS]       feed a parser random bytes: ./dev fuzz json 60
need build test
[ $# -gt 0 ] || stop "dev: fuzz which? $(fuzz_sources | sed 's|.*/||; s|_fuzz\.c||' | tr '\n' ' ')"
source=$(fuzz_sources | grep "/$1_fuzz\.c$") || stop "dev: there is no $1_fuzz.c"
compile_clang
fuzz_run "$source" "${2:-60}"
