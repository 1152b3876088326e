# SPDX-License-Identifier: Apache-2.0
#: fmt                       clang-format all C files
need check
tools/files | grep -E '^(src|tests|bench|tools)/.*\.[ch]$' | xargs -r clang-format -i
