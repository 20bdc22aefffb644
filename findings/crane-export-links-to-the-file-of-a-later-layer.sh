#!/usr/bin/env bash
# Packages: crane 0.20.7+ds1-5 (Debian 14, "forky"; go-containerregistry), docker-registry and umoci 0.4.7+ds-3+b7 (Debian 12).
#
# A layer has one file with two names, f and g (a hard link). A later layer replaces f, or deletes it. In the image g has the old content. In
# what `crane export` writes, g is a link to f: it has the content of the new f, or where f was deleted the archive cannot be unpacked, since
# it links to a name that it has not. The exit code is 0. `crane flatten` makes a layer of the same entries. umoci unpacks the image right.
#
# The guess that is wrong: an export has the files that a container of the image has. The names are looked at layer by layer, and so
# are links, whose targets are those of their own layer.
#
# Why it matters: packages have hard links (git, perl, time zones, busybox), and images patch or remove one of the names. An export is what
# scanners look at and what is started without a container; it has a program in a place where the image has another one.
source "$(dirname "$0")/shared/crane.sh"

EXPECTED='f replaced, umoci: f new, g old
f replaced, crane export: f new, g new
f replaced, crane flatten: f new, g new
f deleted, umoci: g old
f deleted, crane export: g link to ./f'

get_crane
get_umoci
mkdir one replace delete
echo old >one/f
ln one/f one/g
echo new >replace/f
touch delete/.wh.f
layers replaced one replace
layers deleted one delete
crane flatten "localhost:$port/example/app:replaced" -t "localhost:$port/example/app:flat" >/dev/null
crane export "localhost:$port/example/app:deleted" deleted.tar

contents() { (cd "$1" && for name in *; do echo "$name $(cat "$name")"; done) | paste -sd, | sed 's/,/, /g'; }
by_umoci() { unpack "$1" "umoci-$1"; contents "umoci-$1"; }
by_crane() { export_to "$1" "crane-$1"; contents "crane-$1"; }
finish "f replaced, umoci: $(by_umoci replaced)
f replaced, crane export: $(by_crane replaced)
f replaced, crane flatten: $(by_crane flat)
f deleted, umoci: $(by_umoci deleted)
f deleted, crane export: $(tar -tvf deleted.tar | sed -n 's/.* \(g.*\)/\1/p')"
