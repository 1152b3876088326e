# SPDX-License-Identifier: Apache-2.0
#: help                      this list
sed -n 's/^#: //p' tools/dev.d/*.sh
