namespace ContainerStages.Pipelines.Tests;

/// <summary>What a task printed, and what the agent makes of it.</summary>
internal sealed record TaskRun(int ExitCode, IReadOnlyList<string> Lines)
{
    public IReadOnlyList<AgentCommand> Commands { get; } = [.. Lines.Select(AgentCommand.Find).OfType<AgentCommand>()];

    public string Log => string.Join('\n', Lines);

    /// <summary>The last one that was said; the agent takes it.</summary>
    public string? Result => Commands.LastOrDefault(command => command.Name == "task.complete")?.Properties["result"];

    /// <summary>Errors of the log, as <c>file(line): CODE: message</c>; what is unknown is left out.</summary>
    public IReadOnlyList<string> Errors =>
        [.. Commands.Where(command => command.Name is "task.logissue" or "task.issue" && command.Properties["type"] == "error")
            .Select(Text)];

    public IReadOnlyDictionary<string, string> Outputs => Commands
        .Where(command => command.Name == "task.setvariable" && command.Properties.GetValueOrDefault("isOutput") == "true")
        .ToDictionary(command => command.Properties["variable"], command => command.Data, StringComparer.Ordinal);

    public IReadOnlyList<string> Secrets =>
        [.. Commands.Where(command => command.Name == "task.setsecret").Select(command => command.Data)];

    /// <summary>The Markdown of the page of the run.</summary>
    public string? Summary =>
        Commands.FirstOrDefault(command => command.Name == "task.uploadsummary") is { } upload ? File.ReadAllText(upload.Data) : null;

    public TaskRun ShouldSucceed()
    {
        Assert.AreEqual("Succeeded", Result, Log);
        Assert.AreEqual(0, ExitCode, Log);
        return this;
    }

    public TaskRun ShouldFail()
    {
        Assert.AreEqual("Failed", Result, Log);
        return this;
    }

    /// <summary>Each secret is registered before the first line that holds it, which is the line that registers it.</summary>
    public void ShouldMask(params string[] secrets)
    {
        foreach (var secret in secrets)
        {
            Assert.AreEqual(
                $"##vso[task.setsecret]{secret}", Lines.FirstOrDefault(line => line.Contains(secret, StringComparison.Ordinal)), Log);
        }
    }

    private static string Text(AgentCommand issue)
    {
        var file = issue.Properties.GetValueOrDefault("sourcepath");
        var line = issue.Properties.GetValueOrDefault("linenumber");
        var code = issue.Properties.GetValueOrDefault("code");
        return $"{(file is null ? "" : Path.GetFileName(file))}{(line is null ? "" : $"({line})")}{(file is null ? "" : ": ")}" +
            $"{(code is null ? "" : $"{code}: ")}{issue.Data}";
    }
}
