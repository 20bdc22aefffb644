using System.Text.Json.Nodes;
using ContainerStages.TestKit;

namespace ContainerStages.Differential.Tests;

/// <summary>What a build gave: the image as text, or why there is none.</summary>
internal sealed record Built(string? Image, string Log);

/// <summary>The packed program.</summary>
internal static class StagesEngine
{
    public static async Task<Built> BuildAsync(
        StagesProgram program, string context, string scratch, string[] arguments, string? baseDiffId)
    {
        var layout = Path.Combine(scratch, "layout");
        var result = await program.BuildAsync(context, ["-o", $"type=oci-layout,dest={layout}", .. arguments]);
        if (result.ExitCode != 0)
        {
            return new Built(null, result.Error + result.Output);
        }

        var manifest = Read(layout, Read(Path.Combine(layout, "index.json"))["manifests"]![0]!);
        var layers = manifest["layers"]!.AsArray().Select(layer => (Func<Stream>)(() => File.OpenRead(BlobOf(layout, layer!))));
        return new Built(ImageText.Of(Read(layout, manifest["config"]!), layers, baseDiffId), result.Error);
    }

    private static JsonNode Read(string layout, JsonNode descriptor) => Read(BlobOf(layout, descriptor));

    private static JsonNode Read(string path) => JsonNode.Parse(File.ReadAllBytes(path))!;

    private static string BlobOf(string layout, JsonNode descriptor) =>
        Path.Combine(layout, "blobs", descriptor["digest"]!.GetValue<string>().Replace(':', '/'));
}

/// <summary>Docker with BuildKit.</summary>
internal static class DockerEngine
{
    public static async Task<Built> BuildAsync(
        DockerDaemon docker, string context, string scratch, string name, string[] arguments, string baseDiffId)
    {
        var result = await docker.RunAsync(["build", "--network", "host", "--progress", "plain", "-t", name, .. arguments, context]);
        return result.ExitCode == 0
            ? new Built(await SavedAsync(docker, scratch, name, baseDiffId), result.Error)
            : new Built(null, result.Error + result.Output);
    }

    /// <summary>The only layer of the base image, as a digest.</summary>
    public static Task<string> BaseDiffIdAsync(DockerDaemon docker, string name) =>
        docker.DoAsync("image", "inspect", "--format", "{{index .RootFS.Layers 0}}", name);

    private static async Task<string> SavedAsync(DockerDaemon docker, string scratch, string name, string baseDiffId)
    {
        var folder = Directory.CreateDirectory(Path.Combine(scratch, "saved")).FullName;
        var archive = Path.Combine(scratch, "saved.tar");
        await docker.DoAsync("save", "-o", archive, name);
        await RealTool.RunAsync("tar", "-xf", archive, "-C", folder);
        var manifest = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, "manifest.json")))![0]!;
        var configuration = JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(folder, manifest["Config"]!.GetValue<string>())))!;
        var layers = manifest["Layers"]?.AsArray().Select(
            layer => (Func<Stream>)(() => File.OpenRead(Path.Combine(folder, layer!.GetValue<string>()))))
            ?? [];
        return ImageText.Of(configuration, layers, baseDiffId);
    }
}
