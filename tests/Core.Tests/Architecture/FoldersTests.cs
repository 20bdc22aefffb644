using ContainerStages.Building;
using ContainerStages.Contracts;
using ContainerStages.Oci;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Architecture;

[TestClass]
public sealed class FoldersTests
{
    private const string Product = "ContainerStages";
    private static readonly string[] FilesAndProcesses =
    [
        "System.IO.File", "System.IO.Directory", "System.IO.FileStream", "System.IO.FileInfo", "System.IO.DirectoryInfo",
        "System.Diagnostics.Process",
    ];

    [TestMethod]
    public void A_folder_of_Core_touches_only_what_the_architecture_allows() =>
        AssertNone(
            from reference in ReferencesOf(typeof(Digest))
            where FolderOf(reference.FromNamespace) is not null && FolderOf(reference.ToNamespace) is not null
            let source = FolderOf(reference.FromNamespace)
            let target = FolderOf(reference.ToNamespace)
            where !CoreFolders.Allows(source, target)
            select $"{source} may not touch {target} ({reference.From} uses {reference.To})");

    [TestMethod]
    public void The_contracts_touch_only_the_base_class_library() =>
        AssertNone(
            from reference in ReferencesOf(typeof(BuildDefinition))
            where !IsBaseClassLibrary(reference.ToAssembly) && reference.ToAssembly != typeof(BuildDefinition).Assembly.GetName().Name
            select $"Contracts may not touch {reference.ToAssembly} ({reference.From} uses {reference.To})");

    [TestMethod]
    public void A_package_is_known_only_in_the_folders_that_wrap_it() =>
        AssertNone(
            from reference in ReferencesOf(typeof(Digest))
            where !IsBaseClassLibrary(reference.ToAssembly) && !reference.ToAssembly.StartsWith(Product, StringComparison.Ordinal)
            let folder = FolderOf(reference.FromNamespace) ?? reference.FromNamespace
            where !CoreFolders.Packages.GetValueOrDefault(reference.ToAssembly, []).Contains(folder)
            select $"{folder} may not touch the package {reference.ToAssembly} ({reference.From} uses {reference.To})");

    [TestMethod]
    public void What_only_computes_touches_no_file_process_or_network() =>
        AssertNone(
            from reference in ReferencesOf(typeof(Digest))
            let folder = FolderOf(reference.FromNamespace)
            where CoreFolders.Pure.Contains(folder)
            where FilesAndProcesses.Contains(reference.To) || reference.ToNamespace.StartsWith("System.Net", StringComparison.Ordinal)
            select $"{folder} may not touch {reference.To} ({reference.From} uses it)");

    [TestMethod]
    public void Every_folder_of_Core_stands_in_the_table() =>
        AssertNone(
            from path in Repository.Sources("src/Core", ".cs")
            let folder = FolderOfPath(path)
            where !CoreFolders.Names.Contains(folder)
            select $"{path}: the folder {folder} is missing in {nameof(CoreFolders)} and in docs/architecture.md");

    [TestMethod]
    public void A_file_of_Core_has_the_namespace_of_its_folder() =>
        AssertNone(
            from path in Repository.Sources("src/Core", ".cs")
            let wanted = $"{Product}.{FolderOfPath(path)}"
            where !File.ReadLines(Repository.PathOf(path)).Any(line => line.TrimEnd() == $"namespace {wanted};")
            select $"{path}: the namespace should be {wanted}");

    private static IEnumerable<TypeReference> ReferencesOf(Type one)
    {
        using var assembly = new CompiledAssembly(one.Assembly.Location);
        return [.. assembly.References()];
    }

    /// <summary>The folder of a namespace: null for a foreign one, such as that of generated code.</summary>
    private static string? FolderOf(string space) =>
        space.StartsWith(Product + ".", StringComparison.Ordinal) ? CoreFolders.NameOf(space.Split('.')[1..]) : null;

    /// <summary>The folder below src/Core that the table names; a file in src/Core itself is in none that may be.</summary>
    private static string FolderOfPath(string path) =>
        path.Split('/') is ["src", "Core", .. [_, ..] folders, _] ? CoreFolders.NameOf(folders) : "";

    private static bool IsBaseClassLibrary(string assembly) =>
        File.Exists(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, assembly + ".dll"));

    private static void AssertNone(IEnumerable<string> violations)
    {
        var found = violations.Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.IsEmpty(found, string.Join(Environment.NewLine, found));
    }
}
