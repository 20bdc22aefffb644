# An OCI layout in the folder layout of the current one, without an index; sourced, never run.
# shellcheck shell=bash

begin_layout() {
    mkdir -p layout/blobs/sha256
    echo '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
}

# blob TYPE FILE [MEMBERS]: puts the file into the layout; its descriptor, with the media type application/vnd.TYPE.
blob() {
    local digest
    digest=$(sha256sum "$2" | cut -d' ' -f1)
    cp "$2" "layout/blobs/sha256/$digest"
    printf '{"mediaType":"application/vnd.%s","digest":"sha256:%s","size":%d%s}' "$1" "$digest" "$(stat -c %s "$2")" "${3:-}"
}
