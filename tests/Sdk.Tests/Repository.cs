namespace ContainerStages.Sdk.Tests;

/// <summary>Folders of the repository that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    public static string File(string name) => Path.Combine(Root, name);

    private static string FindRoot(string folder) =>
        System.IO.File.Exists(Path.Combine(folder, "ContainerStages.sln")) ? folder : FindRoot(Path.GetDirectoryName(folder)!);
}
