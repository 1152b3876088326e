# SPDX-License-Identifier: Apache-2.0
#: sql NAME                  text and plan of a query: ./dev sql inventory.level_lock
need build
compile build gcc
scratch build/souk sql "$@"
