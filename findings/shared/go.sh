# Go 1.26.10 of Debian forky in a temporary folder, without a network of its own; sourced, never run.
# shellcheck shell=bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/finish.sh"
source "$(dirname "${BASH_SOURCE[0]}")/forky.sh"

work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT
cd "$work"
get_forky golang-1.26-go=1.26.10-1 golang-1.26-src=1.26.10-1
export GOROOT=$work/usr/lib/go-1.26 GOPATH=$work/path GOCACHE=$work/cache GOTOOLCHAIN=local GOPROXY=off GOSUMDB=off GOENV=off CGO_ENABLED=0 GOFLAGS=
export PATH=$GOROOT/bin:$PATH GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null

# module FOLDER: a program of the module example.com/app there.
module() {
    mkdir "$1"
    printf 'module example.com/app\n\ngo 1.26\n' >"$1/go.mod"
    printf 'package main\n\nvar Version = "dev"\n\nfunc main() { println(Version) }\n' >"$1/main.go"
}

# repository FOLDER: its files are one commit with the tag v1.2.3 then.
repository() {
    git -C "$1" init -q
    git -C "$1" add .
    git -C "$1" -c user.name=somebody -c user.email=somebody@example.com commit -q -m one
    git -C "$1" tag v1.2.3
}
