# One changed line of a .NET web API, published to the registry on loopback; sourced by build/bench.sh.
# Every way has a copy of the project; all are published once before anything is timed, and rounds alternate between them.
# name|what it is
# shellcheck shell=bash
WEB_WAYS='build|dotnet build alone
host|dotnet publish, published on the host
builder|... in a builder
sdk|... by the .NET SDK
docker|docker buildx build with cache mounts, and push'

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
web_docker() { buildx_build_push "$REGISTRY/bench/web-docker" --build-arg "REGISTRY=$REGISTRY" .; }

make_web() {
    local way
    while IFS='|' read -r way _; do dotnet_copy "$ROOT/benchmarks/solution/web" web "$way"; done <<<"$WEB_WAYS"
    sed -i 's|^RUN dotnet|RUN --mount=type=cache,target=/root/.nuget/packages dotnet|' "$WORK/web-docker/Dockerfile"
}

print_web() {
    local way text time
    {
        echo 'one changed line of a .NET web API, pushed|time|of dotnet build|of sdk|of buildx|wanted'
        while IFS='|' read -r way text; do
            time=$(median web-again "$way")
            echo "$text|${time:-failed}${time:+ ms}|$(ratio "$time" "$(median web-again build)")|$(ratio "$time" "$(median web-again sdk)")|$(
                ratio "$time" "$(median web-again docker)")|$(web_wanted "$way" "$time")"
        done <<<"$WEB_WAYS"
    } | table "one changed line of a .NET web API"
}

web_wanted() {
    case $1 in
        host) echo "<= 0.8 of sdk, $(at_most "$2" "$(median web-again sdk)" 0.8)" ;;
        builder) echo "<= 0.5 of buildx, $(at_most "$2" "$(median web-again docker)" 0.5)" ;;
    esac
}
