# SPDX-License-Identifier: Apache-2.0
#: run [serve's options]     a seeded shop on localhost; prints its addresses and logins
need build
compile build gcc
mkdir -p "${SOUK_DATA:=var}"
export SOUK_DATA
build/souk demo --if-empty "$@"
exec build/souk serve "$@"
