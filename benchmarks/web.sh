# One changed line of a .NET web API, published to the registry on loopback; sourced by build/bench.sh.
# Every way has a copy of the project; all are published once before anything is timed, and rounds alternate between them.
# name|what it is
# shellcheck shell=bash
WEB_WAYS='build|dotnet build alone
host|dotnet publish, published on the host
builder|... in a builder
sdk|... by the .NET SDK
docker|docker build with cache mounts, and push'

# web ROUNDS
web() {
    local way round
    make_web
    while IFS='|' read -r way _; do web_timed "$way" first 0; done <<<"$WEB_WAYS"
    for round in $(seq "$1"); do
        note "web: round $round of $1"
        while IFS='|' read -r way _; do web_timed "$way" again "$round"; done <<<"$WEB_WAYS"
    done
    print_web
}

# web_timed WAY SCENARIO ROUND
web_timed() {
    cd "$WORK/web-$1" || return
    sed -i "s|\"Hello.*\"|\"Hello from $1 in round $3 of $$\"|" Program.cs
    timed "web-$2" "$1" "web_$1" || true
    cd "$ROOT" || return
}

web_build() { dotnet build; }
web_host() { web_builder -p:ContainerStagesBuilder=host; }
web_builder() { with_store web dotnet publish -p:PublishContainer=true "$@"; }
web_sdk() { dotnet publish -t:PublishContainer; }
web_docker() { docker_build_push "$REGISTRY/bench/web-docker" --build-arg "REGISTRY=$REGISTRY" .; }

make_web() {
    local way
    while IFS='|' read -r way _; do dotnet_copy "$ROOT/benchmarks/solution/web" web "$way"; done <<<"$WEB_WAYS"
    sed -i 's|^RUN dotnet|RUN --mount=type=cache,target=/root/.nuget/packages dotnet|' "$WORK/web-docker/Dockerfile"
}

print_web() {
    local way text time
    title "one changed line of a .NET web API, published to a registry: medians of $ROUNDS rounds in one run on this machine, smaller is better"
    printf '%-42s %10s %10s %10s %10s\n' '' time /build /sdk /docker
    while IFS='|' read -r way text; do
        time=$(median web-again "$way")
        printf '%-42s %10s %10s %10s %10s\n' "$text" "${time:-failed}${time:+ ms}" "$(ratio "$time" "$(median web-again build)")" \
            "$(ratio "$time" "$(median web-again sdk)")" "$(ratio "$time" "$(median web-again docker)")"
    done <<<"$WEB_WAYS"
}
