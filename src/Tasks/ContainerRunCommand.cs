using ContainerStages.Tasks.Engine;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks;

/// <summary>
/// The command by which <c>dotnet run</c> runs an image of the store: <c>dotnet-stages run IMAGE</c>. The arguments of the user follow it;
/// the variables that <c>dotnet run -e</c> and launch profiles set reach the image.
/// </summary>
public sealed class ContainerRunCommand : EngineTask
{
    [Required] public string Image { get; set; } = "";

    /// <summary>Further options of <c>dotnet-stages run</c>.</summary>
    public string Options { get; set; } = "";

    [Output] public string RunCommand { get; private set; } = "";

    [Output] public string RunArguments { get; private set; } = "";

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken)
    {
        var program = EngineProgram.Find(this);
        RunCommand = program.FileName;
        string[] store = Store.Length == 0 ? [] : ["--store", Quoted(FullPath(Store))];
        RunArguments = string
            .Join(' ', (string[])[.. program.Arguments.Select(Quoted), "run", "--env-of-caller", .. store, Options, Quoted(Image)])
            .Replace("  ", " ", StringComparison.Ordinal);
        return System.Threading.Tasks.Task.CompletedTask;
    }

    private static string Quoted(string argument) => argument.Contains(' ', StringComparison.Ordinal) ? $"\"{argument}\"" : argument;
}
