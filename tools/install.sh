#!/bin/sh
# Make .venv hold what `run` or `test` needs; nothing is fetched when it does already.
# Usage: tools/install.sh run|test [python3]
set -eu
what=$1
python=${2:-python3}
lock=requirements.txt
if [ "$what" = test ]; then lock=requirements-dev.txt; fi
stamp=.venv/.installed-$what
now=$(cat "$lock" requirements-build.txt pyproject.toml | sha256sum | cut -d ' ' -f 1)

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ]; then exit 0; fi

if [ ! -x .venv/bin/python ]; then
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
        echo "Python 3.11 or newer is needed; name yours with: make $what PYTHON=python3.11" >&2
        exit 1
    }
    echo "Making the virtual environment .venv"
    "$python" -m venv .venv || {
        echo "Python's venv is missing; on Debian: apt-get install python3-venv" >&2
        exit 1
    }
fi

pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip --quiet install"
echo "Installing what $lock names (once; a minute or two)"
$pip --require-hashes --requirement requirements-build.txt
$pip --require-hashes --requirement "$lock"
$pip --no-deps --no-build-isolation --no-index --editable .
echo "$now" > "$stamp"
