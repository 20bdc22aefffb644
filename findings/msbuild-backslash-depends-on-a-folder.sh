#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its MSBuild 18), on Linux.
#
# The value of a property or of an item's metadata that holds a backslash depends on which folders lie beside the project: `src\d+` stays as it
# is, and is `src/d+` once there is a folder src there. MSBuild takes the value for a path of Windows then, and changes every backslash in it,
# also in what the command line gives (-p:). Written as %5C the backslash stays.
#
# The guess that is wrong: a value is the text that the project file has, or else backslashes always become slashes on Linux, as they do in
# item names. Nobody expects the text of a pattern or an argument to be looked up on the disk.
#
# Why it matters: a pattern, an argument of an entry point, or an environment variable of an image that has a backslash in it builds right for
# months, and changes on the day on which somebody makes a folder of that name, or only on the machine that has one.
source "$(dirname "$0")/shared/msbuild.sh"

EXPECTED='no folder src: property src\d+, metadata src\d+, -p: src\d+, escaped src\d+
a folder src: property src/d+, metadata src/d+, -p: src/d+, escaped src\d+'

cat >finding.proj <<'PROJECT'
<Project>
  <PropertyGroup>
    <Pattern>src\d+</Pattern>
    <Escaped>src%5Cd+</Escaped>
  </PropertyGroup>
  <ItemGroup>
    <Variable Include="PATTERN" Value="src\d+" />
  </ItemGroup>
  <Target Name="Show">
    <Message Importance="high" Text="property $(Pattern), metadata %(Variable.Value), -p: $(Given), escaped $(Escaped)" />
  </Target>
</Project>
PROJECT

seen="no folder src: $(run finding.proj '-p:Given=src\d+')"
mkdir src
finish "$seen
a folder src: $(run finding.proj '-p:Given=src\d+')"
