#!/usr/bin/env bash
# Package: golang-1.26-go 1.26.10-1 (Debian 14, "forky"); git of the machine.
#
# `go build` writes the version of the commit into the program: that of a tag, or v0.0.0-TIME-COMMIT where there is none. It keeps the answer in
# the module cache (GOMODCACHE), by the commit. Where the same commit gets the tag v1.2.3 afterwards, each later build with that module cache
# writes v0.0.0-TIME-COMMIT as before, also from another clone and with an empty build cache. With an empty module cache it writes v1.2.3.
#
# The guess that is wrong: the version is read from the checkout each time, as vcs.revision and vcs.modified are; the module cache holds modules
# that were downloaded, and can be kept between builds as such.
#
# Why it matters: a commit is built and tested first and tagged for its release then, and pipelines and image builds keep the module cache. The
# release says of itself that it is v0.0.0, on the machine that built the commit before, and v1.2.3 on any other: the same commit, two programs.
source "$(dirname "$0")/shared/go.sh"

EXPECTED='before the tag: v0.0.0-TIME-COMMIT
tagged: v0.0.0-TIME-COMMIT
tagged, another clone: v0.0.0-TIME-COMMIT
tagged, empty build cache: v0.0.0-TIME-COMMIT
tagged, empty module cache: v1.2.3'

module checkout
repository checkout
git -C checkout tag -d v1.2.3 >/dev/null

# version FOLDER
version() {
    go build -C "$1" -o "$work/program" .
    go version -m program | awk '$1 == "mod" { print $3 }' | sed -E 's/^v0\.0\.0-[0-9]{14}-[0-9a-f]{12}$/v0.0.0-TIME-COMMIT/'
}
seen="before the tag: $(version checkout)"
git -C checkout tag v1.2.3
git clone -q checkout clone
finish "$seen
tagged: $(version checkout)
tagged, another clone: $(version clone)
tagged, empty build cache: $(GOCACHE=$work/other-cache version clone)
tagged, empty module cache: $(GOMODCACHE=$work/other-modules version clone)"
