using ContainerStages.Contracts;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Tests;

/// <summary>Whatever a task meets is one line with a code; a trace is only in the log.</summary>
[TestClass]
public sealed class UnforeseenTests
{
    private readonly RecordingEngine _engine = new();

    [TestMethod]
    [DynamicData(nameof(Failures))]
    public void Whatever_is_thrown_is_one_line_with_a_code(Exception thrown, string code, bool isOurFault)
    {
        using var task = new Throwing(thrown) { BuildEngine = _engine };

        Assert.IsFalse(task.Execute());

        var error = _engine.Errors.Single();
        Assert.AreEqual(code, error.Code);
        Assert.HasCount(1, error.Message!.Split('\n'));
        Assert.Contains("two lines", error.Message!);
        Assert.DoesNotContain("   at ", error.Message!);
        Assert.AreEqual(isOurFault, error.Message!.Contains("report it", StringComparison.Ordinal));
        Assert.AreEqual(isOurFault, string.Concat(_engine.Lines(MessageImportance.Low)).Contains("   at ", StringComparison.Ordinal));
    }

    private static IEnumerable<object[]> Failures =>
    [
        [new InvalidOperationException("in\ntwo lines"), "CST1030", true],
        [new AggregateException("in two lines", new KeyNotFoundException()), "CST1030", true],
        [new UnauthorizedAccessException("Access to\nthe path of two lines is denied."), "CST1031", false],
        [new ProjectException(new Diagnostic("CST1010", Severity.Error, "two lines")), "CST1010", false],
    ];

    private sealed class Throwing(Exception failure) : ContainerStagesTask
    {
        protected override System.Threading.Tasks.Task RunAsync(CancellationToken cancellationToken) => throw failure;
    }
}
