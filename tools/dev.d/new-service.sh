# SPDX-License-Identifier: Apache-2.0
#: new-service NAME          a service that builds and passes, cut from services/inventory
need build
exec python3 tools/new_service.py "$@"
