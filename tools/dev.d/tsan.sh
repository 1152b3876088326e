# SPDX-License-Identifier: Apache-2.0
#: tsan                      the tests of tests/tsan.list under ThreadSanitizer
need build test
postgres_start
tsan_run
