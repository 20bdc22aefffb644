#!/usr/bin/env bash
# Packages: buildah 1.43.2+ds1-3+b1, docker.io 28.5.2+dfsg4-5 to compare (both Debian forky). Needs root and mmdebstrap; a minute or two.
#
# In ENV, LABEL, COPY and so on buildah takes ${x##pattern} and ${x%%pattern}, the longest match, for ${x#pattern} and ${x%pattern}, the
# shortest: of x=a/b/c, ${x##*/} is b/c, not c, and ${x%%/*} is a/b, not a. And ${x#a/b/c}, whose pattern is the
# whole value, takes nothing away.
#
# The guess that is wrong: a builder that takes the longer form means the longer form by it, as the shell does and the Dockerfile reference
# says; one that lacks it says so, as buildah does of ${x^^}.
#
# Why it matters: ${IMAGE##*/} and ${VERSION%%.*} are how the name is taken from a path and the major number from a version. The build ends
# well with another label, or with COPY of another file where that is there.
source "$(dirname "$0")/shared/docker-and-buildah.sh"

EXPECTED='${x#*/}: Docker v=b/c; buildah v=b/c
${x##*/}: Docker v=c; buildah v=b/c
${x%/*}: Docker v=a/b; buildah v=a/b
${x%%/*}: Docker v=a; buildah v=a/b
${x#a/b/c}: Docker v=; buildah v=a/b/c
${x%a/b/c}: Docker v=; buildah v=
${x//b/d}: Docker v=a/d/c; buildah v=a/d/c'

show() { jq -r '.Env | map(select(startswith("PATH=") | not)) | join(" ")' <<<"$config"; }
check() {
    dockerfile 'FROM scratch' 'ARG x=a/b/c' "ENV v=$1"
    both "$1" show
}
finish "$(for value in '${x#*/}' '${x##*/}' '${x%/*}' '${x%%/*}' '${x#a/b/c}' '${x%a/b/c}' '${x//b/d}'; do check "$value"; done)"
