#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its Microsoft.NET.Build.Containers). The base image and the registry (docker-registry 2.8.2+ds1-1, Debian 12) stand on loopback.
#
# `dotnet publish -t:PublishContainer` keeps the base image's StopSignal, Volumes, User, Env, Labels and ExposedPorts, and drops its Healthcheck, Shell, OnBuild
# and StopTimeout, without a word.
#
# The guess that is wrong: an image that adds one layer to a base has the base's configuration, except for what the publishing tool sets, as with FROM and COPY in
# a Dockerfile (which drops OnBuild alone, since it has run it).
#
# Why it matters: who puts a health check into the company's base image finds it in every image that a Dockerfile makes, and in none that the SDK makes; the
# containers have no health then, and whatever waits for "healthy" waits for ever. A tool that takes the SDK's place has to decide which of the two it follows.
source "$(dirname "$0")/shared/dotnet-container.sh"

EXPECTED='base: Env,ExposedPorts,Healthcheck,Labels,OnBuild,Shell,StopSignal,StopTimeout,User,Volumes
kept: Env,ExposedPorts,Labels,StopSignal,User,Volumes
dropped: Healthcheck,OnBuild,Shell,StopTimeout'

base '"Env":["A=1"],"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Test":["CMD","/healthy"],"Interval":30000000000},"Labels":{"a":"b"},"OnBuild":["RUN true"],"Shell":["/bin/bash","-c"],"StopSignal":"SIGQUIT","StopTimeout":10,"User":"app","Volumes":{"/data":{}}'
project app
publish app
jq .config published.json
names() { jq -r "$1" --slurpfile published published.json config.json; }
finish "base: $(names '.config | keys | join(",")')
kept: $(names '[.config | keys[] | select($published[0].config[.] != null)] | join(",")')
dropped: $(names '[.config | keys[] | select($published[0].config[.] == null)] | join(",")')"
