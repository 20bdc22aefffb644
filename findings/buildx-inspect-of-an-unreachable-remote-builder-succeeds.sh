#!/usr/bin/env bash
# Package: docker-buildx 0.29.1+ds1-4 (Debian 14, "forky"; Go program, needs no daemon). Twenty seconds.
#
# `docker buildx inspect NAME` of a builder with the driver "remote", whose daemon cannot be reached, ends with exit code 0 and prints "Status: inactive",
# with no word of why: the same as for a daemon that nobody has asked yet. Neither a socket that does not exist nor a port that nobody listens on is named.
#
# The guess that is wrong: an "inactive" builder is one that starts when it is used, as with the driver docker-container, and a builder that cannot be used
# is an error or has an "Error:" line, as one of the driver "docker" has whose daemon does not answer.
#
# Why it matters: `docker buildx inspect` is what pipelines ask before they build. For remote builders it says nothing: only `--bootstrap` or a build tries
# to connect, and then waits for twenty seconds.
set -euo pipefail

source "$(dirname "$0")/shared/buildx.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

get_buildx

EXPECTED='a socket that is not there: exit code 0, Status: inactive
a port that nobody listens on: exit code 0, Status: inactive'

export BUILDX_CONFIG=$work/buildx DOCKER_CONFIG=$work/docker DOCKER_HOST=unix://$work/none
buildx() { usr/libexec/docker/cli-plugins/docker-buildx "$@"; }

# inspect TEXT ADDRESS
inspect() {
    local code=0 output
    buildx create --name one --driver remote "$2" >/dev/null
    output=$(buildx inspect one 2>&1) || code=$?
    echo "$1: exit code $code, $(grep -oE 'Status: +.*|Error: +.*' <<<"$output" | tr -s ' ' | paste -sd' ')"
    buildx rm one >/dev/null 2>&1
}

seen=$(inspect 'a socket that is not there' "unix://$work/absent"; inspect 'a port that nobody listens on' tcp://127.0.0.1:1)
echo "$seen"
[ "$seen" = "$EXPECTED" ] || { echo 'This has changed.' >&2; exit 1; }
