# SPDX-License-Identifier: Apache-2.0
#: deps [SET...]             install what is missing of build, check, test, bench (apt, asks nothing)
need "${@:-build}"
