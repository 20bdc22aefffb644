using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>What the steps of an action printed and wrote.</summary>
internal sealed record ActionRun(bool Succeeded, string Log, IReadOnlyDictionary<string, string> Outputs, string Summary)
{
    public ActionRun ShouldSucceed()
    {
        Assert.IsTrue(Succeeded, Log);
        return this;
    }

    /// <summary>The commands that the runner acts on: none between stop-commands and its token.</summary>
    public IReadOnlyList<string> Commands
    {
        get
        {
            var commands = new List<string>();
            string? token = null;
            foreach (var line in Log.Split('\n').Where(line => line.StartsWith("::", StringComparison.Ordinal)))
            {
                if (token is not null)
                {
                    token = line == $"::{token}::" ? null : token;
                }
                else if (line.StartsWith("::stop-commands::", StringComparison.Ordinal))
                {
                    token = line["::stop-commands::".Length..];
                }
                else
                {
                    commands.Add(line);
                }
            }

            return commands;
        }
    }
}

/// <summary>Executes the steps of <c>pipelines/github/action.yml</c> in order with bash, as the runner of GitHub Actions does.</summary>
internal sealed partial class ActionRunner : IDisposable
{
    private readonly TempFolder folder = new();
    private readonly Dictionary<string, string> inputs = new(StringComparer.Ordinal);

    public ActionRunner()
    {
        Workspace = folder.NewFolder("workspace");
        Temporary = folder.NewFolder("temp");
        folder.NewFolder("home");
    }

    public static string Folder => Repository.PathOf("pipelines", "github");

    public string Workspace { get; }

    public string Temporary { get; }

    public void Input(string name, string value) => inputs[name] = value;

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Workspace, name))!);
        File.WriteAllText(Path.Combine(Workspace, name), text);
    }

    /// <summary>The file as the npm package yaml reads it.</summary>
    public static async Task<JsonElement> ReadAsync(string file)
    {
        await Extension.GetAsync();
        const string Program =
            "process.stdout.write(JSON.stringify(require('yaml').parse(require('fs').readFileSync(process.argv[1], 'utf8'))))";
        var text = await RealTool.RunAsync(
            "env", "--chdir", Repository.PathOf("artifacts", "pipelines"), Extension.Node(Extension.Node24), "-e", Program, file);
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }

    public async Task<ActionRun> RunAsync(CancellationToken cancellationToken)
    {
        var action = await ReadAsync(Path.Combine(Folder, "action.yml"));
        foreach (var input in action.GetProperty("inputs").EnumerateObject())
        {
            inputs.TryAdd(input.Name, input.Value.TryGetProperty("default", out var value) ? value.GetString()! : "");
        }

        Assert.IsEmpty(inputs.Keys.Except(action.GetProperty("inputs").EnumerateObject().Select(input => input.Name)));
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        var log = "";
        var succeeded = true;
        foreach (var step in action.GetProperty("runs").GetProperty("steps").EnumerateArray())
        {
            var isAlways = step.TryGetProperty("if", out var condition) && condition.GetString() == "always()";
            if (succeeded || isAlways)
            {
                var (code, text) = await RunAsync(step, outputs, cancellationToken);
                log += text;
                succeeded &= code == 0;
            }
        }

        var own = action.GetProperty("outputs").EnumerateObject().ToDictionary(
            output => output.Name, output => Expand(output.Value.GetProperty("value").GetString()!, outputs), StringComparer.Ordinal);
        return new ActionRun(
            succeeded, log, own, File.Exists(SummaryFile) ? await File.ReadAllTextAsync(SummaryFile, cancellationToken) : "");
    }

    public void Dispose() => folder.Dispose();

    private string SummaryFile => Path.Combine(Temporary, "summary.md");

    private async Task<(int Code, string Log)> RunAsync(
        JsonElement step, Dictionary<string, string> outputs, CancellationToken cancellationToken)
    {
        Assert.AreEqual("bash", step.GetProperty("shell").GetString());
        var script = folder.Write($"step-{Guid.NewGuid():N}.sh", step.GetProperty("run").GetString()!);
        var outputFile = folder.Write($"output-{Guid.NewGuid():N}", "");
        var start = new ProcessStartInfo("bash", ["-c", "exec bash --noprofile --norc -eo pipefail \"$0\" 2>&1", script])
        {
            WorkingDirectory = Workspace,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var (name, value) in Variables(outputFile))
        {
            start.Environment[name] = value;
        }

        foreach (var variable in step.GetProperty("env").EnumerateObject())
        {
            start.Environment[variable.Name] = Expand(variable.Value.GetString()!, outputs);
        }

        using var process = Process.Start(start)!;
        var text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        foreach (var line in await File.ReadAllLinesAsync(outputFile, cancellationToken))
        {
            var (name, value) = line.Split('=', 2) is [var one, var other]
                ? (one, other)
                : throw new AssertFailedException($"GITHUB_OUTPUT has a line without a value: {line}");
            outputs[$"steps.{step.GetProperty("id").GetString()}.outputs.{name}"] = value;
        }

        return (process.ExitCode, text);
    }

    private IEnumerable<KeyValuePair<string, string>> Variables(
        string outputFile) => BaseImages.Instance.Environment.Concat(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["GITHUB_ACTION_PATH"] = Folder,
        ["GITHUB_WORKSPACE"] = Workspace,
        ["GITHUB_OUTPUT"] = outputFile,
        ["GITHUB_STEP_SUMMARY"] = SummaryFile,
        ["RUNNER_TEMP"] = Temporary,
        ["HOME"] = folder.Combine("home"),
        ["CONTAINERSTAGES_STORE"] = folder.Combine("store"),
        ["NUGET_PACKAGES"] = folder.Combine("packages"),
        ["DOTNET_NOLOGO"] = "1",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["PATH"] = $"{Path.GetDirectoryName(StagesProgram.ProgramPath)}:{Environment.GetEnvironmentVariable("PATH")}",
    });

    /// <summary>What is not set is empty, as in the runner.</summary>
    private string Expand(string text, Dictionary<string, string> outputs) => Expression().Replace(
        text,
        match => match.Groups["name"].Value is var name && name.StartsWith("inputs.", StringComparison.Ordinal)
            ? inputs[name["inputs.".Length..]]
            : outputs.GetValueOrDefault(name, ""));

    [GeneratedRegex(@"\$\{\{ (?<name>[\w.-]+) \}\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Expression();
}
