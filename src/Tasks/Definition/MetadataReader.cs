using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface IMetadataItems : IProjectItems
{
    ITaskItem[] Labels { get; }

    string BaseDigestLabel { get; }

    ITaskItem[] Annotations { get; }
}

/// <summary>Reads labels and annotations of the image.</summary>
internal sealed class MetadataReader(IMetadataItems task, ProblemList problems, ProjectFiles files, ValueReader values)
{
    private static readonly string[] Scopes = ["Manifest", "Index", "ManifestDescriptor"];

    public ImageMetadata Read()
    {
        var annotations = task.Annotations.Select(Annotation).ToLookup(annotation => annotation.Scope);
        return new ImageMetadata
        {
            Labels = values.Pairs("ContainerLabel", task.Labels),
            BaseDigestLabel = values.Boolean("ContainerGenerateLabelsImageBaseDigest", task.BaseDigestLabel),
            Annotations = Pairs("Manifest"),
            IndexAnnotations = Pairs("Index"),
            DescriptorAnnotations = Pairs("ManifestDescriptor"),
        };

        // Of two with one name the later wins.
        Dictionary<string, string> Pairs(string scope) =>
            annotations[scope].Select(annotation => annotation.Item).GroupBy(item => item.ItemSpec, StringComparer.Ordinal)
                .ToDictionary(same => same.Key, same => same.Last().GetMetadata("Value"), StringComparer.Ordinal);
    }

    /// <summary>Its scope is null where there is none of that name.</summary>
    private (string? Scope, ITaskItem Item) Annotation(ITaskItem item)
    {
        values.CheckMetadata("ContainerAnnotation", item, "Value", "Scope");
        var written = item.GetMetadata("Scope");
        var scope =
            Scopes.FirstOrDefault(known => known.Equals(written.Length == 0 ? "Manifest" : written, StringComparison.OrdinalIgnoreCase));
        if (scope is null)
        {
            var valid = string.Join(", ", Scopes);
            problems.Add(
                ProjectDiagnostics.InvalidAnnotationScope(item.ItemSpec, written, valid, files.Locate("ContainerAnnotation", item)));
        }

        return (scope, item);
    }
}
