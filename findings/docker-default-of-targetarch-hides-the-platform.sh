#!/usr/bin/env bash
# Packages: docker.io 28.5.2+dfsg4-5 (BuildKit inside), docker-buildx 0.29.1+ds1-4 (Debian forky). Needs root and mmdebstrap; a minute or two.
#
# `ARG TARGETARCH=amd64` is amd64 in a build for linux/arm64: a default that the Dockerfile writes goes before the value that BuildKit has for the platform, in a
# stage as well as above the first FROM. Without the default it is arm64. Nothing is said, and `docker build --check` finds nothing.
#
# The guess that is wrong: a default is for the case in which nobody gives a value; the platform's arguments have one in every build, and a default is for
# builders that lack them.
#
# Why it matters: the default is written for just those builders (docker build before BuildKit), or for a linter that wants one. The image for arm64 is then made
# of the programs for amd64 that the argument selects, and the index says arm64.
source "$(dirname "$0")/shared/docker.sh"

EXPECTED='ARG TARGETARCH: arm64
ARG TARGETARCH=amd64 above FROM: amd64
ARG TARGETARCH=amd64, --build-arg TARGETARCH=s390x: s390x
ARG TARGETARCH=amd64: amd64
check: Check complete, no warnings found.'

# check TEXT ABOVE IN-THE-STAGE OPTION...
check() {
    printf '%s\n' "$2" 'FROM scratch' "$3" 'COPY <<EOF /arch' '$TARGETARCH' EOF >"$context/Dockerfile"
    build --platform linux/arm64 "${@:4}" || { cat "$work/build.log" >&2; exit 2; }
    echo "$1: $(cat "$out/arch")"
}

seen=$(
    check 'ARG TARGETARCH' '' 'ARG TARGETARCH'
    check 'ARG TARGETARCH=amd64 above FROM' 'ARG TARGETARCH=amd64' 'ARG TARGETARCH'
    check 'ARG TARGETARCH=amd64, --build-arg TARGETARCH=s390x' '' 'ARG TARGETARCH=amd64' --build-arg TARGETARCH=s390x
    check 'ARG TARGETARCH=amd64' '' 'ARG TARGETARCH=amd64'
)
finish "$seen
check: $(docker build --check --platform linux/arm64 /context 2>&1 | grep -E '^(Check|WARNING)')"
