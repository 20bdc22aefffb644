# A console project that the .NET SDK 10.0.401 publishes as an image to a registry on loopback; sourced, never run.
# shellcheck shell=bash
source "$(dirname "${BASH_SOURCE[0]}")/registry.sh"

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
echo '{ "sdk": { "version": "10.0.401", "rollForward": "disable" } }' >global.json
dotnet --version >/dev/null || exit 2

# base [MEMBERS]: pushes the base image, with these members of its configuration, as example/app:base.
base() {
    config "${1:-}"
    image image.json
    start
    push_blob layer.tar.gz
    push_blob config.json
    push_manifest base image.json "$IMAGE" >/dev/null
}

# project NAME: a console project NAME.csproj.
project() {
    cat >"$1.csproj" <<PROJECT
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <UseAppHost>false</UseAppHost>
    <ContainerBaseImage>localhost:$port/example/app:base</ContainerBaseImage>
    <ContainerRegistry>localhost:$port</ContainerRegistry>
  </PropertyGroup>
</Project>
PROJECT
    echo 'System.Console.WriteLine("hello");' >Program.cs
}

# publish REPOSITORY OPTION...: publishes the project; its configuration is published.json then.
publish() {
    local repository=http://127.0.0.1:$port/v2/$1
    dotnet publish -v:quiet -t:PublishContainer "-p:ContainerRepository=$1" "${@:2}" >publish.log 2>&1 || { cat publish.log >&2; exit 2; }
    curl -sf -H "Accept: $IMAGE" -o published-manifest.json "$repository/manifests/latest"
    curl -sf -o published.json "$repository/blobs/$(jq -r .config.digest published-manifest.json)"
}
