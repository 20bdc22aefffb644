using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Images;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>The hello world of the Docker docs, and the store that the tests share so that base images are pulled once.</summary>
internal static class Hello
{
    public const string Main = "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"Hello, world!\")\n}\n";

    public const string MultiStage = """
        FROM golang:1.14.4-alpine AS builder
        WORKDIR /go/src/app
        COPY main.go .
        RUN go build -o /go/bin/app main.go
        FROM alpine:latest
        COPY --from=builder /go/bin/app /usr/local/bin/app
        CMD ["app"]
        """;

    private static readonly Lazy<TempFolder> Shared = new(() => new TempFolder());

    public static StagesProgram Program { get; } = new(Path.Combine(Shared.Value.Path, "store"));

    /// <summary>A context with main.go and the multi-stage Dockerfile.</summary>
    public static TempFolder Context(string dockerfile = MultiStage)
    {
        var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1ED);
        folder.Write("main.go", Main);
        folder.Write("Dockerfile", dockerfile);
        return folder;
    }

    /// <summary>Builds the program as a Go module by convention, and returns the digest of its manifest.</summary>
    /// <param name="folder">Gets the module; the next build finds it there.</param>
    /// <param name="policy">Names the store and who runs commands, which have the network of the machine.</param>
    public static async Task<string> BuildModuleAsync(
        TempFolder folder, BuildPolicy policy, Account account, IReadOnlyDictionary<string, string> variables)
    {
        folder.Write("app/go.mod", "module example.com/app\n\ngo 1.19\n");
        folder.Write("app/main.go", Main);
        var definition = new BuildDefinition
        {
            Policy = policy,
            Commands = new CommandSettings { Allow = ["network.host"] },
            Outputs = new BuildOutputs { Tags = ["app:latest"] },
            Source = new BuildSource
            {
                ContextDirectory = folder.Combine("app"),
                Project = new ProjectDefinition
                {
                    File = folder.Combine("app", "app.goproj"),
                    Go = new GoModule { Directory = folder.Combine("app") },
                    Config = new ProjectImageConfig(),
                },
            },
        };
        var program = new StagesProgram(policy.Store!, account) { Input = Encoding.UTF8.GetString(DefinitionDocument.Write(definition)) };
        var done = await program.RunAsync(variables, "execute");
        Assert.AreEqual(0, done.ExitCode, policy.Store + done.Output + done.Error);
        return ((BuildFinished)BuildEventReader.Read(done.Output.TrimEnd().Split('\n')[^1])!).Result.ManifestDigest;
    }

    /// <summary>Removes the store; what is wrong with any image that the tests built.</summary>
    public static async Task<IReadOnlyList<string>> CloseStoreAsync()
    {
        if (!Shared.IsValueCreated)
        {
            return [];
        }

        using var store = Shared.Value;
        // A store without an image has no index.
        return File.Exists(Path.Combine(Program.Store, "index.json"))
            ? await LayoutValidator.ValidateFolderAsync(Program.Store, CancellationToken.None)
            : [];
    }
}

/// <summary>Ends what the tests share.</summary>
[TestClass]
public sealed class SharedStore
{
    [AssemblyCleanup]
    public static async Task Every_image_is_valid_and_the_store_goes() =>
        Assert.AreEqual("", string.Join('\n', await Hello.CloseStoreAsync()));
}
