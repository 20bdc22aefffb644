#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its MSBuild 18).
#
# What a target gives to the MSBuild task that calls it is its Outputs, unless any other target of the same file has a Returns attribute: then
# it gives nothing. One Returns anywhere in a file switches Outputs off for every target in that file, and for no target of a file that
# imports it. Nothing is said.
#
# The guess that is wrong: Returns is an attribute of one target, and takes the place of that target's Outputs alone.
#
# Why it matters: whoever adds a target with Returns to a .targets file of a package empties the results of its other targets. The projects
# that ask for them get an empty list, which is a valid list: files are missing from what is published, and no line tells why.
source "$(dirname "$0")/shared/msbuild.sh"

EXPECTED='no Returns in the file: a.txt;b.txt
Returns in another target: 
Returns in an imported file: a.txt;b.txt'

cat >plain.proj <<'PROJECT'
<Project>
  <Target Name="GetFiles" Outputs="a.txt;b.txt" />
</Project>
PROJECT
sed 's|</Project>|  <Target Name="GetOther" Returns="c.txt" />\n&|' plain.proj >beside.proj
cat >other.targets <<'PROJECT'
<Project>
  <Target Name="GetOther" Returns="c.txt" />
</Project>
PROJECT
sed 's|</Project>|  <Import Project="other.targets" />\n&|' plain.proj >import.proj
cat >finding.proj <<'PROJECT'
<Project>
  <Target Name="Ask">
    <MSBuild Projects="$(Asked)" Targets="GetFiles"><Output TaskParameter="TargetOutputs" ItemName="Given" /></MSBuild>
    <Message Importance="high" Text="$(Text): @(Given)" />
  </Target>
</Project>
PROJECT

ask() { run finding.proj "-p:Text=$1" "-p:Asked=$2"; }
finish "$(
    ask 'no Returns in the file' plain.proj
    ask 'Returns in another target' beside.proj
    ask 'Returns in an imported file' import.proj
)"
