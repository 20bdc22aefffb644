using System.Diagnostics;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Shells complete command lines with the scripts that the program prints.</summary>
[TestClass]
public sealed class CompletionTests
{
    private const string Dockerfile = "FROM scratch AS builder\nCOPY main.go /\nFROM builder AS final\n";

    [TestMethod]
    [DataRow("bash", ".bashrc", "PS1='ready> '\nsource <(dotnet-stages completion bash)\n", "bash --noprofile --rcfile .bashrc -i")]
    [DataRow(
        "zsh",
        ".zshrc",
        "PS1='ready> '\nbindkey -e\nautoload -U compinit\ncompinit -u -D\nsource <(dotnet-stages completion zsh)\n",
        "zsh -i")]
    public async Task Keys_complete_verbs_options_values_files_stages_and_images(string shell, string file, string startUp, string command)
    {
        var (context, image) = await StartAsync();
        using var folder = context;
        folder.Write(file, startUp);
        await using var session = await ShellSession.StartAsync(folder, command);
        Assert.AreSequenceEqual(
            [
                "dotnet-stages", "build", "--progress=plain", "--progress", "json", "--target=builder", "--iidfile", "the id", "-f",
                "Dockerfile",
            ],
            await session.WordsAsync("dotnet-stages bu\t --progress=pl\t --progress js\t --target=bu\t --iid\t th\t -f Do\t"), shell);
        Assert.AreSequenceEqual(
            ["dotnet-stages", "run", "-it", image, "main.go"],
            await session.WordsAsync($"dotnet-stages run -it {image[..^2]}\t main\t"),
            shell);
        var word = (await session.WordsAsync("dotnet-stages build a\\ f\t"))[^1];
        Assert.AreEqual("a folder", word.TrimEnd('/'), shell);
    }

    [TestMethod]
    public async Task Fish_and_PowerShell_offer_the_same()
    {
        var (context, image) = await StartAsync();
        using var folder = context;
        (string Line, string Expected)[] lines =
        [
            ("dotnet-stages bu", "build"), ("dotnet-stages build --progress=pl", "--progress=plain"),
            ("dotnet-stages build --progress js", "json"),
            ("dotnet-stages build --target=bu", "--target=builder"), ("dotnet-stages build -f Dockerf", "Dockerfile"),
            ($"dotnet-stages run -it {image[..^2]}", image),
        ];
        var expected = string.Join('\n', lines.Select(line => line.Expected));

        var fish =
            $"dotnet-stages completion fish | source; for line in {string.Join(' ', lines.Select(line => $"'{line.Line}'"))}" +
            "; complete -C $line; end";
        Assert.AreEqual(expected, string.Join('\n', (await RunAsync(folder, "fish", "-c", fish)).Select(line => line.Split('\t')[0])));

        var powerShell =
            "dotnet-stages completion pwsh | Out-String | Invoke-Expression; " +
            $"{string.Join("; ", lines.Select(line => $"(TabExpansion2 '{line.Line}' {line.Line.Length}).CompletionMatches.CompletionText"))}";
        var program = Repository.PathOf("artifacts", "tools", "pwsh");
        Assert.IsTrue(File.Exists(program), "PowerShell is missing: run build/setup.sh --tests.");
        Assert.AreEqual(
            expected,
            string.Join('\n', (await RunAsync(folder, program, "-NoProfile", "-Command", powerShell)).Select(
                line => line.Replace("./", "", StringComparison.Ordinal))));
    }

    [TestMethod]
    [DataRow("", "build lock restore", DisplayName = "verbs")]
    [DataRow("exec", ":words", DisplayName = "no hidden ones")]
    [DataRow("build --bui", "--build-arg --build-context :words", DisplayName = "options")]
    [DataRow("build -", "--file -f --tag", DisplayName = "short ones too")]
    [DataRow("build --tag", "--tag :words", DisplayName = "an option that is whole")]
    [DataRow("build -t --pro", ":words", DisplayName = "the value of an option is none")]
    [DataRow("build -fother ", ":folders", DisplayName = "a value in the same word")]
    [DataRow("run -it --network ", "host none :words", DisplayName = "values")]
    [DataRow("run image --r", ":files", DisplayName = "what follows an image is the command's")]
    [DataRow("inspect -- --f", ":words", DisplayName = "nothing is an option behind two dashes")]
    [DataRow("build --ulimit nof", "nofile= :words", DisplayName = "the beginning of a value")]
    [DataRow("nothing ", ":words", DisplayName = "an unknown verb")]
    public async Task The_word_decides_what_is_offered(string line, string expected)
    {
        var result = await Hello.Program.RunAsync(["complete", "--", .. line.Split(' ')]);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        StringAssert.StartsWith(string.Join(' ', result.Output.Trim().Split('\n').Select(each => each.Split('\t')[0])), expected);
    }

    private static async Task<(TempFolder Context, string Image)> StartAsync()
    {
        var context = Hello.Context(Dockerfile);
        context.Write("the id", "");
        context.NewFolder("a folder");
        var image = $"completed-{Guid.NewGuid():N}:1";
        var built = await Hello.Program.BuildAsync(context.Path, "-t", image);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        return (context, image);
    }

    private static async Task<string[]> RunAsync(TempFolder folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        };
        foreach (var (name, value) in ShellSession.Environment(folder.Path))
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var result = await StagesProgram.EndAsync(process);
        Assert.AreEqual(0, result.ExitCode, result.Error);
        return result.Output.Trim().Split('\n');
    }
}
