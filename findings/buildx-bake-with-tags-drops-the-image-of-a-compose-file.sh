#!/usr/bin/env bash
# Packages: docker-buildx 0.29.1+ds1-4, docker-compose 2.40.3-3 (Debian 14, "forky"); neither needs a daemon here.
#
# `docker buildx bake` of a Compose file tags a service's image with `image`, unless `build.tags` lists further names: then with these alone,
# and the name in `image` is given to nothing. `docker compose build` of the same file gives it all names. Nothing is said.
#
# The guess that is wrong: `tags` are names in addition to `image`, as the specification of Compose files says of them, whoever reads the file.
#
# Why it matters: `image` is the name that `docker compose up` and a deployment pull. Adding a second name for the registry (the commit, the
# version) and building by bake pushes the new name and leaves the old one where it was: what is deployed is the image of before.
source "$(dirname "$0")/shared/bake.sh"

EXPECTED='bake, image: ["example/app:main"]
bake, image and tags: ["example/app:1.0"]
compose, image and tags: ["example/app:1.0","example/app:main"]'

get_forky docker-compose=2.40.3-3
printf 'services:\n  app:\n    image: example/app:main\n    build:\n      context: .\n' >plain.yaml
{ cat plain.yaml && printf '      tags: [ "example/app:1.0" ]\n'; } >tags.yaml
finish "bake, image: $(bake .target.app.tags -f plain.yaml)
bake, image and tags: $(bake .target.app.tags -f tags.yaml)
compose, image and tags: $(usr/libexec/docker/cli-plugins/docker-compose -f tags.yaml build --print | jq -c '.target.app.tags | sort')"
