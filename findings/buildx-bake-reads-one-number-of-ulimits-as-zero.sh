#!/usr/bin/env bash
# Packages: docker-buildx 0.29.1+ds1-4, docker-compose 2.40.3-3 (Debian 14, "forky"); neither needs a daemon here.
#
# `ulimits: { nofile: 4096 }` below `build` of a Compose file, one number for both limits, is nofile=0:0 for `docker buildx bake`. Written as
# { soft: 4096, hard: 4096 } it is right, and `docker compose build` reads both forms.
#
# The guess that is wrong: the two forms of a limit, which the specification of Compose files has side by side, are one to a program that reads
# the file with the library of Compose.
#
# Why it matters: the limit is set because a compiler or a package manager opens many files. Bake asks for none instead, and whoever reads that
# files cannot be opened does not look for it in the line that asks for more of them.
source "$(dirname "$0")/shared/bake.sh"

EXPECTED='bake, one number: ["nofile=0:0"]
bake, soft and hard: ["nofile=4096:4096"]
compose, one number: ["nofile=4096"]'

get_forky docker-compose=2.40.3-3
compose() { printf 'services:\n  app:\n    build:\n      context: .\n      ulimits: { nofile: %s }\n' "$1"; }
compose 4096 >one.yaml
compose '{ soft: 4096, hard: 4096 }' >two.yaml
finish "bake, one number: $(bake .target.app.ulimits -f one.yaml)
bake, soft and hard: $(bake .target.app.ulimits -f two.yaml)
compose, one number: $(usr/libexec/docker/cli-plugins/docker-compose -f one.yaml build --print | jq -c .target.app.ulimits)"
