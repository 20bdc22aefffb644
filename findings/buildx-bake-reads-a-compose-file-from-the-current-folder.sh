#!/usr/bin/env bash
# Packages: docker-buildx 0.29.1+ds1-4, docker-compose 2.40.3-3 (Debian 14, "forky"); neither needs a daemon here.
#
# `docker buildx bake -f deploy/compose.yaml` takes the build contexts of the file, and the .env beside it, from the folder in which it is run:
# `context: app` is ./app, not deploy/app, and ${TAG} that deploy/.env sets is empty, so the image is called "example/app:". The exit code
# of --print is 0, and the empty variable a warning. `docker compose -f deploy/compose.yaml` takes both from the folder of the file.
#
# The guess that is wrong: a Compose file that is named by its path means what it means to Compose, whose paths are relative to the file.
#
# Why it matters: pipelines run at the root of the repository, and name the file. Where the root has a folder of that name too, it is built
# from that one and nothing fails.
source "$(dirname "$0")/shared/bake.sh"

EXPECTED='bake, in the folder: ["example/app:1.0"], context app
bake, from above: ["example/app:"], context app
compose, in the folder: ["example/app:1.0"], context deploy/app
compose, from above: ["example/app:1.0"], context deploy/app'

get_forky docker-compose=2.40.3-3
mkdir -p deploy/app
echo TAG=1.0 >deploy/.env
printf 'services:\n  app:\n    image: example/app:${TAG}\n    build: app\n' >deploy/compose.yaml
buildx=$work/usr/libexec/docker/cli-plugins/docker-buildx compose=$work/usr/libexec/docker/cli-plugins/docker-compose

show() { jq -r '.target.app | "\(.tags | tojson), context \(.context)"' | sed "s|$work/||"; }
finish "bake, in the folder: $(cd deploy && "$buildx" bake -f compose.yaml --print 2>/dev/null | show)
bake, from above: $("$buildx" bake -f deploy/compose.yaml --print 2>/dev/null | show)
compose, in the folder: $(cd deploy && "$compose" -f compose.yaml build --print 2>/dev/null | show)
compose, from above: $("$compose" -f deploy/compose.yaml build --print 2>/dev/null | show)"
