using System.Runtime.InteropServices;
using ContainerStages.Tasks.Posix;

namespace ContainerStages.Tasks.Engine;

/// <summary>How the engine program is started: a file and the arguments before the verb.</summary>
public sealed record EngineProgram(string FileName, IReadOnlyList<string> Arguments)
{
    private const string NativeName = "dotnet-stages";

    /// <summary>The program, where <see cref="FileName"/> is only what runs it.</summary>
    public string ProgramFile => Arguments.Count > 0 ? Arguments[0] : FileName;

    /// <summary>
    /// The program that the project names, else the package's native one where it fits the machine, else the package's .NET one.
    /// </summary>
    public static EngineProgram Find(EngineTask task)
    {
        if (task.Program.Length > 0)
        {
            var named = Path.GetFullPath(task.Program, task.ProjectDirectory);
            return named.EndsWith(".dll", StringComparison.Ordinal) ? OnDotNet(named, task) : new EngineProgram(Existing(named), []);
        }

        var native = Path.Combine(task.ToolsDirectory, "linux-x64", NativeName);
        return FitsNative() && File.Exists(native)
            ? new EngineProgram(Executable.Ensure(native, task.IntermediateDirectory), [])
            : OnDotNet(Path.Combine(task.ToolsDirectory, "any", NativeName + ".dll"), task);
    }

    // Distributions without glibc (Alpine) have no such loader; there the native program cannot start.
    private static bool FitsNative() =>
        RuntimeInformation.OSArchitecture == Architecture.X64 && File.Exists("/lib64/ld-linux-x86-64.so.2");

    private static EngineProgram OnDotNet(string assembly, EngineTask task) =>
        new(task.DotNetHost.Length > 0 ? task.DotNetHost : "dotnet", [Existing(assembly)]);

    private static string Existing(string file) =>
        File.Exists(file) ? file : throw new ProjectException(ProjectDiagnostics.EngineNotStarted(file, "there is no such file"));
}

/// <summary>NuGet may unpack programs without the executable bit, and other users' package folders cannot be mended.</summary>
public static class Executable
{
    /// <summary>The file itself, made executable where need be, or an executable copy of it in <paramref name="copyDirectory"/>.</summary>
    public static string Ensure(string file, string copyDirectory)
    {
        if (UserCalls.CanExecute(file) || TrySetBit(file))
        {
            return file;
        }

        var copy = Path.Combine(copyDirectory, Path.GetFileName(file));
        if (!IsCopyOf(copy, file))
        {
            Copy(file, copy);
        }

        return UserCalls.CanExecute(copy)
            ? copy
            : throw new ProjectException(ProjectDiagnostics.EngineNotStarted(
                file, $"it is not executable, and neither is a copy in '{copyDirectory}' (is the file system mounted noexec?)"));
    }

    private static bool TrySetBit(string file)
    {
        try
        {
            const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | execute);
            return UserCalls.CanExecute(file);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or IOException)
        {
            return false;
        }
    }

    private static bool IsCopyOf(string copy, string file) =>
        File.Exists(copy) && UserCalls.CanExecute(copy)
        && new FileInfo(copy).Length == new FileInfo(file).Length
        && File.GetLastWriteTimeUtc(copy) == File.GetLastWriteTimeUtc(file);

    // Renamed into place, because another build of the same project may be running the old copy.
    private static void Copy(string file, string copy)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
        var temporary = $"{copy}.{Environment.ProcessId}";
        File.Copy(file, temporary, overwrite: true);
        File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetLastWriteTimeUtc(temporary, File.GetLastWriteTimeUtc(file));
        File.Move(temporary, copy, overwrite: true);
    }
}
