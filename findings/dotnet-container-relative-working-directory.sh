#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its Microsoft.NET.Build.Containers). The base image and the registry (docker-registry 2.8.2+ds1-1, Debian 12) stand on loopback.
#
# ContainerWorkingDirectory and the name of the program are joined as text. With `/App`, the form that the documentation of the property shows (`/bin`), the
# entry point of the image is `dotnet /Appapp.dll`, while the files stand in /App. The publish succeeds, and the container ends at its start.
#
# The guess that is wrong: a property that holds a folder takes a folder with or without a slash at its end.
#
# Why it matters: the same value is right in a Dockerfile (WORKDIR /App), so it is what people write; and nothing but the start of the container shows it.
source "$(dirname "$0")/shared/dotnet-container.sh"

EXPECTED='/App/: dotnet /App/app.dll; program in App/app.dll
/App: dotnet /Appapp.dll; program in App/app.dll'

base
project app
describe() {
    publish app "-p:ContainerWorkingDirectory=$1"
    local layer
    layer=$(jq -r '.layers[-1].digest' published-manifest.json)
    echo "$1: $(jq -r '.config.Entrypoint | join(" ")' published.json); program in $(curl -sf "http://127.0.0.1:$port/v2/app/blobs/$layer" | tar tz | grep '/app\.dll$')"
}
seen=$(describe /App/; describe /App)
finish "$seen"
