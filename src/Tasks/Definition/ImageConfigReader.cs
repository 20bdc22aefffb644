using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface IImageConfigItems : IProjectItems
{
    string User { get; }

    string WorkingDirectory { get; }

    ITaskItem[] Entrypoint { get; }

    ITaskItem[] EntrypointArgs { get; }

    ITaskItem[] AppCommand { get; }

    ITaskItem[] AppCommandArgs { get; }

    string AppCommandInstruction { get; }

    ITaskItem[] DefaultArgs { get; }

    ITaskItem[] EnvironmentVariables { get; }

    ITaskItem[] Ports { get; }

    string ImageInstructions { get; }
}

/// <summary>
/// Reads what the Container* items and properties say of the image's configuration, with the meaning they have in the .NET SDK.
/// </summary>
internal sealed class ImageConfigReader(IImageConfigItems task, ProblemList problems, ProjectFiles files, ValueReader values)
{
    public const string InstructionsName = "ContainerStagesImageInstructions";

    public ProjectImageConfig Read()
    {
        var (entrypoint, cmd) = Command();
        return new ProjectImageConfig
        {
            Entrypoint = entrypoint,
            Cmd = cmd,
            User = task.User.Length == 0 ? null : task.User,
            WorkingDirectory = task.WorkingDirectory.Length == 0 ? null : task.WorkingDirectory,
            Environment = values.Pairs("ContainerEnvironmentVariable", task.EnvironmentVariables),
            Ports = [.. task.Ports.Select(Port)],
            Instructions = string.IsNullOrWhiteSpace(task.ImageInstructions) ? null : Instructions(task.ImageInstructions),
        };
    }

    private ImageInstructionText Instructions(string evaluated)
    {
        if (files.Property(InstructionsName, evaluated) is not var (file, raw))
        {
            return new ImageInstructionText(evaluated, task.ProjectFile, 0);
        }

        foreach (var (expression, place) in files.Vanished(file, raw, evaluated))
        {
            problems.Add(ProjectDiagnostics.ExpandedToNothing(expression.Text, InstructionsName, place));
        }

        return new ImageInstructionText(raw.WithLinesOfComments(evaluated), file, raw.HasLinesOf(evaluated) ? raw.Line : 0);
    }

    // The rules of the .NET SDK's CreateNewImage: the application's command becomes the entrypoint, unless the project says otherwise.
    private (IReadOnlyList<string>? Entrypoint, IReadOnlyList<string>? Cmd) Command()
    {
        List<string> entrypoint = [.. Texts(task.Entrypoint), .. Texts(task.EntrypointArgs)];
        List<string> app = [.. Texts(task.AppCommand), .. Texts(task.AppCommandArgs)];
        List<string> arguments = [.. Texts(task.DefaultArgs)];
        CheckCommand();

        var instruction = task.AppCommandInstruction.Length > 0 ? task.AppCommandInstruction : entrypoint.Count > 0 ? "None" : "Entrypoint";
        switch (instruction.ToUpperInvariant())
        {
            case "ENTRYPOINT":
                entrypoint = app.Count > 0 ? app : entrypoint;
                break;
            case "DEFAULTARGS":
                arguments.InsertRange(0, app);
                break;
            default:
                break;
        }

        // An entrypoint of the project makes the base image's CMD meaningless: it would be passed to it as arguments.
        IReadOnlyList<string>? cmd = arguments.Count > 0 || entrypoint.Count > 0 ? arguments : null;
        return (entrypoint.Count > 0 ? entrypoint : null, cmd);
    }

    private void CheckCommand()
    {
        var isEntrypointSet = task.Entrypoint.Length > 0 || task.EntrypointArgs.Length > 0;
        var instruction = task.AppCommandInstruction.ToUpperInvariant();
        Require(instruction is "" or "ENTRYPOINT" or "DEFAULTARGS" or "NONE",
            $"ContainerAppCommandInstruction '{task.AppCommandInstruction}' is unknown. Valid: Entrypoint, DefaultArgs, None.");
        Require(task.EntrypointArgs.Length == 0 || task.Entrypoint.Length > 0,
            "ContainerEntrypointArgs is set without ContainerEntrypoint. Set ContainerEntrypoint, or use ContainerDefaultArgs.");
        Require(task.AppCommandArgs.Length == 0 || task.AppCommand.Length > 0,
            "ContainerAppCommandArgs is set without ContainerAppCommand. Set ContainerAppCommand, or use ContainerDefaultArgs.");
        Require(!(isEntrypointSet && instruction == "ENTRYPOINT"),
            "ContainerEntrypoint is set, and ContainerAppCommandInstruction says that the application is the " +
            "entrypoint. Remove one of them.");
        Require(!(isEntrypointSet && instruction.Length == 0 && task.AppCommand.Length > 0),
            "ContainerEntrypoint and ContainerAppCommand are both set. Set ContainerAppCommandInstruction to " +
            "DefaultArgs, or remove one of them.");
        Require(!(instruction == "NONE" && task.AppCommand.Length > 0),
            "ContainerAppCommand is set, and ContainerAppCommandInstruction is None. Remove one of them.");
    }

    private void Require(bool holds, string message)
    {
        if (!holds)
        {
            problems.Add(ProjectDiagnostics.CommandConflict(message, task.ProjectFile));
        }
    }

    private string Port(ITaskItem item)
    {
        var parts = item.ItemSpec.Split('/');
        var protocol = (parts.Length == 2 ? parts[1] : item.GetMetadata("Type") is { Length: > 0 } type ? type : "tcp").ToLowerInvariant();
        var isNumber = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (parts.Length > 2 || !isNumber || number is < 1 or > 65535 || protocol is not ("tcp" or "udp"))
        {
            problems.Add(ProjectDiagnostics.InvalidPort($"{parts[0]}/{protocol}", files.Locate("ContainerPort", item)));
        }

        return $"{parts[0]}/{protocol}";
    }

    private static IEnumerable<string> Texts(ITaskItem[] items) => items.Select(item => item.ItemSpec);
}
