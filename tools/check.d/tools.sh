# SPDX-License-Identifier: Apache-2.0
# The tools' own tests; quiet when they pass.
said=$(python3 -m unittest discover -s tools/tests -p '*_test.py' 2>&1) || { echo "$said"; exit 1; }
