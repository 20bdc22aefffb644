# A registry of Debian 12 in a temporary folder, and the distribution protocol as far as the findings need it; sourced, never run.
# shellcheck shell=bash
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/finish.sh"

REGISTRY_VERSION=2.8.2+ds1-1
IMAGE=application/vnd.oci.image.manifest.v1+json
INDEX=application/vnd.oci.image.index.v1+json

work=$(mktemp -d)
trap 'stop; rm -rf "$work"' EXIT
stop() { [ -z "${server:-}" ] || { kill "$server" && wait "$server" || true; server=; } 2>/dev/null; }

cd "$work"
apt-get -o APT::Sandbox::User=root download -qq "docker-registry=$REGISTRY_VERSION" >/dev/null
dpkg-deb -x docker-registry_*.deb .
registry=$work/usr/bin/docker-registry

port=$((20000 + RANDOM % 12000))
cat >config.yml <<CONFIG
version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: $work/storage }, delete: { enabled: true } }
http: { addr: "127.0.0.1:$port", secret: finding }
CONFIG
base=http://127.0.0.1:$port/v2/example/app

start() {
    "$registry" serve config.yml >registry.log 2>&1 &
    server=$!
    for _ in $(seq 100); do curl -sf -o /dev/null "http://127.0.0.1:$port/v2/" && return; sleep 0.05; done
    cat registry.log >&2
    exit 2
}

digest() { echo "sha256:$(sha256sum "$1" | cut -d' ' -f1)"; }
size() { stat -c %s "$1"; }

push_blob() {
    local location
    location=$(curl -sf -X POST -D - -o /dev/null "$base/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
    curl -sf -T "$1" -H 'Content-Type: application/octet-stream' -o /dev/null "$location&digest=$(digest "$1")"
}

# push_manifest TAG-OR-DIGEST FILE TYPE: the answer's status, and its body in answer.json.
push_manifest() { curl -s -X PUT -H "Content-Type: $3" --data-binary "@$2" -o answer.json -w '%{http_code}' "$base/manifests/$1"; }
status() { curl -s -o /dev/null -w '%{http_code}' -H "Accept: $INDEX, $IMAGE" "$base/$1"; }

# An empty layer as layer.tar.gz.
mkdir empty
tar -C empty --sort=name --mtime=@0 --owner=0 --group=0 -czf layer.tar.gz .

# config [MEMBERS]: its configuration as config.json.
config() {
    printf '{"architecture":"amd64","os":"linux","config":{%s},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
        "${1:-}" "$(gzip -dc layer.tar.gz | sha256sum | cut -d' ' -f1)" >config.json
}
config

# image FILE [MEMBERS-OF-THE-LAYER]: an image manifest of the two.
image() {
    printf '{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"%s","size":%d},"layers":[{"mediaType":"%s","digest":"%s","size":%d%s}]}' \
        "$IMAGE" "$(digest config.json)" "$(size config.json)" application/vnd.oci.image.layer.v1.tar+gzip "$(digest layer.tar.gz)" "$(size layer.tar.gz)" "${2:-}" >"$1"
}
