# SPDX-License-Identifier: Apache-2.0
#: sbom [--behind]           what the server is linked with (CycloneDX); --behind: what has an update
need build
compile build gcc
exec python3 tools/sbom.py "$@" build/souk
