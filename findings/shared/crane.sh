# crane of Debian forky, and the registry for images of several layers; sourced, never run.
# shellcheck shell=bash
source "$(dirname "${BASH_SOURCE[0]}")/forky.sh"
source "$(dirname "${BASH_SOURCE[0]}")/registry.sh"

# get_crane: crane is there then, and the registry answers.
get_crane() {
    get_forky crane=0.20.7+ds1-5
    start
}

crane() { "$work/usr/bin/crane" "$@" 2>>crane.log || { cat crane.log >&2; return 2; }; }

# layers TAG FOLDER...: pushes an image of a layer for each folder.
layers() {
    local folder base=(--oci-empty-base) name=localhost:$port/example/app:$1
    for folder in "${@:2}"; do
        tar -C "$folder" --owner=0 --group=0 --sort=name -cf "$folder.tar" .
        crane append "${base[@]}" -f "$folder.tar" -t "$name" >/dev/null
        base=(-b "$name")
    done
}

# export_to TAG FOLDER: what crane exports, unpacked.
export_to() {
    crane export "localhost:$port/example/app:$1" exported.tar
    mkdir "$2"
    tar -C "$2" -xf exported.tar
}

# get_umoci: umoci of Debian 12 is there then.
get_umoci() {
    apt-get -o APT::Sandbox::User=root download -qq umoci=0.4.7+ds-3+b7 >/dev/null
    mkdir umoci-files
    dpkg-deb -x umoci_*.deb umoci-files
}

# unpack TAG FOLDER: the image's files as umoci unpacks them.
unpack() {
    crane pull --format=oci "localhost:$port/example/app:$1" "layout-$1"
    jq -c '.manifests[0].annotations = { "org.opencontainers.image.ref.name": "one" }' "layout-$1/index.json" >index.json
    cp index.json "layout-$1/index.json"
    umoci-files/usr/bin/umoci raw unpack --image "layout-$1:one" "$2" >umoci.log 2>&1 || { cat umoci.log >&2; return 2; }
}
