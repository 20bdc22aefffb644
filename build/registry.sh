# The loopback registry of the demo, the tests and the benchmarks; sourced, never run.
# One docker-registry per storage folder; its port and process id are kept beside the storage.
# shellcheck shell=bash

REGISTRY_DIR=${CONTAINERSTAGES_REGISTRY_DIR:-$ARTIFACTS/registry}

registry_port() { cat "$REGISTRY_DIR/port" 2>/dev/null || echo 0; }
registry_address() { echo "localhost:$(registry_port)"; }

# Ours and answering: a process id alone may be somebody else's by now, and so may a port.
registry_running() {
    local pid
    pid=$(cat "$REGISTRY_DIR/pid" 2>/dev/null) || return 1
    tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF "serve $REGISTRY_DIR/config.yml" &&
        curl -sf -m 2 -o /dev/null "http://$(registry_address)/v2/"
}

registry_start() {
    mkdir -p "$REGISTRY_DIR/storage"
    exec 8>"$REGISTRY_DIR/lock"
    flock 8
    if ! registry_running; then
        registry_launch
    fi
    exec 8>&-
}

registry_launch() {
    local attempt port log=$REGISTRY_DIR/registry.log
    for attempt in 1 2 3 4 5; do
        # The port of last time, while it is free: images that a user tagged with it keep working.
        port=$(registry_port)
        if [ "$attempt" -gt 1 ] || [ "$port" = 0 ] || port_taken "$port"; then port=$((20000 + RANDOM % 12000)); fi
        port_taken "$port" && continue
        echo "$port" >"$REGISTRY_DIR/port"
        registry_config "$port" >"$REGISTRY_DIR/config.yml"
        setsid docker-registry serve "$REGISTRY_DIR/config.yml" >"$log" 2>&1 </dev/null 8>&- 9>&- &
        echo $! >"$REGISTRY_DIR/pid"
        for _ in $(seq 100); do
            registry_running && return
            kill -0 "$(cat "$REGISTRY_DIR/pid")" 2>/dev/null || break
            sleep 0.05
        done
    done
    tail -n 5 "$log" >&2
    fail "docker-registry does not start; its log is $log"
}

registry_stop() {
    if registry_running; then kill "$(cat "$REGISTRY_DIR/pid")"; fi
    rm -f "$REGISTRY_DIR/pid"
}

port_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

registry_config() {
    cat <<CONFIG
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage:
  filesystem: { rootdirectory: $REGISTRY_DIR/storage, maxthreads: 100 }
  delete: { enabled: true }
  maintenance: { uploadpurging: { enabled: false } }
http: { addr: "127.0.0.1:$1", secret: loopback }
CONFIG
}

# --- the distribution protocol, as far as pushing a made image needs it

# push_blob REPOSITORY FILE DIGEST
push_blob() {
    local base location
    base=http://$(registry_address)/v2/$1/blobs
    curl -sf -o /dev/null -I "$base/$3" && return
    location=$(curl -sf -X POST -D - -o /dev/null "$base/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
    [ -n "$location" ] || fail "the registry at $(registry_address) refuses an upload to $1"
    curl -sf -T "$2" -H 'Content-Type: application/octet-stream' -o /dev/null "$location&digest=$3"
}

# mount_blob REPOSITORY DIGEST FROM: a blob of another repository.
mount_blob() {
    curl -sf -X POST -o /dev/null "http://$(registry_address)/v2/$1/blobs/uploads/?mount=$2&from=$3"
}

# push_manifest REPOSITORY TAG-OR-DIGEST FILE
push_manifest() {
    curl -sf -X PUT -H "Content-Type: $(jq -r .mediaType "$3")" --data-binary "@$3" -o /dev/null \
        "http://$(registry_address)/v2/$1/manifests/$2"
}
