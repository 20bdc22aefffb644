#!/usr/bin/env bash
# A DOCKER_CONFIG of this action's own: what earlier steps logged in to, and the login of the inputs.
set -euo pipefail

[ -n "$INPUT_USERNAME$INPUT_PASSWORD" ] || exit 0
fail() { echo "::error::$*"; exit 1; }
[ -n "$INPUT_REGISTRY" ] || fail "'username' and 'password' are given, and no 'registry' that they are for."
[ -n "$INPUT_USERNAME" ] || fail "'password' is given without 'username'."
[ -n "$INPUT_PASSWORD" ] || fail "'username' is given without 'password'. A secret that does not exist is empty; pull requests from forks get none."

auth=$(printf '%s:%s' "$INPUT_USERNAME" "$INPUT_PASSWORD" | base64 -w 0)
printf '::add-mask::%s\n' "$INPUT_PASSWORD" "$auth"
umask 077
folder=$(mktemp -d "$RUNNER_TEMP/containerstages-logins.XXXXXX")
echo "folder=$folder" >>"$GITHUB_OUTPUT"
existing=${DOCKER_CONFIG:-$HOME/.docker}/config.json
if [ -s "$existing" ]; then cp "$existing" "$folder/earlier"; else echo '{}' >"$folder/earlier"; fi
case $INPUT_REGISTRY in docker.io | index.docker.io) key=https://index.docker.io/v1/ ;; *) key=$INPUT_REGISTRY ;; esac

# An empty helper takes the registry from the store of all others.
KEY=$key AUTH=$auth jq '.auths[env.KEY] = { auth: env.AUTH } | if .credsStore then .credHelpers[env.INPUT_REGISTRY] = "" else . end' "$folder/earlier" >"$folder/config.json"
rm "$folder/earlier"
