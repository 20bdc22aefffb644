# skopeo of Debian 12, unpacked into the temporary folder that another script made; sourced, never run.
# shellcheck shell=bash

# get_skopeo: skopeo is there then, in the current folder.
get_skopeo() {
    mkdir skopeo-packages
    (cd skopeo-packages && apt-get -o APT::Sandbox::User=root download -qq skopeo=1.9.3+ds1-1+b10 libassuan0 libdevmapper1.02.1 libgpgme11 >/dev/null)
    for package in skopeo-packages/*.deb; do dpkg-deb -x "$package" .; done
    echo '{ "default": [{ "type": "insecureAcceptAnything" }] }' >policy.json
}

# save_image NAME CONFIGURATION: an image of one empty layer, as docker save writes it, in the folder saved and as saved.tar.
save_image() {
    mkdir empty saved
    tar -C empty -cf saved/layer.tar .
    printf '{"architecture":"amd64","os":"linux","config":%s,"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
        "$2" "$(sha256sum saved/layer.tar | cut -d' ' -f1)" >saved/config.json
    printf '[{"Config":"config.json","RepoTags":["%s"],"Layers":["layer.tar"]}]' "$1" >saved/manifest.json
    tar -C saved -cf saved.tar .
}

skopeo() { LD_LIBRARY_PATH=$work/usr/lib/$(uname -m)-linux-gnu:$work/lib/$(uname -m)-linux-gnu "$work/usr/bin/skopeo" --policy "$work/policy.json" "$@"; }
