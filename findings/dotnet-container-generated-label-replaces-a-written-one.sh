#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its Microsoft.NET.Build.Containers). The base image and the registry (docker-registry 2.8.2+ds1-1, Debian 12) stand on loopback.
#
# A ContainerLabel item of the project with the name of a label that the SDK makes itself (org.opencontainers.image.version, .created and others) is without
# effect: the SDK's label comes after it and the last one counts. Nothing says so. The item counts where the SDK has nothing to say (.title), and when the
# property for that label, ContainerGenerateLabelsImageVersion, is false.
#
# The guess that is wrong: what the project writes goes before what the SDK thinks up, as a property that is set goes before its default.
#
# Why it matters: a label with the fixed time of the commit (.created), for images that are the same each time, or with the release's name (.version) is in the
# project file and not in the image; whoever reads the project, or sees that .title arrives, has no reason to look.
source "$(dirname "$0")/shared/dotnet-container.sh"

EXPECTED='title: written
version: 1.0.0
created: generated
version, ContainerGenerateLabelsImageVersion=false: written'

base
project app
sed -i 's|</Project>|<ItemGroup><ContainerLabel Include="org.opencontainers.image.title;org.opencontainers.image.version;org.opencontainers.image.created" Value="written" /></ItemGroup></Project>|' app.csproj
label() { jq -r ".config.Labels[\"org.opencontainers.image.$1\"]" published.json; }

publish app
jq .config.Labels published.json
seen="title: $(label title)
version: $(label version)
created: $(label created | sed -E 's/^20[0-9]{2}-.*Z$/generated/')"
publish app -p:ContainerGenerateLabelsImageVersion=false
finish "$seen
version, ContainerGenerateLabelsImageVersion=false: $(label version)"
