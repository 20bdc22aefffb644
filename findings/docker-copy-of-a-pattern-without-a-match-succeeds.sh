#!/usr/bin/env bash
# Packages: docker.io 28.5.2+dfsg4-5 (BuildKit inside), docker-buildx 0.29.1+ds1-4 (Debian forky). Needs root and mmdebstrap; a minute or two.
#
# `COPY *.jar /app/` in a context without such a file succeeds and copies nothing, without a warning; it does not make /app either. COPY of a name without a
# wildcard that is missing ends the build. It is the same with ADD, and with a pattern beside a name that is there.
#
# The guess that is wrong: a source that is not there is an error in either form, as it is for cp in a shell, and for podman build.
#
# Why it matters: the pattern is how people name a build's output whose version is in its name. The day on which the build writes elsewhere, or .dockerignore
# takes it away, the image is made without the program, is pushed, and fails when it is started.
source "$(dirname "$0")/shared/docker.sh"

EXPECTED='COPY app.jar /app/: not found
COPY *.jar /app/: builds, files:
ADD *.jar /app/: builds, files:
COPY Dockerfile *.jar /app/: builds, files: /app /app/Dockerfile'

check() {
    printf '%s\n' 'FROM scratch' "$1" >"$context/Dockerfile"
    if build; then echo "$1: builds, files:$(find "$out" -mindepth 1 -printf ' /%P')"; else echo "$1: $(grep -m 1 -o 'not found' "$work/build.log")"; fi
}

seen=$(check 'COPY app.jar /app/'; check 'COPY *.jar /app/'; check 'ADD *.jar /app/'; check 'COPY Dockerfile *.jar /app/')
finish "$seen"
