#!/usr/bin/env bash
# Packages: Testcontainers 4.16.0 (NuGet), docker.io 28.5.2+dfsg4-5 (Debian forky). Needs root and mmdebstrap; a minute or two.
#
# ImageFromDockerfileBuilder makes the build context itself, and it is another one than `docker build` makes of the same folder. Of the patterns
# of .dockerignore, `./logs` and `a.lo[g]` leave nothing out, and `c?` leaves out c as well as cc. A symbolic link is sent as the file that it
# points to, and an empty folder is not sent.
#
# The guess that is wrong: the class builds "from a Dockerfile", by the Docker that is there, so the image is that of `docker build`.
#
# Why it matters: the images that tests run in are then not those that are released. A file that a program needs is missing in the tests alone,
# or a folder that it writes to; or one that is excluded for a reason is there.
source "$(dirname "$0")/shared/docker.sh"
source "$(dirname "$0")/shared/dotnet-program.sh"

EXPECTED='*.txt, Docker: a.log c cc d/b.log empty/ link@ logs/c
*.txt, Testcontainers: a.log c cc d/b.log link logs/c
a.lo[g], Docker: c cc d/b.log empty/ link@ logs/c
a.lo[g], Testcontainers: a.log c cc d/b.log link logs/c
./logs, Docker: a.log c cc d/b.log empty/ link@
./logs, Testcontainers: a.log c cc d/b.log link logs/c
c?, Docker: a.log c d/b.log empty/ link@ logs/c
c?, Testcontainers: a.log d/b.log link logs/c'

mkdir "$work/program"
cd "$work/program"
cat >Program.cs <<'PROGRAM'
using DotNet.Testcontainers.Builders;

await new ImageFromDockerfileBuilder().WithDockerfileDirectory(args[0]).WithName("localhost/finding:latest").WithCleanUp(false).Build().CreateAsync();
PROGRAM
compile Testcontainers 4.16.0
export TESTCONTAINERS_RYUK_DISABLED=true

mkdir -p "$context/d" "$context/logs" "$context/empty" "$work/tree/built"
touch "$context/a.log" "$context/d/b.log" "$context/logs/c" "$context/c" "$context/cc"
ln -s cc "$context/link"
printf 'FROM scratch\nCOPY . /\n' >"$context/Dockerfile"
echo 'FROM localhost/finding:latest' >"$work/tree/built/Dockerfile"

# listed: what is in the image; folders that hold something are known by it.
listed() {
    (cd "$out" && find . -mindepth 1 \( ! -type d -o -empty \) -printf '%P%y\n' | sed 's|f$||; s|d$|/|; s|l$|@|') |
        grep -vxE 'Dockerfile|\.dockerignore' | LC_ALL=C sort | paste -sd' '
}
check() {
    echo "$1" >"$context/.dockerignore"
    build || { cat "$work/build.log" >&2; exit 2; }
    echo "$1, Docker: $(listed)"
    DOCKER_HOST=unix://$work/tree/run/docker.sock dotnet out/finding.dll "$context" >run.log 2>&1 || { cat run.log >&2; exit 2; }
    rm -rf "$out"
    docker build --quiet --output type=local,dest=/out /built >build.log 2>&1 || { cat build.log >&2; exit 2; }
    echo "$1, Testcontainers: $(listed)"
}
finish "$(for pattern in '*.txt' 'a.lo[g]' ./logs 'c?'; do check "$pattern"; done)"
