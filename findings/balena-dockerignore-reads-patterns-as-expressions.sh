#!/usr/bin/env bash
# Packages: @balena/dockerignore 1.0.2 (npm), with docker.io 28.5.2+dfsg4-5 (Debian forky) to compare. Needs root and mmdebstrap; a minute or two.
#
# The library, "compatible with Docker" for tools of Node.js that send build contexts, and Docker leave out different files.
# ( ) { } + and | are ordinary characters for Docker; the library hands them to a regular expression: `page(1)` leaves page1 out and keeps
# page(1). It takes no notice of case: `README` leaves readme out. And `**.log` is any file that ends so, at any depth, for Docker; the library
# leaves out none.
#
# The guess that is wrong: a name without a wildcard in it names the file of that name; and two readers of one language differ at most in
# what its description leaves open.
#
# Why it matters: build contexts of Testcontainers for Node.js and others are made with it. A file that COPY names is missing, or one that was
# to stay out is sent and lands in an image, while `docker build` in the same folder is right.
source "$(dirname "$0")/shared/dockerignore.sh"

EXPECTED='*.txt: Docker README a.log d/b.log page(1) page1 readme; library README a.log d/b.log page(1) page1 readme
page(1): Docker README a.log d/b.log page1 readme; library README a.log d/b.log page(1) readme
README: Docker a.log d/b.log page(1) page1 readme; library a.log d/b.log page(1) page1
**.log: Docker README page(1) page1 readme; library README a.log d/b.log page(1) page1 readme'

files 'page(1)' page1 README readme a.log d/b.log
(cd "$work" && npm install --silent --no-audit --no-fund --ignore-scripts --prefix . @balena/dockerignore@1.0.2 >/dev/null)
cat >"$work/other.js" <<'PROGRAM'
const { readFileSync } = require('fs');
const names = readFileSync(0, 'utf8').trim().split('\n');
console.log(require('@balena/dockerignore')().add(readFileSync(process.argv[2], 'utf8')).filter(names).join('\n'));
PROGRAM
other() { (cd "$context" && find . -type f -printf '%P\n') | node "$work/other.js" "$context/.dockerignore"; }
finish "$(
    compare '*.txt'
    compare 'page(1)'
    compare README
    compare '**.log'
)"
