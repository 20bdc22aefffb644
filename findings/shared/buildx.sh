# buildx of Debian forky, unpacked into the temporary folder that another script made; sourced, never run.
# shellcheck shell=bash

# get_buildx: docker-buildx is there then, below the current folder.
get_buildx() {
    mkdir -p apt/lists/partial apt/archives/partial
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian forky main" >apt/sources
    local options=(-o Dir::Etc::SourceList="$work/apt/sources" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$work/apt/lists"
        -o Dir::Cache="$work/apt" -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false)
    apt-get "${options[@]}" update -qq >/dev/null
    apt-get "${options[@]}" download -qq docker-buildx=0.29.1+ds1-4 >/dev/null
    dpkg-deb -x docker-buildx_*.deb .
}
