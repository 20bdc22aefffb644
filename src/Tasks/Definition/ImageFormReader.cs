using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

/// <summary>Reads how layers are compressed, and the annotations of the image.</summary>
internal sealed class ImageFormReader
{
    private static readonly string[] Scopes = ["Manifest", "Index", "ManifestDescriptor"];
    private readonly List<(string Scope, string Name, string Value)> annotations = [];

    public ImageFormReader(PublishContainerStages task, ProblemList problems, ProjectFiles files)
    {
        ReadCompression(task, problems);
        foreach (var item in task.Annotations)
        {
            ReadAnnotation(item, problems, files);
        }
    }

    public LayerCompression Compression { get; private set; }

    /// <summary>Null for the compression's own default.</summary>
    public int? Level { get; private set; }

    /// <summary>False where the project asks for something that Docker's format has no name for.</summary>
    public bool IsForEitherFormat => Compression != LayerCompression.Zstd && annotations.Count == 0;

    /// <summary>Of two with one name the later wins.</summary>
    public IReadOnlyDictionary<string, string> Annotations(string scope) =>
        annotations.Where(annotation => annotation.Scope == scope).GroupBy(annotation => annotation.Name, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.Last().Value, StringComparer.Ordinal);

    // gzip, zstd:19, none; the engine program knows which levels there are.
    private void ReadCompression(PublishContainerStages task, ProblemList problems)
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
            return;
        }

        (Compression, Level) = (found.Value, hasLevel ? level : null);
    }

    private void ReadAnnotation(ITaskItem item, ProblemList problems, ProjectFiles files)
    {
        foreach (string name in item.CloneCustomMetadata().Keys)
        {
            if (!string.Equals(name, "Value", StringComparison.OrdinalIgnoreCase)
                && !string.Equals(name, "Scope", StringComparison.OrdinalIgnoreCase))
            {
                problems.Add(ProjectDiagnostics.UnknownMetadata("ContainerAnnotation", item.ItemSpec, name, "Value, Scope", files.Locate("ContainerAnnotation", item)));
            }
        }

        var written = item.GetMetadata("Scope");
        if (Scopes.FirstOrDefault(known => string.Equals(known, written.Length == 0 ? "Manifest" : written, StringComparison.OrdinalIgnoreCase)) is { } scope)
        {
            annotations.Add((scope, item.ItemSpec, item.GetMetadata("Value")));
        }
        else
        {
            problems.Add(ProjectDiagnostics.InvalidAnnotationScope(item.ItemSpec, written, string.Join(", ", Scopes), files.Locate("ContainerAnnotation", item)));
        }
    }
}
