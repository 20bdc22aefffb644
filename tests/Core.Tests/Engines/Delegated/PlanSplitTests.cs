using ContainerStages.Engines;
using ContainerStages.Planning;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>Which stages another engine makes, and what is read of them here.</summary>
[TestClass]
public sealed class PlanSplitTests : IDisposable
{
    private readonly EngineBench bench = new();

    public PlanSplitTests() => bench.AddImage("base", "one");

    public void Dispose() => bench.Dispose();

    [TestMethod]
    public void Files_alone_need_no_other_engine()
    {
        var split = Split("FROM base AS files\nCOPY a /\nFROM base\nCOPY --from=files /a /\n");
        Assert.IsFalse(split.NeedsEngine);
        Assert.HasCount(2, split.Here);
    }

    [TestMethod]
    public void A_stage_that_runs_a_command_is_made_elsewhere_and_what_is_copied_of_it_is_read()
    {
        var split = Split("FROM base AS builder\nRUN compile\nFROM scratch\nCOPY --from=builder /app /bin/app\n");
        Assert.AreEqual("stage-1", Names(split.Here));
        var read = split.Reads.Single();
        Assert.AreEqual(("builder", "/app", true), (read.Stage.Name, read.Copy.Sources.Single(), read.WithFiles));
        Assert.IsNull(split.LastCommand);
    }

    [TestMethod]
    public void What_only_a_command_needs_goes_with_it()
    {
        var split = Split(
            "FROM base AS sources\nCOPY a /\nFROM base AS tools\nRUN install\n"
            + "FROM tools AS builder\nCOPY --from=sources /a /\nRUN compile\nFROM scratch\nCOPY --from=builder /app /\n");
        Assert.AreEqual("stage-3", Names(split.Here));
        Assert.AreEqual("sources tools builder", Names(split.StagesFor(split.Reads.Select(read => read.Stage))));
    }

    [TestMethod]
    public void A_stage_of_files_that_both_need_is_put_together_here_too()
    {
        var split = Split(
            "FROM base AS assets\nCOPY a /\n"
            + "FROM base AS builder\nCOPY --from=assets /a /\nRUN compile\n"
            + "FROM scratch\nCOPY --from=assets /a /\nCOPY --from=builder /app /\n");
        Assert.AreEqual("assets stage-2", Names(split.Here));
        Assert.AreEqual("assets builder", Names(split.StagesFor(split.Reads.Select(read => read.Stage))));
    }

    [TestMethod]
    public void A_stage_without_a_command_that_stands_on_one_with_is_made_elsewhere()
    {
        var split = Split("FROM base AS builder\nRUN compile\nFROM builder AS more\nCOPY a /\n"
            + "FROM scratch\nCOPY --from=more /a /\n");
        Assert.AreEqual("more", split.Reads.Single().Stage.Name);
        Assert.AreEqual("stage-2", Names(split.Here));
    }

    [TestMethod]
    public void A_target_that_runs_commands_stays_here_with_the_stages_under_it()
    {
        var split = Split(
            "FROM base AS common\nRUN a\nFROM base AS builder\nRUN b\n"
            + "FROM common\nCOPY --from=builder /app /\nRUN --mount=from=builder,source=/x,target=/x c\nCOPY a /\n");
        Assert.AreEqual("common stage-2", Names(split.Image));
        Assert.AreEqual("stage-2", split.LastCommand!.Name);
        Assert.AreEqual("True False", string.Join(' ', split.Reads.Select(read => read.WithFiles)));
    }

    [TestMethod]
    public void The_part_that_is_here_reads_by_keys_what_lies_under_a_folder_for_each_stage()
    {
        var split = Split(
            "FROM base AS builder\nRUN compile\n"
            + "FROM base\nRUN --mount=from=builder,target=/b here\nCOPY --from=builder out/*.so /lib/\n"
            + "COPY --from=builder --parents /a/./b/c /\n");
        var here = split.Rewrite(_ => new string('k', 64));
        var copies = here.Plan.Target.Steps.OfType<CopyStep>().SelectMany(step => step.Copies).ToArray();
        Assert.AreEqual("/kkkkkkkkkkkkkkkk/out/*.so /kkkkkkkkkkkkkkkk/a/./b/c", string.Join(' ', copies.SelectMany(copy => copy.Sources)));
        Assert.AreEqual(new FromElsewhere("builder", new string('k', 64), WithFiles: true), copies[0].From);
        Assert.AreEqual("RUN --mount=from=builder,target=/b here", here.Commands.Single().Value.Title);
        Assert.IsFalse(((FromElsewhere)here.Commands.Single().Key.Reads.Single().From).WithFiles);
    }

    private static string Names(IEnumerable<StagePlan> stages) => string.Join(' ', stages.Select(stage => stage.Name));

    private PlanSplit Split(string dockerfile) => PlanSplit.Of(bench.PlanOf(dockerfile));
}
