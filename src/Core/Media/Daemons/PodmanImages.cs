using System.Diagnostics;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Archives;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Media.Daemons;

/// <summary>
/// The images of podman, through its program: it knows where its storage is and how it is locked. Archives are OCI archives. Source:
/// podman-save(1), podman-load(1).
/// </summary>
internal sealed class PodmanImages : IImageDaemon
{
    private const string Engine = "podman";

    public Medium Archive => Medium.OciArchive;

    /// <summary>Podman would look for a short name under several registries.</summary>
    public string NameOf(ImageReference name) => name.ToString();

    public async Task<string?> FindIdAsync(string name, CancellationToken cancellationToken)
    {
        var (exit, output, error) = await RunAsync(["image", "inspect", "--format", "{{.Id}}", name], cancellationToken);
        return exit == 0 ? output.Trim()
            : error.Contains("no such image", StringComparison.OrdinalIgnoreCase)
                || error.Contains("not known", StringComparison.OrdinalIgnoreCase)
                ? null
            : throw Refused($"to describe '{name}'", error);
    }

    public async Task<Stream> SaveAsync(string name, CancellationToken cancellationToken)
    {
        // podman writes this format into a file first, wherever it goes; so it may as well be ours.
        var file = Path.Combine(Path.GetTempPath(), $"stages-podman-{Path.GetRandomFileName()}");
        try
        {
            var (exit, _, error) = await RunAsync(
                ["save", "--quiet", "--format", "oci-archive", "--output", file, name],
                cancellationToken);
            return exit == 0
                ? new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16)
                : throw Refused($"to save '{name}'", error);
        }
        finally
        {
            // What is open stays readable.
            File.Delete(file);
        }
    }

    public async Task LoadAsync(Image image, IReadOnlyList<ImageReference> names, IContentStore store, CancellationToken cancellationToken)
    {
        // podman takes one name from an archive; the others are given afterwards.
        var documents = OciArchivePublisher.Documents(image, [names[0]]);
        await LoadAsync(stream => ImageArchive.WriteTar(stream, image, store, documents, cancellationToken), cancellationToken);
        foreach (var name in names.Skip(1))
        {
            await TagAsync(NameOf(names[0]), NameOf(name), cancellationToken);
        }
    }

    public void Dispose()
    {
    }

    private static async Task LoadAsync(Action<Stream> write, CancellationToken cancellationToken)
    {
        using var process = Start(["load", "--quiet"]);
        await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        Exception? broken = null;
        try
        {
            await Task.Run(() => write(process.StandardInput.BaseStream), cancellationToken);
        }
        catch (IOException failure)
        {
            // podman ended early; it says why.
            broken = failure;
        }

        try
        {
            process.StandardInput.Close();
        }
        catch (IOException failure)
        {
            broken ??= failure;
        }

        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        await output;
        if (process.ExitCode != 0 || broken is not null)
        {
            throw new BuildFailedException(SourceDiagnostics.EngineRefused(Engine, "to load the image", await error), broken);
        }
    }

    private static async Task TagAsync(string image, string name, CancellationToken cancellationToken)
    {
        var (exit, _, error) = await RunAsync(["tag", image, name], cancellationToken);
        if (exit != 0)
        {
            throw Refused($"the name '{name}'", error);
        }
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (exit, output, error) = await HostProgram.RunAsync(new ProcessStartInfo("podman", arguments), cancellationToken)
            ?? throw NotThere();
        return (exit, output, error.Trim());
    }

    private static Process Start(string[] arguments) => HostProgram.Start(new ProcessStartInfo("podman", arguments)) ?? throw NotThere();

    private static BuildFailedException NotThere() =>
        new(SourceDiagnostics.EngineNotThere(Engine, "there is no program 'podman' in PATH. Install podman."));

    private static BuildFailedException Refused(string what, string error) => new(SourceDiagnostics.EngineRefused(Engine, what, error));
}
