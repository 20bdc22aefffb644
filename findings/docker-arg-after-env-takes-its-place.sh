#!/usr/bin/env bash
# Packages: docker.io 28.5.2+dfsg4-5 (BuildKit inside), buildah 1.43.2+ds1-3+b1 (both Debian forky). Needs root and mmdebstrap; a minute or two.
#
# An ARG that stands behind an ENV of its name, in its stage or in the one that the stage stands on, takes its place from there on in BuildKit's
# builds: LABEL, COPY, ENV and the rest see the argument's default, or the value of --build-arg. Without both they see the ENV. The image's
# variable stays what it was. In buildah's builds the ENV counts always.
#
# The guess that is wrong: variables that ENV set go before arguments of the same name, always, as the Dockerfile reference says it of them.
#
# Why it matters: a base image sets VERSION, and a Dockerfile on it has ARG VERSION with a default for itself. The image's variable and what
# was built from ${VERSION} (a label, the name of a file) have two values in one image, and the other builder gives one.
source "$(dirname "$0")/shared/docker-and-buildah.sh"

EXPECTED='ENV v=env, ARG v: Docker env env; buildah env env
ENV v=env, ARG v=arg: Docker env arg; buildah env env
ARG v=arg, ENV v=env: Docker env env; buildah env env
FROM base with ENV v=env, ARG v=arg: Docker env arg; buildah env env'

# show: the image's variable, and the label that was made of it.
show() { jq -r '"\(.Env[] | select(startswith("v=")) | ltrimstr("v=")) \(.Labels.seen)"' <<<"$config"; }
check() {
    dockerfile 'FROM scratch AS base' "${@:2}" 'LABEL seen=$v'
    both "$1" show
}
finish "$(
    check 'ENV v=env, ARG v' 'ENV v=env' 'ARG v'
    check 'ENV v=env, ARG v=arg' 'ENV v=env' 'ARG v=arg'
    check 'ARG v=arg, ENV v=env' 'ARG v=arg' 'ENV v=env'
    check 'FROM base with ENV v=env, ARG v=arg' 'ENV v=env' 'FROM base' 'ARG v=arg'
)"
