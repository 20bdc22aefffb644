#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its MSBuild 18).
#
# A condition with == compares as numbers when both sides look like one, in quotes or not: '1.10' == '1.1' is true, and so are '007' == '7' and
# '0x10' == '16'. With three parts or a letter it compares text. $(A.Equals('$(B)')) and $(A.CompareTo('$(B)')), which are .NET's methods of
# texts, compare as numbers too; only $([System.String]::Equals('$(A)', '$(B)')) compares text.
#
# The guess that is wrong: what stands in quotes is text, and == of two texts is true when they are the same text; numbers are for < and >. Or
# else Equals of a string is .NET's.
#
# Why it matters: tags and versions of two parts are what such conditions are asked: a target for 1.1, or the check that the tag that was
# pushed is the one that was asked for, takes 1.10 as well. It shows first with the tenth minor version.
source "$(dirname "$0")/shared/msbuild.sh"

EXPECTED="1.10 and 1.1: == True, Equals True, CompareTo 0, String::Equals False
007 and 7: == True, Equals True, CompareTo 0, String::Equals False
0x10 and 16: == True, Equals False, CompareTo -1, String::Equals False
1.10.0 and 1.1.0: == False, Equals False, CompareTo 1, String::Equals False
v1.10 and v1.1: == False, Equals False, CompareTo 1, String::Equals False"

cat >finding.proj <<'PROJECT'
<Project>
  <PropertyGroup>
    <Same>False</Same>
    <Same Condition="'$(A)' == '$(B)'">True</Same>
    <Static>$([System.String]::Equals('$(A)', '$(B)'))</Static>
  </PropertyGroup>
  <Target Name="Compare">
    <Message Importance="high"
             Text="$(A) and $(B): == $(Same), Equals $(A.Equals('$(B)')), CompareTo $(A.CompareTo('$(B)')), String::Equals $(Static)" />
  </Target>
</Project>
PROJECT

compare() { run finding.proj "-p:A=$1" "-p:B=$2"; }
finish "$(
    compare 1.10 1.1
    compare 007 7
    compare 0x10 16
    compare 1.10.0 1.1.0
    compare v1.10 v1.1
)"
