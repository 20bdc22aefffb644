#!/usr/bin/env bash
# Builds, and says of the images what dotnet and dotnet-stages say of them: outputs, annotations, and a summary on the page of the run.
set -euo pipefail

main() {
    WORK=$(mktemp -d "$RUNNER_TEMP/containerstages.XXXXXX")
    # What a build prints must not give commands to the runner.
    TOKEN=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
    [ -z "$LOGINS" ] || export DOCKER_CONFIG=$LOGINS
    cd "${INPUT_FOLDER:-${GITHUB_WORKSPACE:-.}}"
    check_inputs
    local code=0
    echo "::stop-commands::$TOKEN"
    if [ -n "$INPUT_DOCKERFILE" ]; then build_dockerfile || code=$?; else publish_project || code=$?; fi
    echo "::$TOKEN::"
    [ $code = 0 ] || exit $code
    set_outputs
    jq -r -s -f "$GITHUB_ACTION_PATH/summary.jq" "$WORK/images" >>"$GITHUB_STEP_SUMMARY"
}

fail() { echo "::error::$*"; exit 1; }

check_inputs() {
    [ -n "$INPUT_PROJECT$INPUT_DOCKERFILE" ] || fail "One of the inputs 'project' and 'dockerfile' must name what is built."
    [ -z "$INPUT_PROJECT" ] || [ -z "$INPUT_DOCKERFILE" ] || fail "The inputs 'project' ('$INPUT_PROJECT') and 'dockerfile' ('$INPUT_DOCKERFILE') are both given. Name one."
    local file=$INPUT_PROJECT$INPUT_DOCKERFILE program=dotnet
    [ -e "$file" ] || fail "There is no '$file' in '$PWD'."
    [ -z "$INPUT_DOCKERFILE" ] || program=dotnet-stages
    command -v $program >/dev/null || fail "There is no program '$program' on PATH. For dotnet use actions/setup-dotnet; for dotnet-stages run: dotnet tool install --global dotnet-stages"
    case $INPUT_PUSH$INPUT_LOCKED in truetrue | truefalse | falsetrue | falsefalse) ;; *) fail "'push' is '$INPUT_PUSH' and 'locked' is '$INPUT_LOCKED'. Valid: true, false." ;; esac
    case $file in *.sln | *.slnx) [ -z "$INPUT_REPOSITORY" ] || fail "'repository' names one image, and the solution '$file' may have several. Set ContainerRepository in each project." ;; esac
    mapfile -t TAGS < <(words "$INPUT_TAGS")
    mapfile -t PLATFORMS < <(words "$INPUT_PLATFORMS")
    mapfile -t CACHE_FROM < <(lines "$INPUT_CACHE_FROM")
    mapfile -t CACHE_TO < <(lines "$INPUT_CACHE_TO")
    mapfile -t REPORTS < <(lines "$INPUT_REPORT")
    mapfile -t SBOMS < <(lines "$INPUT_SBOM")
    xargs printf '%s\0' <<<"$INPUT_ARGUMENTS" >"$WORK/arguments" || fail "'arguments' has a quote that nothing closes."
    mapfile -d '' -t FURTHER <"$WORK/arguments"
    [ -n "$INPUT_ARGUMENTS" ] || FURTHER=()
    REGISTRY=$INPUT_REGISTRY
    [ "$INPUT_PUSH" = true ] || REGISTRY=''
}

# Lines or words of an input, divided by blanks, line breaks and commas.
words() { tr -s ', \t\r' '\n' <<<"$1" | sed '/^$/d'; }

# A cache is several fields, divided by commas.
lines() { tr -s ';\r' '\n' <<<"$1" | sed 's/^[[:blank:]]*//; s/[[:blank:]]*$//; /^$/d'; }

build_dockerfile() {
    local tag platform cache report sbom args=(build --progress json --file "$INPUT_DOCKERFILE")
    if [ -n "$INPUT_REPOSITORY" ]; then
        for tag in "${TAGS[@]:-latest}"; do args+=(--tag "${REGISTRY:+$REGISTRY/}$INPUT_REPOSITORY:$tag"); done
    fi
    for platform in ${PLATFORMS[@]+"${PLATFORMS[@]}"}; do args+=(--platform "$(docker_platform "$platform")"); done
    [ -z "$INPUT_TARGET" ] || args+=(--target "$INPUT_TARGET")
    [ -z "$INPUT_ENGINE" ] || args+=(--engine "$INPUT_ENGINE")
    for cache in ${CACHE_FROM[@]+"${CACHE_FROM[@]}"}; do args+=(--cache-from "$cache"); done
    for cache in ${CACHE_TO[@]+"${CACHE_TO[@]}"}; do args+=(--cache-to "$cache"); done
    [ "$INPUT_LOCKED" = false ] || args+=(--locked)
    for report in ${REPORTS[@]+"${REPORTS[@]}"}; do args+=(--report "$report"); done
    for sbom in ${SBOMS[@]+"${SBOMS[@]}"}; do args+=(--sbom "$sbom"); done
    [ -z "$REGISTRY" ] || args+=(--push)
    [ -z "$INPUT_ARCHIVE" ] || args+=(--output "type=oci,dest=$INPUT_ARCHIVE")
    args+=(${FURTHER[@]+"${FURTHER[@]}"} "${INPUT_CONTEXT:-$(dirname "$INPUT_DOCKERFILE")}")
    TOKEN=$TOKEN dotnet-stages "${args[@]}" | tee "$WORK/events" | TOKEN=$TOKEN jq --unbuffered -R -r -f "$GITHUB_ACTION_PATH/log.jq" || return
    NAME=${INPUT_REPOSITORY:-$INPUT_DOCKERFILE} jq -c -s '[.[] | select(.type == "step-started") | { key: .id, value: . }] as $started | ($started | from_entries) as $steps
        | { name: env.NAME, result: (map(select(.type == "result")) | last | .result),
            steps: [.[] | select(.type == "step-finished") | { stage: $steps[.id].stage, title: $steps[.id].title, outcome, milliseconds }] }' "$WORK/events" >"$WORK/images"
}

publish_project() {
    local args=(publish "$INPUT_PROJECT" -nologo -tl:off -p:PublishContainer=true)
    if [ -n "$REGISTRY" ] || [ "$INPUT_PUSH" = false ]; then args+=("-p:ContainerRegistry=$REGISTRY"); fi
    [ -z "$INPUT_REPOSITORY" ] || args+=("-p:ContainerRepository=$INPUT_REPOSITORY")
    [ ${#TAGS[@]} = 0 ] || args+=(-p:ContainerImageTag= "-p:ContainerImageTags=$(list "${TAGS[@]}")")
    mapfile -t -O ${#args[@]} args < <(platform_properties)
    [ -z "$INPUT_CONTEXT" ] || args+=("-p:ContainerStagesContextDirectory=$(full "$INPUT_CONTEXT")")
    [ -z "$INPUT_TARGET" ] || args+=("-p:ContainerStagesTarget=$INPUT_TARGET")
    [ -z "$INPUT_ENGINE" ] || args+=("-p:ContainerStagesEngine=$INPUT_ENGINE")
    [ ${#CACHE_FROM[@]} = 0 ] || args+=("-p:ContainerStagesCacheFrom=$(list "${CACHE_FROM[@]}")")
    [ ${#CACHE_TO[@]} = 0 ] || args+=("-p:ContainerStagesCacheTo=$(list "${CACHE_TO[@]}")")
    [ "$INPUT_LOCKED" = false ] || args+=(-p:ContainerStagesLockedMode=true)
    if [ ${#REPORTS[@]} != 0 ]; then
        mapfile -t REPORTS < <(realpath -m "${REPORTS[@]}")
        args+=("-p:ContainerStagesReport=$(list "${REPORTS[@]}")")
    fi
    if [ ${#SBOMS[@]} != 0 ]; then
        mapfile -t SBOMS < <(realpath -m "${SBOMS[@]}")
        args+=("-p:ContainerStagesSbom=$(list "${SBOMS[@]}")")
    fi
    [ -z "$INPUT_ARCHIVE" ] || args+=("-p:ContainerArchiveOutputPath=$(full "$INPUT_ARCHIVE")")
    dotnet "${args[@]}" ${FURTHER[@]+"${FURTHER[@]}"} | tee "$WORK/log" | annotate || return
    find_images
}

# On a command line ';' and ',' divide properties, and '%' begins an escape.
escape() { sed 's/%/%25/g; s/;/%3B/g; s/,/%2C/g' <<<"$1"; }
full() { escape "$(realpath -m "$1")"; }
list() { local IFS=';'; escape "$*"; }

# The one name wins over the other, also where a project sets it.
platform_properties() {
    local platform all=()
    for platform in ${PLATFORMS[@]+"${PLATFORMS[@]}"}; do all+=("$(runtime_identifier "$platform")"); done
    case ${#all[@]} in
        0) ;;
        1) echo "-p:ContainerRuntimeIdentifier=${all[0]}" ;;
        *) printf '%s\n' -p:ContainerRuntimeIdentifier= "-p:ContainerRuntimeIdentifiers=$(list "${all[@]}")" ;;
    esac
}

runtime_identifier() { sed 's|^linux/amd64$|linux-x64|; s|^linux/arm64\(/v8\)\?$|linux-arm64|; s|^linux/arm\(/v7\)\?$|linux-arm|; s|^linux/386$|linux-x86|; s|^linux/|linux-|' <<<"$1"; }
docker_platform() { sed 's|^linux-\(musl-\)\?||; s|^x64$|amd64|; s|^x86$|386|; s|^linux/||; s|^|linux/|' <<<"$1"; }

# file(line,column): error CODE: message [project] becomes an annotation at its line, once.
annotate() {
    local line form='^ *([0-9:]+>)? *(([^ (:][^(:]*)(\(([0-9]+)(,([0-9]+))?[^)]*\))? *: )?(error|warning) +([A-Z]+[0-9]*) *: ([^ ].*)$'
    declare -A seen=()
    while IFS= read -r line; do
        printf '%s\n' "$line"
        [[ $line =~ $form ]] || continue
        local message=${BASH_REMATCH[10]% \[*\]} place="file=${BASH_REMATCH[3]},line=${BASH_REMATCH[5]:-1}"
        local command="::${BASH_REMATCH[8]} ${BASH_REMATCH[3]:+$place,}title=${BASH_REMATCH[9]}::${message//%/%25}"
        [ -z "${seen[$command]:-}" ] || continue
        seen[$command]=1
        printf '::%s::\n%s\n::stop-commands::%s\n' "$TOKEN" "$command" "$TOKEN"
    done
}

# The images that the log names, each with the result document of its digest, where one is found.
find_images() {
    local form='^ *(.+) -> ([^ ]+)@(sha256:[0-9a-f]{64})( \(and ([^)]+)\))?( \(up to date)?' line root document
    root=$(dirname "$INPUT_PROJECT")
    while IFS= read -r line; do
        [[ $line =~ $form ]] || continue
        document=$(find "$root" -path '*/containerstages/result.json' -not -path '*/node_modules/*' -exec grep -l "\"manifestDigest\": *\"${BASH_REMATCH[3]}\"" {} + | head -n 1 || :)
        NAME=${BASH_REMATCH[1]} REFERENCES="${BASH_REMATCH[2]}${BASH_REMATCH[5]:+, ${BASH_REMATCH[5]}}" DIGEST=${BASH_REMATCH[3]} CURRENT=${BASH_REMATCH[6]:+true} \
            jq -c '{ name: env.NAME, steps: [], result: (. + { manifestDigest: env.DIGEST, references: (env.REFERENCES | split(", ")), upToDate: (env.CURRENT == "true") }) }' \
            "${document:-/dev/stdin}" <<<'{}' >>"$WORK/images"
    done <"$WORK/log"
    touch "$WORK/images"
}

set_outputs() {
    jq -r -s '
        def unique_in_order: reduce .[] as $one ([]; if index([$one]) then . else . + [$one] end);
        def places: map(select(test("^(oci-archive|oci-layout|docker-archive|docker-daemon|podman|local|tar):") | not));
        [.[].result] as $all
        | "image-reference=" + ([$all[] | (.references | places | .[0] // empty) + "@" + .manifestDigest] | join(",")),
          "image-digest=" + ([$all[].manifestDigest] | unique_in_order | join(",")),
          "image-tags=" + ([$all[].references | places[] | capture(":(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]*)$").tag] | unique_in_order | join(",")),
          "archive-path=" + ([$all[].files // [] | .[]] | unique_in_order | join(",")),
          "up-to-date=" + (($all != [] and all($all[]; .upToDate)) | tostring)' "$WORK/images" >>"$GITHUB_OUTPUT"
    local sbom written=()
    for sbom in ${SBOMS[@]+"${SBOMS[@]}"}; do [ ! -e "$sbom" ] || written+=("$(realpath "$sbom")"); done
    (IFS=,; echo "sbom-path=${written[*]-}") >>"$GITHUB_OUTPUT"
}

main
