#!/usr/bin/env bash
# Package: golang-1.26-go 1.26.10-1 (Debian 14, "forky").
#
# A program that is built from a vendor folder has the names and versions of its modules in it, without the checksums (h1:...) that the same
# program has when it is built from the module cache, although go.sum is there. So the two are not the same file, with -trimpath too. With
# `go build -mod=mod` beside the vendor folder they are.
#
# The guess that is wrong: vendoring changes where the sources are read, and nothing of the program that is made from them; what go.sum says of
# a module is known either way.
#
# Why it matters: bills of materials of images are read out of programs, and the checksum is what ties a module to its content. And a build is
# compared with that of somebody who does not vendor (a distribution, a customer, the developer's machine): the digests differ for no change.
source "$(dirname "$0")/shared/go.sh"

EXPECTED='module cache: example.com/lib v1.0.0 with checksum
vendor: example.com/lib v1.0.0 without checksum
vendor and -mod=mod: example.com/lib v1.0.0 with checksum
same file: module cache and -mod=mod'

# The module example.com/lib, in a proxy that is a folder.
version=proxy/example.com/lib/@v/v1.0.0
mkdir -p "$(dirname "$version")" example.com/lib@v1.0.0
printf 'module example.com/lib\n\ngo 1.26\n' | tee "$version.mod" >example.com/lib@v1.0.0/go.mod
printf 'package lib\n\nfunc Hello() { println("hello") }\n' >example.com/lib@v1.0.0/lib.go
echo '{ "Version": "v1.0.0", "Time": "2026-01-01T00:00:00Z" }' >"$version.info"
cat >zip.go <<'PROGRAM'
package main

import (
	"archive/zip"
	"io"
	"os"
)

func main() {
	archive := zip.NewWriter(os.Stdout)
	for _, name := range os.Args[1:] {
		content, _ := os.ReadFile(name)
		file, _ := archive.Create(name)
		io.WriteString(file, string(content))
	}
	archive.Close()
}
PROGRAM
go run zip.go example.com/lib@v1.0.0/go.mod example.com/lib@v1.0.0/lib.go >"$version.zip"
export GOPROXY=file://$work/proxy

module app
printf 'package main\n\nimport "example.com/lib"\n\nfunc main() { lib.Hello() }\n' >app/main.go
go -C app get example.com/lib@v1.0.0 2>/dev/null

# modules PROGRAM [FLAG]: builds it; its modules.
modules() {
    go build -C app -trimpath -o "$work/$1" "${@:2}" .
    go version -m "$1" | awk '$1 == "dep" { print $2, $3, ($4 ~ /^h1:/ ? "with" : "without") " checksum" }'
}
seen="module cache: $(modules cached)"
go mod vendor -C app
seen+="
vendor: $(modules vendored)
vendor and -mod=mod: $(modules both -mod=mod)"
finish "$seen
same file: $(cmp -s cached vendored && echo "module cache and vendor, ")$(cmp -s cached both && echo "module cache and -mod=mod")"
