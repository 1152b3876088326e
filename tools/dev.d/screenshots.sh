# SPDX-License-Identifier: Apache-2.0
#: screenshots [OPTION...]   pictures of the pages at phone and desktop width
need build test
compile build gcc
node_ready
SOUK_BIN=${SOUK_BIN:-build/souk} exec node tests/browser/screenshots.mjs "$@"
