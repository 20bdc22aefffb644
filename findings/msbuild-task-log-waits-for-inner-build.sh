# Package: .NET SDK 10.0.401 (its MSBuild 18).
#
# While a task builds another project (IBuildEngine.BuildProjectFile), every call that another thread of the same task makes to its log (LogMessageEvent and its
# kin) blocks until that build has ended. Nothing says so: no error, no warning, and the messages appear afterwards, in order, with the time at which the log
# got them.
#
# The guess that is wrong: writing to the log is a short call that any thread of a task may make while the task runs, whatever its first thread does.
#
# Why it matters: a task that reads the output of a program on one thread and logs it, and meanwhile builds a project on another, stops reading; the program
# fills its pipe and waits, and where the project waits for the program in turn, nobody ever goes on. Output has to go through a queue that only one thread empties.
source "$(dirname "$0")/shared/msbuild.sh"

EXPECTED='alone: the message took less than a second
beside an inner build of 4 s: the message took longer than 3 s'

cat >inner.proj <<'PROJECT'
<Project><Target Name="Wait"><Exec Command="sleep $(Seconds)" /></Target></Project>
PROJECT
cat >outer.proj <<'PROJECT'
<Project>
  <UsingTask TaskName="LogBesideBuild" TaskFactory="RoslynCodeTaskFactory" AssemblyFile="$(MSBuildToolsPath)/Microsoft.Build.Tasks.Core.dll">
    <ParameterGroup><Seconds ParameterType="System.Int32" Required="true" /></ParameterGroup>
    <Task>
      <Using Namespace="System.Collections" />
      <Using Namespace="System.Diagnostics" />
      <Using Namespace="System.Threading" />
      <Code Type="Fragment" Language="cs"><![CDATA[
        long took = 0;
        var logging = new Thread(() =>
        {
            Thread.Sleep(500);
            var watch = Stopwatch.StartNew();
            Log.LogMessage(MessageImportance.High, "logged by another thread");
            took = watch.ElapsedMilliseconds;
        });
        logging.Start();
        if (Seconds > 0)
        {
            BuildEngine.BuildProjectFile("inner.proj", new[] { "Wait" }, new Hashtable { ["Seconds"] = Seconds.ToString() }, new Hashtable());
        }

        logging.Join();
        Log.LogMessage(MessageImportance.High, "took " + took + " ms");
      ]]></Code>
    </Task>
  </UsingTask>
  <Target Name="Log"><LogBesideBuild Seconds="$(Seconds)" /></Target>
</Project>
PROJECT

# took SECONDS: milliseconds that the call took beside an inner build of so many seconds.
took() { run outer.proj "-p:Seconds=$1" | sed -n 's/.*took \([0-9]*\) ms.*/\1/p'; }
alone=$(took 0) beside=$(took 4)
echo "alone $alone ms, beside an inner build of four seconds $beside ms" >&2
finish "alone: the message took $([ "$alone" -lt 1000 ] && echo "less than a second" || echo "$alone ms")
beside an inner build of 4 s: the message took $([ "$beside" -gt 3000 ] && echo "longer than 3 s" || echo "$beside ms")"
