using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace ContainerStages.Tasks.Tests;

/// <summary>
/// MSBuild for the tests is that of the .NET SDK, as it is for a task: its assemblies are loaded from there, and it finds the SDKs of
/// projects there.
/// </summary>
internal static class MSBuildOfTheSdk
{
    private static readonly string Folder = Newest();

#pragma warning disable CA2255 // A test assembly is a program: nothing of MSBuild may be looked for before.
    [ModuleInitializer]
#pragma warning restore CA2255
    public static void Use()
    {
        Environment.SetEnvironmentVariable("MSBUILD_EXE_PATH", Path.Combine(Folder, "MSBuild.dll"));
        Environment.SetEnvironmentVariable("MSBuildExtensionsPath", Folder + "/");
        Environment.SetEnvironmentVariable("MSBuildSDKsPath", Path.Combine(Folder, "Sdks"));
        Environment.SetEnvironmentVariable("DOTNET_HOST_PATH", Path.Combine(Folder, "../../dotnet"));
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            Path.Combine(Folder, name.Name + ".dll") is var file && File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }

    // shared/Microsoft.NETCore.App/VERSION is where the runtime of the tests is; the SDKs are beside it.
    private static string Newest()
    {
        var root = Path.GetFullPath("../../../sdk", Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        return Directory.EnumerateDirectories(root)
            .Where(folder => Version.TryParse(Path.GetFileName(folder), out _))
            .MaxBy(folder => Version.Parse(Path.GetFileName(folder)))!;
    }
}
