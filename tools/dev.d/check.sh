# SPDX-License-Identifier: Apache-2.0
#: check [NAME...]           the house rules: layers, lengths, format, ... (tools/check.d)
need build check
status=0
if [ $# -eq 0 ]; then
    if compile build gcc; then echo "ok build"; else echo "FAILED build"; status=1; fi
fi
tools/check "$@" || status=1
exit $status
