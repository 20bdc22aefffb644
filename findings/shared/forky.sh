# Packages of Debian forky, unpacked into the temporary folder that another script made; sourced, never run.
# shellcheck shell=bash

# get_forky PACKAGE=VERSION...: their files are there then, below the current folder.
get_forky() {
    mkdir -p apt/lists/partial apt/archives/partial
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian forky main" >apt/sources
    local options=(-o Dir::Etc::SourceList="$work/apt/sources" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$work/apt/lists"
        -o Dir::Cache="$work/apt" -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false) package
    apt-get "${options[@]}" update -qq >/dev/null
    (cd apt && apt-get "${options[@]}" download -qq "$@" >/dev/null)
    for package in apt/*.deb; do dpkg-deb -x "$package" .; done
}
