# How cost grows with files, layers, stages and the size of a layer, of this project alone; sourced by build/bench.sh. One round: what counts is the
# form of the line. Each row has a store of its own.
# what|it is|unit of the value|its counts
# shellcheck shell=bash
GROWTHS='files|files of 1 KB in the context|ms|1000 10000 50000 200000
again|files of 1 KB, nothing changed|ms|1000 10000 50000 200000
layers|layers below a command|ms|15 30 60 120
stages|stages that copy a file|ms|60 125 250 500
memory|MB in one file that is copied|MB|250 1000 4000'

growth() {
    local what text unit counts count
    while IFS='|' read -r what text unit counts; do
        for count in $counts; do
            note "growth: $count $text"
            stages_reset >/dev/null
            "growth_$what" "$count"
        done
    done <<<"$GROWTHS"
    print_growth
}

# growth_timed WHAT COUNT ARGUMENTS...   builds the folder of that name
growth_timed() { timed "growth-$1-$2" stages stages_build growth "${@:3}" "$WORK/growth-$1-$2" || true; }

growth_files() {
    local folder=$WORK/growth-files-$1 part
    mkdir -p "$folder"
    printf 'FROM scratch\nCOPY files /files/\n' >"$folder/Dockerfile"
    for part in $(seq $(($1 / 1000))); do
        mkdir -p "$folder/files/$part"
        head -c 1024000 /dev/urandom | split -b 1024 -d -a 3 - "$folder/files/$part/"
    done
    growth_timed files "$1"
}

# Files that changed less than two seconds ago are read again.
growth_again() {
    mv "$WORK/growth-files-$1" "$WORK/growth-again-$1"
    sleep 3
    stages_build growth "$WORK/growth-again-$1" >/dev/null 2>&1
    growth_timed again "$1"
    rm -rf "$WORK/growth-again-$1"
}

growth_layers() {
    local folder=$WORK/growth-layers-$1
    mkdir -p "$folder"
    {
        printf 'ARG REGISTRY\nFROM $REGISTRY/library/alpine:latest\n'
        seq "$1" | sed 's|.*|COPY Dockerfile /made/&|'
    } >"$folder/Dockerfile"
    stages_build growth --build-arg "REGISTRY=$REGISTRY" "$folder" >/dev/null 2>&1
    cat "$folder/Dockerfile" - >"$folder/with-command" <<<'RUN cat /made/*'
    growth_timed layers "$1" --build-arg "REGISTRY=$REGISTRY" -f "$folder/with-command"
}

growth_stages() {
    local folder=$WORK/growth-stages-$1
    mkdir -p "$folder"
    echo one >"$folder/file"
    {
        seq "$1" | sed 's|.*|FROM scratch AS s&\nCOPY file /made&|'
        echo 'FROM scratch AS all'
        seq "$1" | sed 's|.*|COPY --from=s& /made& /|'
        printf 'FROM scratch\nCOPY --from=all / /\n'
    } >"$folder/Dockerfile"
    growth_timed stages "$1"
}

growth_memory() {
    local folder=$WORK/growth-memory-$1
    mkdir -p "$folder"
    printf 'FROM scratch\nCOPY file /\n' >"$folder/Dockerfile"
    head -c 50M /dev/urandom >"$folder/part"
    for _ in $(seq $(($1 / 50))); do cat "$folder/part"; done >"$folder/file"
    if stages_memory growth "$folder" >"$WORK/memory" 2>"$WORK/log"; then
        record "growth-memory-$1" stages "$(cat "$WORK/memory")"
    else
        tail -n 5 "$WORK/log" >&2
    fi
    rm -rf "$folder"
}

print_growth() {
    local what text unit counts count value
    {
        echo 'what grows|how many|value|for each'
        while IFS='|' read -r what text unit counts; do
            for count in $counts; do
                value=$(median "growth-$what-$count" stages)
                echo "$text|$count|${value:-failed}${value:+ $unit}|$([ -z "$value" ] || awk -v value="$value" -v count="$count" 'BEGIN { printf "%.3g", value / count }')"
            done
        done <<<"$GROWTHS"
    } | ROUNDS=1 PAGE=growth table "one store for each row"
}

# What the plots draw: title|count|value|unit
growth_rows() {
    local what text unit counts count value
    while IFS='|' read -r what text unit counts; do
        for count in $counts; do
            value=$(median "growth-$what-$count" stages)
            [ -z "$value" ] || echo "$text|$count|$value|$unit"
        done
    done <<<"$GROWTHS"
}
