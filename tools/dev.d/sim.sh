# SPDX-License-Identifier: Apache-2.0
#: sim [OPTION...]           simulated worlds with faults; a failure prints its seed (--seed, --worlds)
need build
compile build gcc
exec build/souk-sim "$@"
