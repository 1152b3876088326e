# SPDX-License-Identifier: Apache-2.0
#: sim [WORLDS] [OPTION...]  simulated worlds with faults; a failure prints its seed (--seed N --verbose)
need build
case ${1:-} in
'') set -- --worlds 2000 --jobs "$(nproc)" ;;
*[!0-9]*) ;; # options alone
*) worlds=$1; shift; set -- --worlds "$worlds" --jobs "$(nproc)" "$@" ;;
esac
targets=souk-sim compile build gcc
exec build/souk-sim "$@"
