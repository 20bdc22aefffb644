#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its Microsoft.NET.Build.Containers). The base image and the registry (docker-registry 2.8.2+ds1-1, Debian 12) stand on loopback.
#
# Where the base image has an environment variable APP_UID, the published image's user is its value, and the user that the base itself names (USER 5:6, or
# a name) is dropped, group and all, without a word. Only ContainerUser in the project goes before it.
#
# The guess that is wrong: a project that says nothing of the user gets the one of its base, as with FROM in a Dockerfile; or APP_UID is a help for bases
# that name no user.
#
# Why it matters: Microsoft's Linux images for .NET have APP_UID since .NET 8, so a company's base that is made FROM them with a USER of its own, for volumes or
# a policy of the cluster, has both. A Dockerfile's image runs as that user, and the SDK's as 1654, which may write to other folders or to none.
source "$(dirname "$0")/shared/dotnet-container.sh"

EXPECTED='user 5:6: published 5:6
user 5:6 and APP_UID: published 1654
user web and APP_UID: published 1654
user 5:6 and APP_UID, ContainerUser 7: published 7'

start
push_blob layer.tar.gz
project app

# check TEXT MEMBERS OPTION...: the user of what is published on a base with these members of its configuration.
check() {
    config "$2"
    image image.json
    push_blob config.json
    push_manifest base image.json "$IMAGE" >/dev/null
    publish app "${@:3}"
    echo "$1: published $(jq -r .config.User published.json)"
}

seen=$(
    check 'user 5:6' '"User":"5:6"'
    check 'user 5:6 and APP_UID' '"User":"5:6","Env":["APP_UID=1654"]'
    check 'user web and APP_UID' '"User":"web","Env":["APP_UID=1654"]'
    check 'user 5:6 and APP_UID, ContainerUser 7' '"User":"5:6","Env":["APP_UID=1654"]' -p:ContainerUser=7
)
finish "$seen"
