# The second publish of an unchanged solution of a web service, a worker and a Go module; sourced by build/bench.sh.
# Every way has a copy of the solution; all are published once before anything is timed, and rounds alternate between them.
# name|what it is|projects it publishes
# shellcheck shell=bash
WAYS='plain|dotnet publish, no containers|2
host|... and images, published on the host|3
builder|... and images, published in a builder|3
sdk|... and images, by the .NET SDK|2
docker|docker buildx build and push of each project|3'

# solution ROUNDS
solution() {
    local way round
    make_solutions
    while IFS='|' read -r way _; do publish_timed "$way" first; done <<<"$WAYS"
    for round in $(seq "$1"); do
        note "solution: round $round of $1"
        while IFS='|' read -r way _; do publish_timed "$way" again; done <<<"$WAYS"
    done
    print_solution
}

# publish_timed WAY SCENARIO
publish_timed() {
    cd "$WORK/solution-$1" || return
    timed "solution-$2" "$1" "publish_$1" || true
    cd "$ROOT" || return
}

publish_plain() { dotnet publish dotnet.slnx; }
publish_host() { publish_builder -p:ContainerStagesBuilder=host; }
publish_builder() { with_store solution dotnet publish all.slnx -p:PublishContainer=true "$@"; }
publish_sdk() { dotnet publish dotnet.slnx -t:PublishContainer; }
publish_docker() {
    local project
    for project in go web worker; do
        buildx_build_push "$REGISTRY/bench/solution-docker-$project" --build-arg "REGISTRY=$REGISTRY" "$project" || return
    done
}

make_solutions() {
    local way
    while IFS='|' read -r way _; do dotnet_copy "$ROOT/benchmarks/solution" solution "$way"; done <<<"$WAYS"
}

print_solution() {
    local way text projects time plain
    plain=$(median solution-again plain)
    {
        echo 'the second publish of an unchanged solution|time|of plain|added for a project|wanted'
        while IFS='|' read -r way text projects; do
            time=$(median solution-again "$way")
            echo "$text|${time:-failed}${time:+ ms}|$(ratio "$time" "$plain")|$([ "$way" = plain ] || added "$time" "$plain" "$projects")|$(
                solution_wanted "$way" "$time" "$plain" "$projects")"
        done <<<"$WAYS"
    } | table "the second publish of an unchanged solution"
    note "Without containers there is nothing to publish of a Go module: all that its image costs counts as added. Docker publishes no .NET project on the host."
}

added() { [ -z "$1" ] || [ -z "$2" ] || awk -v time="$1" -v plain="$2" -v projects="$3" 'BEGIN { printf "%.0f ms", (time - plain) / projects }'; }

# solution_wanted WAY TIME PLAIN PROJECTS
solution_wanted() {
    case $1 in
        host) echo "<= 25 ms a project, $(at_most "$2" "$3" 1 $((25 * $4)))" ;;
        builder) echo "<= 0.5 of plain, $(at_most "$2" "$3" 0.5)" ;;
    esac
}
