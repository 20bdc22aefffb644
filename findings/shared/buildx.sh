# buildx of Debian forky, unpacked into the temporary folder that another script made; sourced, never run.
# shellcheck shell=bash
source "$(dirname "${BASH_SOURCE[0]}")/forky.sh"

# get_buildx: docker-buildx is there then, below the current folder.
get_buildx() { get_forky docker-buildx=0.29.1+ds1-4; }
