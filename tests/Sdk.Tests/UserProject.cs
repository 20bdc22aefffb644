using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>A user's folder with a project that names the packed SDK from a folder feed.</summary>
internal sealed class UserProject : IDisposable
{
    private readonly PackedSdk _sdk;
    private readonly CancellationToken _cancellationToken;

    private UserProject(PackedSdk sdk, CancellationToken cancellationToken)
    {
        _sdk = sdk;
        _cancellationToken = cancellationToken;
        Write("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{Repository.File("artifacts/packages")}" /></packageSources>
            </configuration>
            """);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("containerstages-user-").FullName;

    public static async Task<UserProject> CreateAsync(TestContext context) => new(await PackedSdk.GetAsync(), context.CancellationToken);

    /// <summary>A copy of a sample, so that its own nuget.config and settings above it play no part.</summary>
    public static async Task<UserProject> CopyOfSampleAsync(string sample, TestContext context)
    {
        var project = await CreateAsync(context);
        project.Copy($"samples/{sample}", "");
        return project;
    }

    /// <summary>Copies sources of the repository into a folder of the user's.</summary>
    public void Copy(string source, string target)
    {
        var folder = Repository.File(source);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file))
            .Where(IsSource))
        {
            var copy = Full(Path.Combine(target, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(Path.Combine(folder, file), copy);
        }
    }

    // Somebody may have built the sample where it stands.
    private static bool IsSource(string file) => !file.Split('/').Any(part => part is "bin" or "obj");

    public string Full(string name) => Path.Combine(Folder, name);

    public string Read(string name) => File.ReadAllText(Full(name));

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Full(name))!);
        File.WriteAllText(Full(name), text);
    }

    public Task<CommandResult> DotnetAsync(params string[] arguments) =>
        Command.RunAsync("dotnet", arguments, Folder, _sdk.Environment, _cancellationToken);

    /// <summary>The same in a namespace without network, not even loopback.</summary>
    public Task<CommandResult> DotnetWithoutNetworkAsync(params string[] arguments) =>
        Command.RunAsync("unshare", ["--net", "dotnet", .. arguments], Folder, _sdk.Environment, _cancellationToken);

    public Task<CommandResult> DotnetAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunAsync("dotnet", environment, arguments);

    public Task<CommandResult> RunAsync(string program, IEnumerable<string> arguments) =>
        Command.RunAsync(program, arguments, Folder, _sdk.Environment, _cancellationToken);

    public Task<CommandResult> RunAsync(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        RunInAsync(Folder, program, environment, arguments);

    public Task<CommandResult> RunInAsync(
        string folder, string program, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Command.RunAsync(program, arguments, folder, With(environment), _cancellationToken);

    /// <summary>A program that goes on by itself.</summary>
    public System.Diagnostics.Process StartIn(
        string folder, string program, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        Command.Start(program, arguments, folder, With(environment));

    /// <summary>Folder of the store that publishes of this run use.</summary>
    public string Store => _sdk.Environment["CONTAINERSTAGES_STORE"];

    /// <summary>Runs the engine program beside MSBuild, on the same store.</summary>
    public Task<CommandResult> StagesAsync(params string[] arguments) =>
        Command.RunAsync(PackedSdk.Program, arguments, Folder, _sdk.Environment, _cancellationToken);

    public System.Diagnostics.Process StartDotnet(params string[] arguments) =>
        Command.Start("dotnet", arguments, Folder, _sdk.Environment);

    /// <summary>The values of properties after evaluation.</summary>
    public async Task<JsonElement> PropertiesAsync(string[] names, params string[] arguments)
    {
        // With one name alone MSBuild prints the bare value.
        var result = await DotnetAsync(
            ["msbuild", .. names.Select(name => $"-getProperty:{name}"), "-getProperty:MSBuildProjectName", .. arguments]);
        using var json = JsonDocument.Parse(result.ShouldSucceed().Output);
        return json.RootElement.GetProperty("Properties").Clone();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private Dictionary<string, string> With(IReadOnlyDictionary<string, string> environment) =>
        new([.. _sdk.Environment.Where(pair => !environment.ContainsKey(pair.Key)), .. environment], StringComparer.Ordinal);
}
