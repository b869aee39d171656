#!/bin/sh
# Make sure the tests' browser and checkers are there: Debian's chromium and Java, and from npm
# axe-core and the Nu HTML checker, each one version and checked against its hash.
set -eu

axe=axe-core@4.14.1
axe_sha512=1477dafa598d8d065f273d6af302aa203c02e83131707b7fa648cd41bd3d6b734f8c22a0dab86ee6a6f64b8afbe804b214d36db85a2826965edfb3a0b9d546b5
vnu=vnu-jar@26.9.27
vnu_sha512=4e441de4315f39a582f5e6edbe8cd3b2b1f655aa1dde3620faface791133217c417b12f3f7ead2d8336d8e7efe44f5226618258b44a0860057e9125135e6b428

missing=""
command -v chromium > /dev/null || missing="$missing chromium"
command -v java > /dev/null || missing="$missing default-jre-headless"
for library in libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; do # what makes the PDF
    stem=${library%0}
    /sbin/ldconfig -p | grep -q "${stem%-}\.so\.0" || missing="$missing $library"
done
if [ ! -f .tools/$axe/package/axe.min.js ] || [ ! -f .tools/$vnu/package/build/dist/vnu.jar ]; then
    command -v npm > /dev/null || missing="$missing npm"
fi

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

if [ -n "$missing" ]; then
    echo "Installing$missing with apt (once)"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086 # one word per package
    if ! { as_root apt-get -qq update && as_root apt-get -qq install -y --no-install-recommends $missing; } > .tools.log 2>&1
    then
        echo "The tests need Debian's packages$missing, and apt could not install them; install them as root and try again (apt's words are in .tools.log)." >&2
        exit 1
    fi
    rm -f .tools.log
fi

fetch() { # package@version sha512
    if [ -d ".tools/$1/package" ]; then return; fi
    echo "Fetching $1 from npm (once)"
    folder=$(mktemp -d)
    if ! (cd "$folder" && npm pack --silent "$1" > /dev/null 2>&1); then
        echo "The tests need $1 from npm, and npm could not fetch it." >&2
        exit 1
    fi
    archive=$(ls "$folder"/*.tgz)
    if ! echo "$2  $archive" | sha512sum --check --quiet > /dev/null 2>&1; then
        echo "$1 from npm is not what it was when it was chosen (its hash differs); not used." >&2
        exit 1
    fi
    mkdir -p ".tools/$1"
    tar -xzf "$archive" -C ".tools/$1"
    rm -r "$folder"
}

fetch $axe $axe_sha512
fetch $vnu $vnu_sha512
