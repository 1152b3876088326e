# SPDX-License-Identifier: Apache-2.0
#: sim [--seed N] [--worlds M]  simulated worlds with faults; a failure prints its seed
need build
compile build gcc
exec build/souk-sim "$@"
