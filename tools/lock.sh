#!/bin/sh
# Resolve the dependencies anew; no registry's address is written into the files.
set -eu
command -v uv > /dev/null || { echo "uv is needed: pip install uv" >&2; exit 1; }

compile() { # extra arguments, then the file to write
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --no-header pyproject.toml "$@"
}

compile --output-file requirements.txt
compile --group dev --extra granian --extra pdf --extra postgres --output-file requirements-dev.txt
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-emit-find-links --no-header --group build --output-file requirements-build.txt
