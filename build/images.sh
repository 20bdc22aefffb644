# Makes OCI images of folders and pushes them to the loopback registry; sourced after registry.sh, never run.
#   begin_image REPOSITORY ARCHITECTURE; add_layer <TAR ...; finish_image CONFIG TAG...; continue_image REPOSITORY; add_layer <TAR ...; ...
# Needs a folder in WORK. Same input, same digest.
# shellcheck shell=bash

EPOCH=1735689600
CREATED=2025-01-01T00:00:00Z
OCI=application/vnd.oci.image

digest_of() { echo "sha256:$(sha256sum "$1" | cut -d' ' -f1)"; }

# begin_image REPOSITORY ARCHITECTURE
begin_image() {
    REPOSITORY=$1 ARCHITECTURE=$2
    echo '[]' >"$WORK/layers"
    echo '[]' >"$WORK/diffs"
}

# continue_image REPOSITORY: what was made so far goes on under another name, without being packed again.
continue_image() {
    local from=$REPOSITORY digest
    REPOSITORY=$1
    for digest in $(jq -r '.[].digest' "$WORK/layers"); do mount_blob "$REPOSITORY" "$digest" "$from"; done
}

# Reads a tar from standard input.
add_layer() {
    local blob=$WORK/layer.tar.gz
    tee >(sha256sum | cut -d' ' -f1 >"$WORK/diff") | pigz -n -6 >"$blob"
    # The hash is ready when its file has a line; bash does not wait for a process substitution.
    until [ -s "$WORK/diff" ]; do sleep 0.01; done
    push_blob "$REPOSITORY" "$blob" "$(digest_of "$blob")"
    append "$WORK/layers" "$(descriptor "$OCI.layer.v1.tar+gzip" "$blob")"
    append "$WORK/diffs" "\"sha256:$(cat "$WORK/diff")\""
    rm "$WORK/diff" "$blob"
}

add_layer_of_folder() { tar_of_folder "$1" . | add_layer; }

# tar_of_folder FOLDER PATH...
tar_of_folder() { tar -C "$1" --sort=name --mtime="@$EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu -cf - "${@:2}"; }

descriptor() { jq -cn --arg m "$1" --arg d "$(digest_of "$2")" --argjson s "$(stat -c %s "$2")" '{ mediaType: $m, digest: $d, size: $s }'; }

append() { jq -c --argjson item "$2" '. + [$item]' "$1" >"$1.new" && mv "$1.new" "$1"; }

# finish_image CONFIG TAG...
finish_image() {
    jq -cn --arg created $CREATED --arg architecture "$ARCHITECTURE" --argjson config "$1" --slurpfile diffs "$WORK/diffs" '
        { created: $created, architecture: $architecture, os: "linux", config: $config,
          rootfs: { type: "layers", diff_ids: $diffs[0] },
          history: [$diffs[0][] | { created: $created, created_by: "build/images.sh" }] }' >"$WORK/config"
    jq -cn --argjson config "$(descriptor "$OCI.config.v1+json" "$WORK/config")" --slurpfile layers "$WORK/layers" "
        { schemaVersion: 2, mediaType: \"$OCI.manifest.v1+json\", config: \$config, layers: \$layers[0] }" >"$WORK/manifest"
    push_blob "$REPOSITORY" "$WORK/config" "$(digest_of "$WORK/config")"
    local tag
    for tag in "${@:2}"; do push_manifest "$REPOSITORY" "$tag" "$WORK/manifest"; done
}

# push_index REPOSITORY TAG {ARCHITECTURE MANIFEST}...: one name for images of several architectures.
push_index() {
    local repository=$1 tag=$2 descriptors=()
    shift 2
    while [ $# -gt 0 ]; do
        descriptors+=("$(jq -n --arg a "$1" --arg d "$(digest_of "$2")" --argjson s "$(stat -c %s "$2")" \
            "{ mediaType: \"$OCI.manifest.v1+json\", digest: \$d, size: \$s, platform: { architecture: \$a, os: \"linux\" } }")")
        shift 2
    done
    jq -cn "{ schemaVersion: 2, mediaType: \"$OCI.index.v1+json\", manifests: \$ARGS.positional }" \
        --jsonargs "${descriptors[@]}" >"$WORK/index"
    push_manifest "$repository" "$tag" "$WORK/index"
}
