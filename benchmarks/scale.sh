# One, ten and a hundred Go projects of one repository on one store, with one cache in one registry: published by this project, a program for each
# with two at a time for each processor, and by 'docker buildx bake' of a newer Docker (build/engines.sh) with a cache for each project, ten
# projects at a time, because it starts all at once. The registry is of this run, holds bases too, and counts. Sourced by build/bench.sh.
# row|what it is|forget what the machine has|change a tenth of the projects
# shellcheck shell=bash
SCALE_ROWS='first|the first build of all|forget|
again|nothing changed, same machine||
tenth|a tenth changed, same machine||change
fresh|nothing changed, fresh machine|forget|
newer|a tenth changed, fresh machine|forget|change'
SCALE_SIZES=(1 10 100)
SCALE_TOGETHER=10

scale() {
    local count row text forget change way
    scale_begin
    title "projects of one repository, one store, one cache: one round on this machine"
    printf '%8s %-32s %-7s %9s %6s %9s %9s %9s %9s\n' projects '' '' time ratio compiled requests received sent
    for count in "${SCALE_SIZES[@]}"; do
        for way in stages buildx; do scale_projects "$count" "$way"; done
        while IFS='|' read -r row text forget change; do
            for way in stages buildx; do
                [ -z "$change" ] || scale_change "$count" "$way" "$row"
                [ -z "$forget" ] || "${way}_reset" >/dev/null 2>&1
                scale_timed "$count" "$way" "$row" "$text"
            done
        done <<<"$SCALE_ROWS"
    done
    scale_end
}

# scale_timed COUNT WAY ROW TEXT   a line of the table: what the registry did stands in its log and in its folder
scale_timed() {
    local requests sent stored time
    requests=$(scale_requests) sent=$(scale_sent) stored=$(scale_stored)
    timed "scale-$1-$3" "$2" "scale_$2" "$1" || true
    time=$LAST
    printf '%8s %-32s %-7s %9s %6s %9s %9s %9s %9s\n' "$1" "$4" "$2" "${time:-failed}${time:+ ms}" \
        "$([ "$2" = stages ] || ratio "$(median "scale-$1-$3" stages)" "$time")" "$(grep -c '[ |]compiled$' "$WORK/log")" \
        "$(($(scale_requests) - requests))" "$(scale_megabytes $(($(scale_sent) - sent)))" "$(scale_megabytes $(($(scale_stored) - stored)))"
}

scale_stages() {
    local name=$SCALE_REGISTRY/stages-$1
    # shellcheck disable=SC2016
    seq "$1" | xargs -P $(($(nproc) * 2)) -I % sh -c '"$0" build --progress plain -t "$1-%" --push --build-arg "REGISTRY=$2" \
        --cache-from "$1-cache" --cache-to "type=registry,ref=$1-cache,mode=max" "$3/%" 2>&1' "$PROGRAM" "$name" "$SCALE_REGISTRY" "$WORK/scale-stages-$1"
}

scale_buildx() {
    local first
    for first in $(seq 1 $SCALE_TOGETHER "$1"); do
        # shellcheck disable=SC2046
        with_newer "$BUILDX" bake --progress plain --allow 'fs=*' --allow network.host --provenance=false \
            --push -f "$WORK/scale-buildx-$1/bake.json" $(seq -f 'p%g' "$first" $((first + SCALE_TOGETHER > $1 ? $1 : first + SCALE_TOGETHER - 1))) || return
    done
}

# scale_projects COUNT WAY   projects 1, 2, ... with a program each, and what bake wants to know
scale_projects() {
    local folder=$WORK/scale-$2-$1 number
    for number in $(seq "$1"); do
        mkdir -p "$folder/$number"
        printf 'module project%s\n' "$number" >"$folder/$number/go.mod"
        printf 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("project %s of %s")\n}\n' "$number" "$1" >"$folder/$number/main.go"
        cat >"$folder/$number/Dockerfile" <<'DOCKERFILE'
ARG REGISTRY
FROM $REGISTRY/library/golang:latest AS builder
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build go build -o /app . && echo comp""iled
FROM $REGISTRY/library/alpine:latest
COPY --from=builder /app /app
CMD ["/app"]
DOCKERFILE
    done
    seq "$1" | jq -s --arg folder "$folder" --arg name "$SCALE_REGISTRY/buildx-$1" --arg registry "$SCALE_REGISTRY" '
        { target: (map({ key: "p\(.)", value: {
            context: "\($folder)/\(.)", tags: ["\($name)-\(.)"], args: { REGISTRY: $registry }, network: "host",
            "cache-from": ["type=registry,ref=\($name)-cache:p\(.)"], "cache-to": ["type=registry,ref=\($name)-cache:p\(.),mode=max"] } })
          | from_entries) }' >"$folder/bake.json"
}

# scale_change COUNT WAY ROW   a line of every tenth project, from the first
scale_change() {
    local number
    for number in $(seq 1 10 "$1"); do sed -i "s|Println(.*|Println(\"project $number of $1, $3\")|" "$WORK/scale-$2-$1/$number/main.go"; done
}

scale_begin() {
    local port image
    SCALE_FOLDER=$WORK/scale-registry
    port=$((32000 + RANDOM % 700))
    mkdir -p "$SCALE_FOLDER"
    SCALE_REGISTRY=localhost:$port
    (REGISTRY_DIR=$SCALE_FOLDER registry_config "$port" | sed 's/disabled: true/disabled: false/') >"$SCALE_FOLDER/config.yml"
    setsid docker-registry serve "$SCALE_FOLDER/config.yml" >"$SCALE_FOLDER/log" 2>&1 </dev/null 8>&- 9>&- &
    echo $! >"$SCALE_FOLDER/pid"
    for image in golang alpine; do
        quietly skopeo copy --retry-times 5 --src-tls-verify=false --dest-tls-verify=false \
            "docker://$REGISTRY/library/$image:latest" "docker://$SCALE_REGISTRY/library/$image:latest" || fail "the registry of this run does not take images."
    done
}

scale_end() { stop_daemon "${SCALE_FOLDER:-/nowhere}/pid"; }

# The lines of its log that are requests, in the form of web servers: the tenth word is what was sent to the client.
scale_requests() { grep -c ' "[A-Z]* /v2/' "$SCALE_FOLDER/log" || true; }
scale_sent() { awk '/ "[A-Z]* \/v2\// { sum += $10 } END { printf "%.0f", sum }' "$SCALE_FOLDER/log"; }
scale_stored() { du -sb "$SCALE_FOLDER/storage" | cut -f1; }
scale_megabytes() { awk -v bytes="$1" 'BEGIN { printf "%.1f MB", bytes / 1000000 }'; }
