#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its MSBuild 18), on Linux.
#
# Item names are compared without regard to case, on Linux too, where readme.md and README.md are two files: Exclude and Remove of the one
# take both away, and Distinct() and RemoveDuplicates keep the first alone. Include of a pattern finds both.
#
# The guess that is wrong: MSBuild, which asks the file system of Linux for names as they are, compares names as that file system does.
#
# Why it matters: a list of files that goes into an image or a package (a folder of a web site, dictionaries, test data, what another tool
# generated) loses a file in silence on the way through such an operation. Nothing fails before somebody asks for the file.
source "$(dirname "$0")/shared/msbuild.sh"

EXPECTED='Include: README.md, readme.md
Exclude="README.md": 
Remove="README.md": 
Distinct: README.md
RemoveDuplicates: README.md'

touch readme.md README.md
cat >finding.proj <<'PROJECT'
<Project>
  <ItemGroup>
    <Found Include="*.md" />
    <Excluded Include="*.md" Exclude="README.md" />
    <Removed Include="*.md" />
    <Removed Remove="README.md" />
    <Named Include="README.md;readme.md" />
  </ItemGroup>
  <Target Name="Show">
    <RemoveDuplicates Inputs="@(Named)"><Output TaskParameter="Filtered" ItemName="Once" /></RemoveDuplicates>
    <Message Importance="high" Text="Include: @(Found, ', ')" />
    <Message Importance="high" Text="Exclude=&quot;README.md&quot;: @(Excluded, ', ')" />
    <Message Importance="high" Text="Remove=&quot;README.md&quot;: @(Removed, ', ')" />
    <Message Importance="high" Text="Distinct: @(Named->Distinct())" />
    <Message Importance="high" Text="RemoveDuplicates: @(Once)" />
  </Target>
</Project>
PROJECT
# The order in which the file system gives two names is its own.
finish "$(run finding.proj | sed 's/: readme.md, README.md$/: README.md, readme.md/')"
