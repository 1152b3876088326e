# SPDX-License-Identifier: Apache-2.0
# A package-lock.json names no host: whoever installs has a registry of their own.
found=$(tools/files | grep 'package-lock\.json$' | xargs -r grep -Hn '"resolved"')
[ -z "$found" ] || { echo "$found"; exit 1; }
