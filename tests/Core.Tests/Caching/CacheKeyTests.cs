using System.Collections.Immutable;
using ContainerStages.Caching;
using ContainerStages.Contracts;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Snapshots;
using ContainerStages.Stages;
using CsCheck;

namespace ContainerStages.Core.Tests.Caching;

/// <summary>No two different steps share a key: a step with the key of another would take the other's files.</summary>
[TestClass]
public sealed class CacheKeyTests
{
    private static readonly FileOwner Nobody = new(null, null, null);
    private static readonly PlannedCopy PlainCopy = new(new FromContext(), ["a"], "/d/", null, null, Where);
    private static readonly CopyStep OneCopy = new(1, "COPY a /d/", Where, [PlainCopy]);
    private static readonly WorkdirStep Workdir = new(1, "WORKDIR /w", Where, "/w", "");
    private static readonly RunStep PlainRun =
        new(1, "RUN a", Where, ["/bin/sh", "-c", "a"], ["A=1"], "/", "") { Platform = Platform.Host };

    /// <summary>By the name of the property, what names another result.</summary>
    private static readonly Dictionary<string, RunStep[]> OtherRuns = new()
    {
        [nameof(RunStep.Arguments)] =
            [PlainRun with { Arguments = ["/bin/sh", "-c", "a", "A=1"] }, PlainRun with { Arguments = ["/bin/sh -c", "a"] }],
        [nameof(RunStep.Environment)] = [PlainRun with { Environment = [] }, PlainRun with { Environment = ["A=1", "B=2"] }],
        [nameof(RunStep.WorkingDirectory)] = [PlainRun with { WorkingDirectory = "/w" }],
        [nameof(RunStep.User)] = [PlainRun with { User = "app" }],
        [nameof(RunStep.Network)] = [PlainRun with { Network = RunNetwork.None }, PlainRun with { Network = RunNetwork.Host }],
        [nameof(RunStep.Insecure)] = [PlainRun with { Insecure = true }],
        [nameof(RunStep.Mounts)] =
        [
            .. Mounts.Select(mount => PlainRun with { Mounts = [mount] }),
            PlainRun with { Mounts = [Mounts[0], Mounts[1]] },
            PlainRun with { Mounts = [Mounts[1], Mounts[0]] },
        ],
    };

    private static readonly Dictionary<string, PlannedCopy[]> OtherCopies = new()
    {
        [nameof(PlannedCopy.Destination)] = [PlainCopy with { Destination = "/d" }],
        [nameof(PlannedCopy.Chown)] = [PlainCopy with { Chown = "" }, PlainCopy with { Chown = "1" }],
        [nameof(PlannedCopy.Chmod)] = [PlainCopy with { Chmod = "" }, PlainCopy with { Chmod = "1" }],
        [nameof(PlannedCopy.Unpack)] = [PlainCopy with { Unpack = true }],
        [nameof(PlannedCopy.Append)] = [PlainCopy with { Append = true }],
        [nameof(PlannedCopy.OneOfSeveral)] = [PlainCopy with { OneOfSeveral = true }],
    };

    private static readonly Dictionary<string, PlannedCopy[]> OtherSelections = new()
    {
        [nameof(PlannedCopy.Sources)] =
            [PlainCopy with { Sources = [] }, PlainCopy with { Sources = ["a", "b"] }, PlainCopy with { Sources = ["a", "excludes", "b"] }],
        [nameof(PlannedCopy.Excludes)] = [PlainCopy with { Excludes = ["b"] }, PlainCopy with { Excludes = ["sources", "b"] }],
        [nameof(PlannedCopy.Parents)] = [PlainCopy with { Parents = true }],
        [nameof(PlannedCopy.Optional)] = [PlainCopy with { Optional = true }],
        [nameof(PlannedCopy.Part)] =
        [
            .. Enum.GetValues<PublishedLayer>().Select(layer => PlainCopy with { Part = new PublishedPart("app", layer) }),
            PlainCopy with { Part = new PublishedPart("other", default) },
        ],
        [nameof(PlannedCopy.Chown)] = [PlainCopy with { Chown = "1" }],
    };

    private static SourceLocation Where => new("Dockerfile", 1);

    private static ImmutableArray<PlannedMount> Mounts =>
    [
        new PlannedBind("/m", PlainCopy, ReadWrite: false),
        new PlannedBind("/m", PlainCopy, ReadWrite: true),
        new PlannedBind("/n", PlainCopy, ReadWrite: false),
        new PlannedCache("/m", "id", CacheSharing.Shared, null, false, Nobody),
        new PlannedCache("/m", "id", CacheSharing.Locked, null, false, Nobody),
        new PlannedCache("/m", "id", CacheSharing.Shared, null, true, Nobody),
        new PlannedCache("/m", "other", CacheSharing.Shared, null, false, Nobody),
        new PlannedCache("/m", "id", CacheSharing.Shared, null, false, Nobody) { Apart = ["go"] },
        new PlannedCache("/m", "id", CacheSharing.Shared, null, false, new FileOwner(1, null, null)),
        new PlannedCache("/m", "id", CacheSharing.Shared, null, false, new FileOwner(null, 1, null)),
        new PlannedTmpfs("/m", null),
        new PlannedTmpfs("/m", 1),
        new PlannedSecret("/m", "id", null, false, Nobody),
        new PlannedSecret("/m", "id", "V", false, Nobody),
        new PlannedSecret(null, "id", "V", false, Nobody),
        new PlannedSsh("/m", "id", false, Nobody),
        new PlannedScript("/m", "echo"),
        new PlannedScript("/m", "echo 2"),
    ];

    [TestMethod]
    public void A_copy_that_excludes_shares_no_key_with_one_that_names_the_same_words_as_sources() =>
        Assert.AreNotEqual(
            Selection(PlainCopy with { Sources = ["b"], Excludes = ["sources", "a"] }),
            Selection(PlainCopy with { Sources = ["a", "sources", "b"] }));

    [TestMethod]
    public void Every_other_step_has_another_key()
    {
        var runs = OtherRuns.Values.SelectMany(run => run).Prepend(PlainRun).ToArray();
        var copies = OtherCopies.Values.SelectMany(copy => copy).Prepend(PlainCopy).Select(copy => OneCopy with { Copies = [copy] })
            .Append(OneCopy with { Copies = [PlainCopy, PlainCopy] }).Append(OneCopy with { Link = true }).ToArray();
        string[] keys =
        [
            .. runs.Select(run => Run(run)),
            Run(PlainRun, "other"), Run(PlainRun, "", ["setting"]), Run(PlainRun, "", [], ["content"]),
            Run(PlainRun, "", ["setting", "content"]), Run(PlainRun, "", ["setting"], ["content"]),
            .. copies.Select(copy => Copy(copy)), Copy(OneCopy, "other"), Copy(OneCopy, "", "other"),
            .. OtherSelections.Values.SelectMany(copy => copy).Prepend(PlainCopy).Select(copy => Selection(copy)),
            Selection(PlainCopy, "other"),
            Working(Workdir), Working(Workdir, "other"), Working(Workdir with { Path = "/x" }), Working(Workdir with { User = "app" }),
            CacheKey.EmptyStack.Hex,
            CacheKey.Stack(new StackKey("a"), new SnapshotId("b")).Hex,
            CacheKey.Stack(new StackKey("b"), new SnapshotId("a")).Hex,
            CacheKey.ImpliedFolders([new SnapshotId("a"), new SnapshotId("b")]).Hex,
            CacheKey.ImpliedFolders([new SnapshotId("ab")]).Hex,
            CacheKey.Fresh(new StepKey("a")).Hex,
            CacheKey.Fresh(new StepKey("a")).Hex,
        ];
        Assert.AreEqual("", string.Join(
            '\n', keys.GroupBy(key => key).Where(same => same.Count() > 1).Select(same => $"{same.Count()} steps share {same.Key}")));
    }

    [TestMethod]
    public void What_names_no_result_is_no_part_of_the_key()
    {
        Assert.AreEqual(
            Run(PlainRun),
            Run(PlainRun with
            {
                Number = 2,
                Title = "RUN b",
                Location = new SourceLocation("Other", 2),
                HiddenEnvironment = ["P=1"],
                Explain = _ => null,
            }));
        Assert.AreEqual(
            Run(PlainRun),
            Run(PlainRun with { Mounts = [new PlannedMachineMount("/m", "/etc"), new PlannedMachineSecret("/s", "V", null, true)] }));
        Assert.AreEqual(Copy(OneCopy), Copy(OneCopy with { Number = 2, Title = "ADD", Location = new SourceLocation("Other", 2) }));
        Assert.AreEqual(Copy(OneCopy with { Link = true }), Copy(OneCopy with { Link = true }, "other stack"));
    }

    /// <summary>A new property must be put into the key, or named here as one that names no result.</summary>
    [TestMethod]
    [DataRow(typeof(RunStep), "Number Title Location Reads Explain Platform HiddenEnvironment")]
    [DataRow(typeof(PlannedCopy), "From Location Instruction")]
    [DataRow(typeof(CopyStep), "Number Title Location Reads Copies Link")]
    [DataRow(typeof(WorkdirStep), "Number Title Location Reads Path User")]
    public void Every_property_of_a_step_was_thought_of(Type step, string others)
    {
        IEnumerable<string> known = step == typeof(RunStep)
            ? OtherRuns.Keys
            : step == typeof(PlannedCopy) ? OtherCopies.Keys.Union(OtherSelections.Keys) : [];
        CollectionAssert.AreEquivalent(
            others.Split(' ').Concat(known).ToArray(), step.GetProperties().Select(property => property.Name).ToArray());
    }

    [TestMethod]
    public void Lists_that_differ_give_keys_that_differ() =>
        Gen.Select(Lists, Lists).Sample((one, other) => Key(one) == Key(other) == (Text(one) == Text(other)), iter: 20_000);

    private static Gen<(string? Single, string[] First, string[] Second)> Lists =>
        Gen.Select(Word.Null(), Word.Array[0, 3], Word.Array[0, 3], (single, first, second) => (single, first, second));

    private static Gen<string> Word =>
        Gen.OneOf([.. new[] { "", "a", "b", "ab", "first", "\0", "a\0b", "\u0001\0\0\0a" }.Select(word => Gen.Const(word))]);

    private static string Key((string? Single, string[] First, string[] Second) lists) =>
        new KeyBuilder("test").Add("single", lists.Single).Add("first", lists.First).Add("second", lists.Second).Build();

    private static string Text((string? Single, string[] First, string[] Second) lists) =>
        System.Text.Json.JsonSerializer.Serialize(new object?[] { lists.Single, lists.First, lists.Second });

    private static string Run(RunStep step, string stack = "", string[]? settings = null, string[]? contents = null) =>
        CacheKey.Run(new StackKey(stack), step, settings ?? [], contents ?? []).Hex;

    private static string Copy(CopyStep step, string stack = "", string content = "content") =>
        CacheKey.Copy(new StackKey(stack), step, [.. step.Copies.Select(_ => content)]).Hex;

    private static string Selection(PlannedCopy copy, string stack = "") => CacheKey.Selection(new StackKey(stack), copy).Hex;

    private static string Working(WorkdirStep step, string stack = "") => CacheKey.Workdir(new StackKey(stack), step).Hex;
}
