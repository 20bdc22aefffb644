#!/usr/bin/env bash
# Package: golang-1.26-go 1.26.10-1 (Debian 14, "forky").
#
# The information that `go build` writes into a program, and that `go version -m` shows, has the flags that it was built with. With -trimpath
# -ldflags is not among them, while -gcflags, -asmflags and -tags are there as before. Two programs whose -ldflags differ are different files,
# and their information is the same.
#
# The guess that is wrong: the information tells how a program was built, so that it can be built again and compared; -trimpath is about paths
# of the machine, and a flag that holds no path stays.
#
# Why it matters: programs for images are built with -trimpath, since that is what makes them the same everywhere, and with -ldflags "-s -w -X
# main.version=1.2.3". Whoever checks by `go version -m` how a release was made, or writes its provenance from that, misses just this flag.
source "$(dirname "$0")/shared/go.sh"

EXPECTED='without -trimpath: -gcflags=-N -ldflags="-X main.Version=1.2.3" -tags=netgo
with -trimpath: -gcflags=-N -tags=netgo -trimpath=true
another version with -trimpath: -gcflags=-N -tags=netgo -trimpath=true
programs: 1.2.3, 4.5.6'

module app
# flags PROGRAM VERSION [FLAG]: the flags that its information has.
flags() {
    go build -C app -o "$work/$1" -tags netgo -gcflags=-N -ldflags "-X main.Version=$2" "${@:3}" .
    go version -m "$1" | sed -n 's/^\tbuild\t\(-.*\)/\1/p' | grep -vE '^-(buildmode|compiler)=' | paste -sd' '
}
seen="without -trimpath: $(flags plain 1.2.3)
with -trimpath: $(flags trimmed 1.2.3 -trimpath)
another version with -trimpath: $(flags other 4.5.6 -trimpath)"
finish "$seen
programs: $(./trimmed 2>&1), $(./other 2>&1)"
