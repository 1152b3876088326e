#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A throw-away PostgreSQL for tests and measurements, on 127.0.0.1 and a socket in DIR, without
# passwords.
#   pg.sh start DIR PORT [quick]
#                          makes a cluster in DIR if there is none, starts it; prints the URL
#   pg.sh stop DIR         stops it; the files stay
#   pg.sh crash DIR        the same at once, as when the power goes: the next start recovers
#   pg.sh url DIR PORT     prints the URL, for SOUK_TEST_PG or SOUK_DB
# As root it runs as the user postgres, who must be able to reach DIR. What is written is durable
# (fsync is on), so that figures mean something; not so with `quick`, which waits for no disk: what
# was committed then outlives a crash of PostgreSQL, but not one of the machine.
set -eu

die() {
    echo "pg.sh: $*" >&2
    exit 1
}

usage() {
    sed -n '5,9s/^#   //p' "$0" >&2
    exit 2
}

# The newest installed version.
bin() {
    for found in /usr/lib/postgresql/*/bin; do
        [ -x "$found/initdb" ] && echo "$found"
    done | sort -V | tail -n 1
}

as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        if command -v runuser >/dev/null; then
            runuser -u postgres -- "$@"
        else
            su postgres -s /bin/sh -c 'exec "$@"' -- sh "$@"
        fi
    else
        "$@"
    fi
}

settings() {
    cat <<SETTINGS
listen_addresses = '127.0.0.1'
unix_socket_directories = '$socket'
port = $1
max_connections = 200
shared_buffers = 64MB
max_wal_size = 1GB
max_wal_senders = 0
wal_level = minimal
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
SETTINGS
    [ "$mode" != quick ] || printf '%s\n' 'fsync = off' 'full_page_writes = off'
}

create() {
    mkdir -p "$dir"
    chmod 755 "$dir"
    [ "$(id -u)" -ne 0 ] || chown postgres "$dir"
    cd "$dir"
    as_owner "$bin/initdb" -D data -U postgres -A trust -E UTF8 --locale=C.UTF-8 >initdb.log 2>&1 ||
        die "initdb failed: $(tail -n 3 initdb.log)"
}

start() {
    [ -f "$dir/data/PG_VERSION" ] || create
    cd "$dir"
    socket=$dir
    [ ${#dir} -le 80 ] || socket='' # a socket's path has 107 bytes at most
    settings "$port" >souk.conf
    [ "$(id -u)" -ne 0 ] || chown postgres souk.conf
    grep -q souk.conf data/postgresql.conf ||
        echo "include = '../souk.conf'" >>data/postgresql.conf
    as_owner "$bin/pg_ctl" -D data status >/dev/null 2>&1 ||
        as_owner "$bin/pg_ctl" -D data -l "$dir/server.log" -w start >/dev/null ||
        die "does not start: $(tail -n 3 server.log)"
    psql="$bin/psql -h 127.0.0.1 -p $port -U postgres -X -q -A -t"
    [ "$($psql -c "SELECT 1 FROM pg_roles WHERE rolname = 'souk'")" ] ||
        $psql -c "CREATE ROLE souk LOGIN"
    [ "$($psql -c "SELECT 1 FROM pg_database WHERE datname = 'souk'")" ] ||
        $psql -c "CREATE DATABASE souk OWNER souk"
}

[ $# -ge 2 ] || usage
command=$1
dir=$2
port=${3:-}
mode=${4:-}
case $dir in
/*) ;;
*) dir=$PWD/$dir ;;
esac
bin=$(bin)
[ "$bin" ] || die "PostgreSQL is not installed"
case $command in
start)
    [ "$port" ] || usage
    start
    echo "postgres://souk@127.0.0.1:$port/souk"
    ;;
stop)
    cd "$dir"
    as_owner "$bin/pg_ctl" -D data -m fast -w stop >/dev/null
    ;;
crash)
    cd "$dir"
    as_owner "$bin/pg_ctl" -D data -m immediate -w stop >/dev/null
    ;;
url)
    [ "$port" ] || usage
    echo "postgres://souk@127.0.0.1:$port/souk"
    ;;
*) usage ;;
esac
