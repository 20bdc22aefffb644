#!/usr/bin/env bash
# Packages: buildah 1.43.2+ds1-3+b1, docker.io 28.5.2+dfsg4-5 to compare (both Debian forky). Needs root and mmdebstrap; a minute or two.
#
# `EXPOSE 90-92/udp` is one entry "90-92/udp" in the configuration of buildah's image, and `EXPOSE 80/TCP` is "80/TCP". Docker writes an entry
# for each port, in small letters. Nothing is said.
#
# The guess that is wrong: what EXPOSE takes is turned into what a configuration may have. image-spec knows port/tcp, port/udp and port, and no
# ranges.
#
# Why it matters: the text of the instruction goes on into the image, and into whatever reads its ports as numbers (a proxy, a chart, a test's
# helper that asks which port to wait for). An image that has 80/tcp of its base and gets 80/TCP has both.
source "$(dirname "$0")/shared/docker-and-buildah.sh"

EXPECTED='90: Docker 80/tcp 90/tcp; buildah 80/tcp 90/tcp
90-92/udp: Docker 80/tcp 90/udp 91/udp 92/udp; buildah 80/tcp 90-92/udp
80/TCP: Docker 80/tcp; buildah 80/TCP 80/tcp'

show() { jq -r '.ExposedPorts | keys | join(" ")' <<<"$config"; }
check() {
    dockerfile 'FROM scratch' 'EXPOSE 80' "EXPOSE $1"
    both "$1" show
}
finish "$(check 90; check 90-92/udp; check 80/TCP)"
