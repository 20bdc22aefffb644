#!/usr/bin/env bash
# Package: podman 4.3.1+ds1-8+deb12u1+b3 (buildah 1.28 inside; Debian 12). Needs root; half a minute.
#
# `podman build` finds a RUN with `--mount=type=bind,source=f` in its cache although the file f changed between the builds: the image holds what the command
# made of the old file. With COPY f, and the same command, the second build runs again.
#
# The guess that is wrong: what a RUN reads through a bind mount of the context counts for the cache as what COPY takes does. BuildKit, whose flag it is, runs
# the command again.
#
# Why it matters: bind mounts in place of COPY are the advice for sources that need not be in a layer. Such a build ends well, and ships the program of yesterday.
source "$(dirname "$0")/shared/podman.sh"

EXPECTED='COPY f: one, then two
RUN --mount=type=bind,source=f: one, then one'

# check TEXT LINE...: builds with f "one", then "two".
check() {
    local text=$1
    printf '%s\n' 'FROM scratch' 'COPY busybox /busybox' "${@:2}" >context/Dockerfile
    echo one >context/f
    build first
    echo two >context/f
    build second
    echo "$text: $(cat first/made), then $(cat second/made)"
}

seen=$(
    check 'COPY f' 'COPY f /f' 'RUN ["/busybox", "cp", "/f", "/made"]'
    check 'RUN --mount=type=bind,source=f' 'RUN --mount=type=bind,source=f,target=/f ["/busybox", "cp", "/f", "/made"]'
)

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
