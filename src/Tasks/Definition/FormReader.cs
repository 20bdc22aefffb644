using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.Definition;

internal interface IFormItems : IProjectItems
{
    string ImageFormat { get; }

    string Compression { get; }

    string Timestamp { get; }

    string SourceDateEpoch { get; }
}

/// <summary>Reads the form of the image: media types, compression, times.</summary>
internal sealed class FormReader(IFormItems task, ProblemList problems)
{
    /// <param name="fitsEither">True where nothing else of the project asks for one of the formats.</param>
    public ImageForm Read(bool fitsEither)
    {
        var (compression, level) = Compression();
        return new ImageForm
        {
            Format = Format(),
            FormatOfBase = fitsEither && task.ImageFormat.Length == 0 && compression != LayerCompression.Zstd,
            Compression = compression,
            CompressionLevel = level,
            SourceDateEpoch = task.Timestamp.Length > 0 ? Seconds("ContainerStagesTimestamp", task.Timestamp)
                : task.SourceDateEpoch.Length > 0 ? Seconds("SOURCE_DATE_EPOCH", task.SourceDateEpoch) : null,
        };
    }

    private ImageFormat Format()
    {
        switch (task.ImageFormat.ToUpperInvariant())
        {
            case "" or "OCI":
                return ImageFormat.Oci;
            case "DOCKER":
                return ImageFormat.Docker;
            default:
                problems.Add(ProjectDiagnostics.InvalidFormat(task.ImageFormat, task.ProjectFile));
                return ImageFormat.Oci;
        }
    }

    // gzip, zstd:19, none; the engine program knows which levels there are. Null for the compression's own.
    private (LayerCompression Compression, int? Level) Compression()
    {
        var parts = task.Compression.Split(':', 2);
        LayerCompression? found = parts[0].Trim().ToUpperInvariant() switch
        {
            "" or "GZIP" => LayerCompression.Gzip,
            "ZSTD" => LayerCompression.Zstd,
            "NONE" => LayerCompression.None,
            _ => null,
        };
        var hasLevel = parts.Length == 2;
        var level = 0;
        if (found is null || (hasLevel && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out level)))
        {
            problems.Add(ProjectDiagnostics.InvalidCompression(task.Compression, task.ProjectFile));
            return default;
        }

        return (found.Value, hasLevel ? level : null);
    }

    private long? Seconds(string name, string value)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return seconds;
        }

        if (DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            && time.ToUnixTimeSeconds() >= 0)
        {
            return time.ToUnixTimeSeconds();
        }

        problems.Add(ProjectDiagnostics.InvalidTimestamp(name, value, task.ProjectFile));
        return null;
    }
}
