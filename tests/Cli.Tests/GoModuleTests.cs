using System.Text;
using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Modules built by convention, with what Go remembers from build to build.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class GoModuleTests
{
    [TestMethod]
    [DynamicData(nameof(Accounts))]
    public async Task What_Go_remembers_changes_no_digest_whatever_becomes_of_it(Account account)
    {
        using var folder = new TempFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0x1FF);
        var store = folder.Combine("store");
        var proxy = new GoModuleProxy(folder.Combine("proxy"));
        var sums = proxy.Add("example.com/greeting", "package greeting\n\nfunc Word() string { return \"hello\" }\n");
        var definition = Definition(Module(folder, "one", sums), store, proxy);
        var other = Definition(Module(folder, "two", sums), store, proxy);
        folder.Write("two/vendor/modules.txt", "# example.com/greeting v1.0.0\n## explicit; go 1.14\nexample.com/greeting\n");
        folder.Write("two/vendor/example.com/greeting/module.go", "package greeting\n\nfunc Word() string { return \"vendored\" }\n");

        // Both begin without caches, at the same time; an ordinary user's build alone.
        BuildDefinition[] all = account == Account.Own ? [definition, other] : [definition];
        var cold = await Task.WhenAll(all.Select(one => ExecuteAsync(one, account)));
        var compiled = CompiledFiles(store).Length;
        await SameAsync("warm");
        Assert.HasCount(compiled, CompiledFiles(store), "Something was compiled again.");

        if (account == Account.Own)
        {
            Assert.AreNotEqual(cold[0].ManifestDigest, cold[1].ManifestDigest);
            Damage(store);
            File.AppendAllText(folder.Combine("one/main.go"), "// The step that fetched the modules is not run again.\n");
            Assert.AreEqual(cold[0].ManifestDigest, (await ExecuteAsync(definition, account)).ManifestDigest, "damaged");
            await SameAsync("mended");
        }

        StringAssert.EndsWith((await new StagesProgram(store, account).RunAsync("prune", "--all")).Output, "the store holds 0B\n");
        Assert.IsFalse(
            Directory.Exists(Path.Combine(store, "caches")) && Directory.EnumerateFileSystemEntries(Path.Combine(store, "caches")).Any());

        async Task SameAsync(string what)
        {
            foreach (var (one, before) in all.Zip(cold))
            {
                Assert.AreEqual(
                    before.ManifestDigest,
                    (await ExecuteAsync(one with { Policy = one.Policy with { NoCache = true } }, account)).ManifestDigest,
                    what);
            }
        }
    }

    /// <summary>Some of what was compiled is another file, some is gone, and so are the modules.</summary>
    private static void Damage(string store)
    {
        foreach (var (number, file) in CompiledFiles(store).Index())
        {
            switch (number % 4)
            {
                case 0:
                    File.Delete(file);
                    break;
                case 1:
                    File.WriteAllText(file, "poison");
                    break;
            }
        }

        Posix.TreeRemover.Remove(Directory.GetDirectories(Path.Combine(store, "caches"), "download", SearchOption.AllDirectories).Single());
        Posix.TreeRemover.Remove(
            Directory.GetDirectories(Path.Combine(store, "caches"), "example.com", SearchOption.AllDirectories).Single());
    }

    private static IEnumerable<Account> Accounts() => Environment.IsPrivilegedProcess ? [Account.Own, Account.OrdinaryUser] : [Account.Own];

    private static string[] CompiledFiles(string store) =>
        [.. Directory.EnumerateFiles(Path.Combine(store, "caches"), "*-d", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    private static string Module(TempFolder folder, string name, string sums)
    {
        folder.Write($"{name}/go.mod", "module example.com/app\n\ngo 1.19\n\nrequire example.com/greeting v1.0.0\n");
        folder.Write($"{name}/go.sum", sums);
        folder.Write(
            $"{name}/main.go",
            $"package main\n\nimport \"example.com/greeting\"\n\nfunc main() {{ println(greeting.Word(), \"{name}\") }}\n");
        return folder.Combine(name);
    }

    private static BuildDefinition Definition(string module, string store, GoModuleProxy proxy) => new()
    {
        Policy = new BuildPolicy { Store = store },
        Outputs = new BuildOutputs { Tags = [$"{Path.GetFileName(module)}:latest"] },
        Source = new BuildSource { ContextDirectory = module, Project = Project(module, proxy) },
    };

    private static ProjectDefinition Project(string module, GoModuleProxy proxy) => new()
    {
        File = Path.Combine(module, "app.goproj"),
        Go = new GoModule { Directory = module },
        Config = new ProjectImageConfig(),
        Access = new MachineAccess
        {
            Files = [new MachineFile(proxy.Folder, proxy.Folder)],
            Secrets =
            [
                new MachineSecret("PROXY_FOR_GO", null, "GOPROXY", Masked: false),
                new MachineSecret("NO_SUMS", null, "GONOSUMDB", Masked: false),
            ],
        },
    };

    private static async Task<BuildResult> ExecuteAsync(BuildDefinition definition, Account account)
    {
        var program =
            new StagesProgram(definition.Policy.Store!, account) { Input = Encoding.UTF8.GetString(DefinitionDocument.Write(definition)) };
        var proxy = definition.Source.Project!.Access.Files[0].Source;
        var done = await program.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["PROXY_FOR_GO"] = "file://" + proxy, ["NO_SUMS"] = "*" }, "execute");
        Assert.AreEqual(0, done.ExitCode, done.Report);
        return BuildEventReader.Read(done.Output.TrimEnd().Split('\n')[^1]) is BuildFinished finished
            ? finished.Result
            : throw new InvalidOperationException(done.Output);
    }
}
