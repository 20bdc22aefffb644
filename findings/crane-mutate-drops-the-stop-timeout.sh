#!/usr/bin/env bash
# Packages: crane 0.20.7+ds1-5 (Debian 14, "forky"; go-containerregistry), docker-registry 2.8.2+ds1-1 (Debian 12) on loopback.
#
# `crane mutate --label a=b` writes the whole configuration anew with the members that its library knows. StopTimeout is gone, and of the
# health check the StartInterval, while Healthcheck, StopSignal, Shell and OnBuild are kept. So it is with `crane append`. Of the manifest,
# artifactType and subject are gone, and the annotations kept. Nothing is said.
#
# The guess that is wrong: a command that sets a label sets a label; and a tool that keeps Docker's Healthcheck keeps all of it.
#
# Why it matters: labels are added to images that others built, as the last step before they are released. The container is killed ten seconds
# after it was asked to stop, whatever its image asked for, and its start is looked at in the long interval.
source "$(dirname "$0")/shared/crane.sh"

EXPECTED='image: Cmd Healthcheck.Interval Healthcheck.StartInterval Healthcheck.Test OnBuild Shell StopSignal StopTimeout
crane mutate --label: Cmd Healthcheck.Interval Healthcheck.Test Labels.a OnBuild Shell StopSignal
crane append: Cmd Healthcheck.Interval Healthcheck.Test OnBuild Shell StopSignal
manifest: annotations artifactType config layers mediaType schemaVersion subject
manifest, crane mutate --label: annotations config layers mediaType schemaVersion'

get_crane
config '"Cmd":["/run"],"Healthcheck":{"Test":["CMD","/healthy"],"Interval":30000000000,"StartInterval":1000000000},"OnBuild":["RUN true"],"Shell":["/bin/bash","-c"],"StopSignal":"SIGQUIT","StopTimeout":60'
push_blob layer.tar.gz
push_blob config.json
image plain.json
push_manifest plain plain.json "$IMAGE" >/dev/null
jq -c --arg digest "$(digest plain.json)" --argjson size "$(size plain.json)" --arg type "$IMAGE" \
    '.annotations = { a: "b" } | .artifactType = "application/example" | .subject = { mediaType: $type, digest: $digest, size: $size }' plain.json >image.json
push_manifest latest image.json "$IMAGE" >/dev/null
name=localhost:$port/example/app
crane mutate "$name:latest" --label a=b -t "$name:mutated" >/dev/null
tar -cf more.tar config.yml
crane append -b "$name:latest" -f more.tar -t "$name:appended" >/dev/null

members() { crane config "$name:$1" | jq -r '.config | [paths(type != "object") | map(strings) | join(".")] | unique | join(" ")'; }
manifest() { crane manifest "$name:$1" | jq -r 'keys | join(" ")'; }
finish "image: $(members latest)
crane mutate --label: $(members mutated)
crane append: $(members appended)
manifest: $(manifest latest)
manifest, crane mutate --label: $(manifest mutated)"
