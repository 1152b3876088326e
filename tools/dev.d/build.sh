# SPDX-License-Identifier: Apache-2.0
#: build                     compile build/souk with gcc; installs what that needs
need build
compile build gcc
echo "built build/souk"
