#!/usr/bin/env bash
# Package: docker-buildx 0.29.1+ds1-4 (Debian 14, "forky"); needs no daemon here.
#
# A variable of a bake file whose default is a number takes its value from the environment as a number, also where it goes into a text: with
# `variable "BUILD" { default = 0 }` and BUILD=20261129.10 the tag "app:${BUILD}" is app:20261129.1. So is 1.10, 1.1; and 007 is 7. With
# default = "0", or without a default, it is the text that was given.
#
# The guess that is wrong: an environment variable is a text and goes into a text unchanged; a default is for when there is none.
#
# Why it matters: 20261129.10 is what a build of Azure Pipelines is called by default. Every tenth build is pushed over the first one of that
# day, and every twentieth over the second.
source "$(dirname "$0")/shared/bake.sh"

EXPECTED='20261129.9: app:20261129.9, as text app:20261129.9
20261129.10: app:20261129.1, as text app:20261129.10
1.10: app:1.1, as text app:1.10
007: app:7, as text app:007'

cat >docker-bake.hcl <<'BAKE'
variable "BUILD" { default = 0 }
variable "TEXT" { default = "0" }
target "number" { tags = ["app:${BUILD}"] }
target "text" { tags = ["app:${TEXT}"] }
BAKE
tags() { echo "$1: $(BUILD=$1 TEXT=$1 bake '.target | "\(.number.tags[0]), as text \(.text.tags[0])"' number text)"; }
finish "$(tags 20261129.9; tags 20261129.10; tags 1.10; tags 007)"
