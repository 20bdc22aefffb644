#!/usr/bin/env bash
# Package: .NET SDK 10.0.401 (its MSBuild 18).
#
# A target with Inputs whose Outputs come to an empty list does not run: nothing to make means nothing to do. The same with Inputs that come to
# an empty list, though the output is not there. The build succeeds; the only word of it is a message that shows with -v:normal. An input that
# is named and does not exist lets the target run.
#
# The guess that is wrong: Inputs and Outputs are for leaving out work whose result is there and newer; a target without a result to look at has
# to run, as a rule of make does.
#
# Why it matters: Outputs are often a list of items made earlier (what a template, a tool or another project will write). The day on which that
# list is empty, the step that fills it is left out for good, and an image is published without what it makes.
source "$(dirname "$0")/shared/msbuild.sh"

EXPECTED='Inputs and Outputs: ran
Outputs empty: 
Inputs empty, output missing: 
an input that is missing: ran
exit code 0'

cat >finding.proj <<'PROJECT'
<Project>
  <Target Name="Both" Inputs="finding.proj" Outputs="made.txt"><Message Importance="high" Text="ran" /></Target>
  <Target Name="NoOutputs" Inputs="finding.proj" Outputs="@(Made)"><Message Importance="high" Text="ran" /></Target>
  <Target Name="NoInputs" Inputs="@(Source)" Outputs="made.txt"><Message Importance="high" Text="ran" /></Target>
  <Target Name="InputMissing" Inputs="missing.txt" Outputs="made.txt"><Message Importance="high" Text="ran" /></Target>
</Project>
PROJECT

seen="Inputs and Outputs: $(run finding.proj -t:Both)
Outputs empty: $(run finding.proj -t:NoOutputs)
Inputs empty, output missing: $(run finding.proj -t:NoInputs)
an input that is missing: $(run finding.proj -t:InputMissing)"
finish "$seen
exit code 0"
