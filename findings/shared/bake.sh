# `buildx bake --print` of Debian forky in a temporary folder; needs no daemon; sourced, never run.
# shellcheck shell=bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/finish.sh"
source "$(dirname "${BASH_SOURCE[0]}")/buildx.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
get_buildx
export BUILDX_CONFIG=$work/buildx DOCKER_CONFIG=$work/docker DOCKER_HOST=unix://$work/none

# bake FILTER OPTION...: what jq makes of the definition that bake would build.
bake() {
    usr/libexec/docker/cli-plugins/docker-buildx bake --print "${@:2}" 2>bake.log >bake.json || { cat bake.log >&2; exit 2; }
    jq -cr "$1" bake.json
}
