# SPDX-License-Identifier: Apache-2.0
#: openapi                   print openapi.json, made from the route tables
need build
compile build gcc
scratch build/souk openapi
