# SPDX-License-Identifier: Apache-2.0
#: deps [build test bench]   install what is missing (apt, asks nothing)
need "${@:-build}"
