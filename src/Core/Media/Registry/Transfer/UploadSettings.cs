using System.Globalization;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>How blobs are sent. Source: .NET SDK, container publishing, environment variables.</summary>
internal sealed record UploadSettings
{
    /// <summary>What a chunk has where only "in chunks" is said; no registry asks for more.</summary>
    public const long UsualChunk = 5 * 1024 * 1024;

    /// <summary>Bytes per request, or null for the whole blob in one.</summary>
    public long? ChunkSize { get; init; }

    /// <summary>Blobs on their way at the same time.</summary>
    public int AtOnce { get; init; } = 4;

    /// <exception cref="BuildFailedException">A variable has a value that means nothing.</exception>
    public static UploadSettings Read(RegistryEnvironment environment) => new()
    {
        ChunkSize = Find(environment, "CHUNKED_UPLOAD_SIZE_BYTES") is { } size ? Size(size)
            : Find(environment, "CHUNKED_UPLOAD") is { } chunked && Flag("CHUNKED_UPLOAD", chunked) ? UsualChunk
            : null,
        AtOnce = Find(environment, "PARALLEL_UPLOAD") is { } parallel && !Flag("PARALLEL_UPLOAD", parallel) ? 1 : 4,
    };

    private static string? Find(RegistryEnvironment environment, string name) =>
        environment["DOTNET_CONTAINER_REGISTRY_" + name] ?? environment["SDK_CONTAINER_REGISTRY_" + name];

    private static long Size(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? size
            : throw Bad("CHUNKED_UPLOAD_SIZE_BYTES", "it must be a number of bytes greater than 0");

    private static bool Flag(string name, string text) =>
        bool.TryParse(text, out var flag) ? flag : throw Bad(name, "it must be true or false");

    private static BuildFailedException Bad(string name, string expected) =>
        new(RegistryDiagnostics.BadVariable("DOTNET_CONTAINER_REGISTRY_" + name, expected));
}
