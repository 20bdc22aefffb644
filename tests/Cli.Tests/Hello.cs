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
