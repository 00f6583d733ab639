#!/usr/bin/env bash
# The language server spoken to by clients of other people, over stdio: pygls (by pytest-lsp) and
# vscode-languageserver-protocol. A client that is missing is named and not counted; without both,
# the exit code is 99.
#
#   PROVISIONING   our program (default: build/release/provisioning)
#   PYTHON         a Python with pytest-lsp (default: python3)
#   NODE_MODULES   a folder with vscode-languageserver-protocol (default: node_modules here)
set -uo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
PROVISIONING=$(realpath "${PROVISIONING:-$here/../../build/release/provisioning}")
export PROVISIONING
python=${PYTHON:-python3}
modules=${NODE_MODULES:-$here/lsp/node_modules}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
ran=0 failed=0

if "$python" -c 'import pytest_lsp' 2>/dev/null; then
  ran=$((ran + 1))
  timeout 120 "$python" -m pytest -q -p no:cacheprovider --rootdir "$folder" \
    "$here/lsp/client_test.py" || failed=$((failed + 1))
else
  echo "lsp: pytest-lsp is missing, not run (pip install pytest-lsp)"
fi
if command -v node >/dev/null && [[ -d $modules/vscode-languageserver-protocol ]]; then
  ran=$((ran + 1))
  NODE_PATH=$modules timeout 120 node "$here/lsp/client.js" "$folder" || failed=$((failed + 1))
else
  echo "lsp: vscode-languageserver-protocol is missing, not run (npm install vscode-languageserver-protocol)"
fi
((ran)) || exit 99
echo "lsp: $ran clients, $failed failed"
((failed == 0))
