#!/usr/bin/env bash
# Package: golang-1.26-go 1.26.10-1 (Debian 14, "forky"); git of the machine.
#
# `go build` of a clean checkout at the tag v1.2.3 writes v1.2.3 into the program. Where a file of the commit is missing, any file, a README
# that is no part of the program too, it writes v1.2.3+dirty, and vcs.modified=true. A file that is there and not in the commit does the same:
# the program itself, when -o put it into the folder before.
#
# The guess that is wrong: the version is that of the sources of the program, so files that Go does not read count for nothing; and a build that
# is run twice writes the same program.
#
# Why it matters: .dockerignore takes documents, pipelines and the Dockerfile itself out of the build context, and lets .git in for this
# version's sake. Every image of a release then says +dirty, and tools that read the version (go version -m, scanners) match no release.
source "$(dirname "$0")/shared/go.sh"

EXPECTED='whole checkout: v1.2.3, modified=false
again, without changes: v1.2.3, modified=false
README.md left out: v1.2.3+dirty, modified=true
first build with -o into the folder: v1.2.3, modified=false
second build with -o into the folder: v1.2.3+dirty, modified=true'

module checkout
echo text >checkout/README.md
repository checkout
cp -r checkout context
rm context/README.md

# stamp FOLDER PROGRAM
stamp() {
    go build -C "$1" -o "$2" .
    go version -m "$2" | awk '$1 == "mod" { version = $3 } $2 ~ /^vcs.modified=/ { sub("vcs.", "", $2); print version ", " $2 }'
}
finish "whole checkout: $(stamp checkout "$work/first")
again, without changes: $(stamp checkout "$work/first")
README.md left out: $(stamp context "$work/second")
first build with -o into the folder: $(stamp checkout "$work/checkout/app")
second build with -o into the folder: $(stamp checkout "$work/checkout/app")"
