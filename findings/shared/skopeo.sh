# skopeo of Debian 12, unpacked into the temporary folder that another script made; sourced, never run.
# shellcheck shell=bash

# get_skopeo: skopeo is there then, in the current folder.
get_skopeo() {
    mkdir skopeo-packages
    (cd skopeo-packages && apt-get -o APT::Sandbox::User=root download -qq skopeo=1.9.3+ds1-1+b10 libassuan0 libdevmapper1.02.1 libgpgme11 >/dev/null)
    for package in skopeo-packages/*.deb; do dpkg-deb -x "$package" .; done
    echo '{ "default": [{ "type": "insecureAcceptAnything" }] }' >policy.json
}

skopeo() { LD_LIBRARY_PATH=$work/usr/lib/$(uname -m)-linux-gnu:$work/lib/$(uname -m)-linux-gnu "$work/usr/bin/skopeo" --policy "$work/policy.json" "$@"; }
