using System.Collections;
using System.Reflection;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks;

/// <summary>
/// Whether a target was asked of the project that runs this task, or of the solution that the project is built in. MSBuild tells that to no
/// task, so this reads the engine's own records; where they are not as known, the answer is no.
/// </summary>
public sealed class FindRequestedTarget : ContainerStagesTask
{
    [Required] public string Target { get; set; } = "";

    /// <summary>Full path of the solution; anything else where there is none.</summary>
    public string Solution { get; set; } = "";

    [Output] public bool IsRequested { get; private set; }

    protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken)
    {
        var host = Member(BuildEngine, "_host");
        IsRequested = Targets(Member(BuildEngine, "_requestEntry"))
            .Concat(InThisProcess(host))
            .Concat(OnThisNode(host))
            .Contains(Target, StringComparer.OrdinalIgnoreCase);
        return System.Threading.Tasks.Task.CompletedTask;
    }

    /// <summary>What was asked of the solution where the build began in this process.</summary>
    private IEnumerable<string> InThisProcess(object? host) =>
        All(Member(Member(host, "_buildSubmissions"), "Values"))
            .Select(submission => Member(submission, "BuildRequestDataBase"))
            .Where(data => All(Member(data, "EntryProjectsFullPath")).Any(IsSolution))
            .SelectMany(data => Texts(Member(data, "TargetNames")));

    /// <summary>The same where another process of the build has the solution, as with MSBUILDNOINPROCNODE.</summary>
    private IEnumerable<string> OnThisNode(object? host) =>
        All(Member(Member(host, "_buildRequestEngine"), "_requests"))
            .Where(entry => IsSolution(Member(Member(entry, "RequestConfiguration"), "ProjectFullPath")))
            .SelectMany(Targets);

    private bool IsSolution(object? path) => path is string text && string.Equals(text, Solution, StringComparison.Ordinal);

    private static IEnumerable<string> Targets(object? entry) => Texts(Member(Member(entry, "Request"), "Targets"));

    private static IEnumerable<string> Texts(object? list) => All(list).OfType<string>();

    // Another thread may change the list; that is then as good as none.
    private static object[] All(object? list)
    {
        try
        {
            return list is IEnumerable items ? [.. items.Cast<object>()] : [];
        }
        catch (InvalidOperationException)
        {
            return [];
        }
    }

    private static object? Member(object? of, string name)
    {
        for (var type = of?.GetType(); type is not null; type = type.BaseType)
        {
            const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
            if (type.GetField(name, Own) is { } field)
            {
                return field.GetValue(of);
            }

            if (type.GetProperty(name, Own) is { } property)
            {
                return property.GetValue(of);
            }
        }

        return null;
    }
}
