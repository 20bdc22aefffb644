using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Tasks.Tests.Architecture;

[TestClass]
public sealed partial class CirclesTests
{
    private const string Folder = "src/Tasks";

    [TestMethod]
    public void No_files_of_the_tasks_need_each_other_in_a_circle()
    {
        var needed = NeededFiles();
        var circles = needed.Keys
            .Select(file => Reachable(file, needed).Where(other => Reachable(other, needed).Contains(file)).Append(file))
            .Select(circle => string.Join(", ", circle.Distinct().Order(StringComparer.Ordinal)))
            .Where(circle => circle.Contains(", ", StringComparison.Ordinal))
            .Distinct()
            .ToList();

        Assert.IsGreaterThan(30, needed.Count);
        Assert.IsEmpty(circles, string.Join(Environment.NewLine, circles));
    }

    /// <summary>The other files whose types a file mentions, by its path.</summary>
    private static Dictionary<string, HashSet<string>> NeededFiles()
    {
        var files = FilesOfTypes();
        using var assembly = new CompiledAssembly(typeof(PublishContainerStages).Assembly.Location);
        return assembly.References()
            .Where(reference => files.ContainsKey(reference.From) && files.ContainsKey(reference.To))
            .Select(reference => (From: files[reference.From], To: files[reference.To]))
            .Where(edge => edge.From != edge.To)
            .GroupBy(edge => edge.From, edge => edge.To, StringComparer.Ordinal)
            .ToDictionary(edges => edges.Key, edges => edges.ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    /// <summary>Where each type stands, by its full name.</summary>
    private static Dictionary<string, string> FilesOfTypes()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Repository.Sources(Folder, ".cs"))
        {
            var text = File.ReadAllText(Repository.PathOf(path));
            var space = Namespace().Match(text).Groups["name"].Value;
            foreach (Match type in DeclaredType().Matches(text))
            {
                files.TryAdd($"{space}.{type.Groups["name"].Value}", path);
            }
        }

        return files;
    }

    private static HashSet<string> Reachable(string file, Dictionary<string, HashSet<string>> needed)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([file]);
        while (open.TryPop(out var next))
        {
            foreach (var one in needed.GetValueOrDefault(next, []).Where(reached.Add))
            {
                open.Push(one);
            }
        }

        return reached;
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespace();

    [GeneratedRegex(
        @"^(?:public |internal )(?:(?:sealed|static|abstract|partial|readonly|record) )*(?:class|record|struct|interface|enum) (?<name>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DeclaredType();
}
