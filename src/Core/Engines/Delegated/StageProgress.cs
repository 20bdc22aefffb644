using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;
using ContainerStages.Sandboxing;

namespace ContainerStages.Engines;

/// <summary>
/// Tells what another engine does as if it were done here: the stages and instructions that the user wrote, their output without secrets,
/// and the failure of a step at its line.
/// </summary>
/// <param name="text">What the engine was given.</param>
/// <param name="events">Hears of steps.</param>
/// <param name="mask">Secrets of the commands.</param>
/// <param name="name">Keeps apart the steps of several builds.</param>
internal sealed class StageProgress(StageText text, IBuildEvents events, SecretMask mask, string name)
{
    private const int Kept = 20;
    private readonly Lock gate = new();
    private readonly Dictionary<TextLine, ShownStep> shown = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<string> told = new();
    private TextLine? failed;
    private string failure = "";
    private int? exitCode;

    /// <summary>Finds a stage by its name in the text.</summary>
    public TextStage? Find(string stage) => text.Stages.FirstOrDefault(one => one.Name == stage);

    /// <summary>Finds a stage by its place in the text, from 0.</summary>
    public TextStage? Find(int stage) => text.Stages.ElementAtOrDefault(stage);

    /// <summary>The stage where there is only one, which engines then do not name.</summary>
    public TextStage? Only => text.Stages is [var one] ? one : null;

    /// <summary>What no step wrote: the last lines are told where the engine itself fails.</summary>
    public void Say(string line)
    {
        lock (gate)
        {
            told.Enqueue(mask.Apply(line));
            if (told.Count > Kept)
            {
                told.Dequeue();
            }
        }
    }

    /// <summary>What the user should know although the build goes on.</summary>
    public void Warn(Diagnostic warning) => events.Report(new DiagnosticReported(warning));

    public void Begin(TextStage stage, TextLine line)
    {
        lock (gate)
        {
            if (line.Step is { } step && !shown.ContainsKey(line))
            {
                var id = string.Create(CultureInfo.InvariantCulture, $"{name}-{shown.Count + 1}");
                shown.Add(line, new ShownStep(id, Stopwatch.StartNew()));
                events.Report(new StepStarted(id, stage.Stage, step.Title));
            }
        }
    }

    public void Write(TextLine line, string output, bool isError)
    {
        lock (gate)
        {
            if (shown.GetValueOrDefault(line) is { } step)
            {
                var masked = mask.Apply(output);
                step.Lines.Enqueue(masked);
                if (step.Lines.Count > Kept)
                {
                    step.Lines.Dequeue();
                }

                events.Report(new OutputLine(step.Id, masked, isError));
            }
        }
    }

    public void End(TextLine line, StepOutcome outcome)
    {
        lock (gate)
        {
            if (shown.GetValueOrDefault(line) is { IsDone: false } step)
            {
                step.IsDone = true;
                events.Report(new StepFinished(step.Id, outcome, step.Watch.ElapsedMilliseconds));
            }
        }
    }

    /// <param name="message">What the engine says of it.</param>
    /// <param name="code">Of the command; null where that is not why.</param>
    public void Fail(TextLine line, string message, int? code)
    {
        lock (gate)
        {
            if (failed is null)
            {
                (failed, failure, exitCode) = (line, mask.Apply(message), code);
            }
        }

        End(line, StepOutcome.Failed);
    }

    /// <summary>Ends the steps that are still open, and explains why the engine ended with <paramref name="code"/>.</summary>
    /// <param name="explain">Finds what the last lines of the engine mean; null where they mean nothing better.</param>
    public BuildFailedException Failure(string engine, int code, Func<string, Diagnostic?> explain)
    {
        foreach (var line in shown.Keys.ToArray())
        {
            End(line, StepOutcome.Failed);
        }

        lock (gate)
        {
            var last = string.Join('\n', told);
            return new BuildFailedException(
                Explain(engine, failed) ?? explain($"{failure}\n{last}") ?? Explain(
                    engine,
                    failed,
                    failure) ?? RemoteDiagnostics.EngineFailed(engine, code, told));
        }
    }

    /// <summary>A command that ended with an exit code, or a file that is not there: told as the embedded engine tells it.</summary>
    private Diagnostic? Explain(string engine, TextLine? line) => line switch
    {
        { Step: RunStep run } when exitCode is { } code =>
            Masked(run.Explain?.Invoke(Lines(line)) ?? StepDiagnostics.CommandFailed(run.Title, code, Lines(line), run.Location)),
        { Read: { } read } when failure.Contains("not found", StringComparison.OrdinalIgnoreCase)
            || failure.Contains("no such file", StringComparison.OrdinalIgnoreCase) =>
            StepDiagnostics.SourceNotFound(
                read.Copy.Instruction,
                read.Copy.Sources[0],
                $"stage '{read.Stage.Name}'",
                "",
                read.Copy.Location),
        _ => null,
    };

    private static Diagnostic? Explain(string engine, TextLine? line, string message) => line switch
    {
        { Step: { } step } => RemoteDiagnostics.StepFailed(engine, step.Title, message, step.Location),
        { Read: { } read } =>
            RemoteDiagnostics.StepFailed(engine, $"{read.Copy.Instruction} of stage '{read.Stage.Name}'", message, read.Copy.Location),
        _ => null,
    };

    private Diagnostic Masked(Diagnostic diagnostic) => diagnostic with { Message = mask.Apply(diagnostic.Message) };

    private ImmutableArray<string> Lines(TextLine line) => shown.GetValueOrDefault(line) is { } step ? [.. step.Lines] : [];

    private sealed class ShownStep(string id, Stopwatch watch)
    {
        public string Id { get; } = id;

        public Stopwatch Watch { get; } = watch;

        public Queue<string> Lines { get; } = new();

        public bool IsDone { get; set; }
    }
}
