# Package: .NET SDK 10.0.401 (its Microsoft.NET.Build.Containers). The base image and the registry (docker-registry 2.8.2+ds1-1, Debian 12) stand on loopback.
#
# A semicolon in the value of a ContainerLabel or ContainerEnvironmentVariable (written as %3B, as MSBuild wants it) is in an image for one platform. In one for
# several platforms the same item ends the publish with MSB4184, an error of an expression that no line of the project holds.
#
# The guess that is wrong: what is a valid item for one platform is one for two. Items travel to the inner builds of the platforms as one property of text, in
# which semicolons part the items, and are taken apart there again.
#
# Why it matters: values with semicolons are common (connection strings, header lists, paths of a search), and the error appears on the day on which a second
# platform is added. A tool that takes the SDK's place has to hand items over as items.
source "$(dirname "$0")/shared/dotnet-container.sh"

EXPECTED='one platform: a;b
several platforms, value ab: published
several platforms, value a;b: refused, MSB4184'

base
project app
sed -i 's|</Project>|<ItemGroup><ContainerLabel Include="example" Value="$(Label)" /></ItemGroup></Project>|' app.csproj
several() {
    if dotnet publish -v:quiet -t:PublishContainer "-p:Label=$1" '-p:ContainerRuntimeIdentifiers="linux-x64;linux-musl-x64"' '-p:RuntimeIdentifiers="linux-x64;linux-musl-x64"' \
        -p:ContainerRepository=app >publish.log 2>&1; then
        echo published
    else
        grep -m 1 -o 'error [A-Z]*[0-9]*.*' publish.log >&2
        echo "refused, $(grep -m 1 -o 'MSB[0-9]*' publish.log)"
    fi
}

publish app -p:Label=a%3Bb
finish "one platform: $(jq -r .config.Labels.example published.json)
several platforms, value ab: $(several ab)
several platforms, value a;b: $(several a%3Bb)"
