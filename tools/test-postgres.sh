#!/bin/sh
# Run the tests on a PostgreSQL of their own, in a folder that is thrown away.
# Usage: tools/test-postgres.sh [arguments for pytest]
set -eu

find_server() { ls -d /usr/lib/postgresql/*/bin 2> /dev/null | sort -V | tail -n 1; }

bin=$(find_server)
if [ -z "$bin" ]; then
    echo "Installing postgresql with apt (once)"
    as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
    if ! { as_root apt-get -qq update &&
        DEBIAN_FRONTEND=noninteractive as_root apt-get -qq install -y --no-install-recommends postgresql; } > .tools.log 2>&1
    then
        echo "These tests need Debian's package postgresql, and apt could not install it; install it as root and try again (apt's words are in .tools.log)." >&2
        exit 1
    fi
    rm -f .tools.log
    bin=$(find_server)
fi

place=$(mktemp -d)
if [ "$(id -u)" = 0 ]; then # PostgreSQL does not run as root
    chown postgres "$place"
    server() { runuser -u postgres -- "$@"; }
else
    server() { "$@"; }
fi
stop() {
    server "$bin/pg_ctl" --silent --mode=immediate --pgdata="$place/data" stop > /dev/null 2>&1 || true
    rm -rf "$place"
}
trap stop EXIT INT TERM

cd "$place" # a folder that the server's user may enter
server "$bin/initdb" --username=portal --auth=trust --encoding=UTF8 --locale=C.UTF-8 --pgdata="$place/data" > /dev/null
server "$bin/pg_ctl" --silent --wait --pgdata="$place/data" --log="$place/log" \
    --options="-k $place -c listen_addresses='' -c fsync=off -c full_page_writes=off -c max_connections=200 -c autovacuum=off" start
cd - > /dev/null

TEST_SERVER="postgresql+psycopg://portal@/postgres?host=$place" \
    .venv/bin/python -m pytest -q -m "${MARKS:-not sqlite}" "$@"
