# podman of Debian 12 in a temporary folder, with a store of its own and a program for images that stand on scratch; sourced, never run.
# shellcheck shell=bash
set -euo pipefail

[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 2; }
work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf --one-file-system "$work"' EXIT

cd "$work"
apt-get -o APT::Sandbox::User=root download -qq podman=4.3.1+ds1-8+deb12u1+b3 golang-github-containers-common=0.50.1+ds1-4 \
    golang-github-containers-image=5.23.1-4 busybox-static=1:1.35.0-4+deb12u1+b1 \
    libassuan0 libdevmapper1.02.1 libgpgme11 libseccomp2 libsubid4 >/dev/null
for package in ./*.deb; do dpkg-deb -x "$package" .; done
mkdir context
cp bin/busybox context/busybox

podman() { LD_LIBRARY_PATH=$work/usr/lib/$(uname -m)-linux-gnu:$work/lib/$(uname -m)-linux-gnu "$work/usr/bin/podman" --root "$work/store" --runroot "$work/run" --storage-driver vfs --cgroup-manager cgroupfs "$@"; }

# build NAME: builds the folder context; NAME/ is the image's files then.
build() {
    podman build --quiet --layers --isolation chroot --signature-policy "$work/etc/containers/policy.json" -t "$1" context >build.log 2>&1 || { cat build.log >&2; exit 2; }
    ln -sfn "$(podman image mount "$1")" "$work/$1"
}
