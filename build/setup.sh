#!/usr/bin/env bash
# Makes this machine ready: checks the .NET SDK and installs, from Debian's packages, only what lacks.
#   setup.sh           what packing, the demo and the base images need
#   setup.sh --tests   ... and what the tests compare with and make their input with, the ordinary user that the rootless
#                      tests run as, and an emulator of arm64
#   setup.sh --bench   ... and the peers of the benchmarks: Docker, buildah, podman
source "$(dirname "$0")/lib.sh"

# program:package:why
TOOLS='
curl:curl:asks registries
jq:jq:reads image documents
docker-registry:docker-registry:the registry that the demo and the tests publish to
mmdebstrap:mmdebstrap:makes the Go base image where Docker Hub cannot be reached
bsdtar:libarchive-tools:splits it into layers
pigz:pigz:compresses them on all cores
busybox:busybox-static:the small runtime base image
newuidmap:uidmap:builds as an ordinary user
skopeo:skopeo:checks published images with a second implementation
umoci:umoci:unpacks published images with a second implementation
runc:runc:runs published images with a second implementation
'
TEST_TOOLS='
qemu-aarch64-static:qemu-user-static:runs programs for arm64 in the tests of several platforms
/usr/bin/docker:docker.io:builds the same images in the differential tests
crun:crun:runs the commands of builds in tests
podman:podman:its store is read and written in tests of other engines
git:git:serves repositories to the tests of git contexts
ssh-keygen:openssh-client:makes keys and agents for the tests of RUN --mount=type=ssh
xz:xz-utils:compresses archives that ADD unpacks in tests
bzip2:bzip2:compresses archives that ADD unpacks in tests
zstd:zstd:compresses archives that ADD unpacks in tests
setfattr:attr:gives files attributes in tests
npm:npm:makes the page of reports, and makes and tests the extension for Azure DevOps
strace:strace:counts in tests what a build asks of the kernel
pgrep:procps:finds in tests what a build left running
setcap:libcap2-bin:gives programs capabilities in tests
zsh:zsh:completes command lines in tests
fish:fish:completes command lines in tests
'
BENCH_TOOLS='
/usr/bin/docker:docker.io:peer of the benchmarks
buildah:buildah:peer of the benchmarks
podman:podman:peer of the benchmarks
/usr/bin/time:time:measures peak memory
'
# The newest on nuget.org whose programs are there for every system, of the .NET that the tests run on.
POWERSHELL_VERSION=7.6.10
TEST_USER=stagestester
BROWSERS='chromium chromium-browser google-chrome google-chrome-stable'
TERMINAL=$([ -t 0 ] && echo yes || echo no)

main() {
    local tools=$TOOLS want_user=0
    for option in "$@"; do
        case $option in
            --tests) want_user=1 tools+=$TEST_TOOLS ;;
            --bench) tools+=$BENCH_TOOLS ;;
            *) usage ;;
        esac
    done
    check_dotnet
    install_lacking "$tools"
    if [ $want_user = 1 ]; then make_test_user && register_emulator && install_powershell && install_browser; fi
}

check_dotnet() {
    command -v dotnet >/dev/null ||
        fail "the .NET 10 SDK is not there. Install it (https://dotnet.microsoft.com/download/dotnet/10.0, or: curl -sSL" \
            "https://dot.net/v1/dotnet-install.sh | bash -s -- --channel 10.0) and put 'dotnet' on PATH."
    local sdks
    sdks=$(dotnet --list-sdks)
    grep -q '^10\.0\.[4-9]' <<<"$sdks" ||
        fail "global.json asks for .NET SDK 10.0.400 or a later 10.0 one;" \
            "'dotnet --list-sdks' knows: $(cut -d' ' -f1 <<<"$sdks" | tr '\n' ' ')"
}

install_lacking() {
    local packages=() program package why
    while IFS=: read -r program package why; do
        if [ -n "$program" ] && ! command -v "$program" >/dev/null && [ ! -x "/usr/sbin/$program" ]; then
            packages+=("$package")
            say "lacking: $package ($why)"
        fi
    done <<<"$1"
    # Native AOT links with the system's C compiler.
    if ! command -v clang >/dev/null && ! command -v gcc >/dev/null; then
        packages+=(gcc libc6-dev)
        say "lacking: gcc (links the native program)"
    fi
    if [ ! -e /usr/include/zlib.h ]; then
        packages+=(zlib1g-dev)
        say "lacking: zlib1g-dev (linked into the native program)"
    fi
    [ ${#packages[@]} = 0 ] || apt_install "${packages[@]}"
}

apt_install() {
    command -v apt-get >/dev/null ||
        fail "this machine has no apt-get; install by its own means what Debian calls: $*"
    as_root true
    note "apt-get install $*"
    without_services as_root env DEBIAN_FRONTEND=noninteractive sh -c '
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"' apt "$@"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null || fail "only root may do this, and there is no sudo; as root run: $ROOT/build/setup.sh"
    if [ "$TERMINAL" = yes ]; then sudo "$@"; else
        sudo -n "$@" || fail "sudo wants a password and there is no terminal; as root run: $ROOT/build/setup.sh"
    fi
}

# Packages of servers start them. Nothing here needs that, and a stranger's machine is not ours to fill with daemons.
without_services() {
    local policy=/usr/sbin/policy-rc.d code=0
    if [ -e $policy ]; then quietly "$@"; return; fi
    as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
    quietly "$@" || code=$?
    as_root rm -f $policy
    [ $code = 0 ] || fail "apt-get could not install them (exit code $code); its output stands above."
}

# Only root can run tests as somebody else; whoever is not root is an ordinary user already.
make_test_user() {
    [ "$(id -u)" = 0 ] || return 0
    if ! id -u $TEST_USER >/dev/null 2>&1; then
        say "lacking: user $TEST_USER (rootless tests)"
        as_root useradd --create-home --shell /bin/bash $TEST_USER
    fi
    for kind in uid gid; do
        grep -q "^$TEST_USER:" /etc/sub$kind 2>/dev/null || as_root usermod --add-sub${kind}s "$(free_range $kind)" $TEST_USER
    done
}

# Debian's package leaves it to services; flag F of its registration makes the emulator usable in images that lack it.
register_emulator() {
    local folder=/proc/sys/fs/binfmt_misc name=qemu-aarch64
    [ "$(uname -m)" != aarch64 ] || return 0
    [ ! -e $folder/$name ] || return 0
    say "lacking: registration of $name (programs for arm64)"
    if [ ! -e $folder/register ]; then
        if ! as_root mount -t binfmt_misc binfmt_misc $folder; then
            warn "this kernel has no binfmt_misc: tests that run programs for arm64 are skipped"
            return 0
        fi
    fi
    as_root sh -c "cat /usr/lib/binfmt.d/$name.conf >$folder/register" ||
        warn "$name cannot be registered: tests that run programs for arm64 are skipped"
}

# Debian has no package of it. Its own folder: a PowerShell of this machine stays what it is.
install_powershell() {
    local folder=$ROOT/artifacts/tools
    [ ! -x "$folder/pwsh" ] || return 0
    say "lacking: powershell (completes command lines in tests)"
    quietly dotnet tool install powershell --version $POWERSHELL_VERSION --tool-path "$folder"
}

# What apt calls chromium on Ubuntu is a snap, which neither containers nor pipelines run.
# There playwright-core fetches the browser that it was made for.
install_browser() {
    local browser
    for browser in $BROWSERS; do
        if command -v "$browser" >/dev/null; then return 0; fi
    done
    say "lacking: chromium (uses the page of reports in tests)"
    if grep -qE '^ID=.?ubuntu' /etc/os-release 2>/dev/null; then
        quietly "$ROOT/build/page.sh"
        quietly as_root env PLAYWRIGHT_BROWSERS_PATH="$ROOT/artifacts/tools/browsers" "$(command -v node)" \
            "$ROOT/artifacts/page/node_modules/playwright-core/cli.js" install --with-deps --only-shell chromium
    else
        apt_install chromium
    fi
}

# The first 65536 ids behind every range that is handed out already.
free_range() {
    local start
    start=$(awk -F: 'BEGIN { n = 100000 } $2 + $3 > n { n = $2 + $3 } END { print n }' /etc/sub"$1" 2>/dev/null || echo 100000)
    echo "$start-$((start + 65535))"
}

main "$@"
