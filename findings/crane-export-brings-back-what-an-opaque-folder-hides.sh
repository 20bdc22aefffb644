#!/usr/bin/env bash
# Packages: crane 0.20.7+ds1-5 (Debian 14, "forky"; go-containerregistry), docker-registry and umoci 0.4.7+ds-3+b7 (Debian 12).
#
# `crane export` and `crane flatten` know the whiteout of one name (.wh.x) and not that of a folder's whole content (.wh..wh..opq, "opaque
# whiteout" in image-spec): a file that a lower layer has below such a folder is in the export, and in the flattened image. The exit code is 0.
# The same deletion written name by name is followed. umoci follows both.
#
# The guess that is wrong: the two forms are one thing for a reader; image-spec says that implementations must accept both.
#
# Why it matters: builders on overlay file systems write the opaque form where a folder was deleted and made again (`rm -rf cache && mkdir
# cache`). What the image's author removed for its size or its content is there again in the one layer that was to be smaller.
source "$(dirname "$0")/shared/crane.sh"

EXPECTED='whiteout by name, umoci: d/new
whiteout by name, crane export: d/new
opaque whiteout, umoci: d/new
opaque whiteout, crane export: d/new d/old
opaque whiteout, crane flatten: d/new d/old'

get_crane
get_umoci
mkdir -p base/d name/d opaque/d
touch base/d/old name/d/.wh.old name/d/new opaque/d/.wh..wh..opq opaque/d/new
layers name base name
layers opaque base opaque
crane flatten "localhost:$port/example/app:opaque" -t "localhost:$port/example/app:flat" >/dev/null

files() { (cd "$1" && find d -type f | sort | paste -sd' '); }
by_umoci() { unpack "$1" "umoci-$1"; files "umoci-$1"; }
by_crane() { export_to "$1" "crane-$1"; files "crane-$1"; }
finish "whiteout by name, umoci: $(by_umoci name)
whiteout by name, crane export: $(by_crane name)
opaque whiteout, umoci: $(by_umoci opaque)
opaque whiteout, crane export: $(by_crane opaque)
opaque whiteout, crane flatten: $(by_crane flat)"
