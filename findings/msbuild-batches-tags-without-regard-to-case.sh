#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its MSBuild 18).
#
# Batching by metadata puts items together whose values differ in case alone: of items with Tag RC1 and rc1, %(Item.Tag) makes one batch, and
# the value in it is RC1, the first one's. WithMetadataValue('Tag', 'rc1') gives the item with RC1 too.
#
# The guess that is wrong: names of metadata have no case in MSBuild, and values, which are the user's text, have one, so each different value
# makes a batch.
#
# Why it matters: tags of images, paths in an image and names of environment variables have case. A target that is run once for each tag
# or path runs too few times, and does under one name what was meant for two.
source "$(dirname "$0")/shared/msbuild.sh"

EXPECTED='batch RC1: a, b
batch rc2: c
WithMetadataValue rc1: a, b'

cat >finding.proj <<'PROJECT'
<Project>
  <ItemGroup>
    <Image Include="a" Tag="RC1" />
    <Image Include="b" Tag="rc1" />
    <Image Include="c" Tag="rc2" />
  </ItemGroup>
  <Target Name="Show">
    <Message Importance="high" Text="batch %(Image.Tag): @(Image, ', ')" />
    <Message Importance="high" Text="WithMetadataValue rc1: @(Image->WithMetadataValue('Tag', 'rc1'), ', ')" />
  </Target>
</Project>
PROJECT
finish "$(run finding.proj)"
