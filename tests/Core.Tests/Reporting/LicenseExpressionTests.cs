using ContainerStages.Reporting;

namespace ContainerStages.Core.Tests.Reporting;

/// <summary>Which texts are license expressions of SPDX 2.3.</summary>
[TestClass]
public sealed class LicenseExpressionTests
{
    [TestMethod]
    [DataRow("MIT", "MIT")]
    [DataRow("mit", "MIT")]
    [DataRow("GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0")]
    [DataRow("(MIT OR Apache-2.0)AND LGPL-2.1+", "(MIT OR Apache-2.0) AND LGPL-2.1+")]
    [DataRow("MIT AND", null)]
    [DataRow("MIT BSD-3-Clause", null)]
    [DataRow("MIT WITH MIT", null)]
    [DataRow("custom", null)]
    [DataRow("(MIT", null)]
    [DataRow("", null)]
    public void A_text_is_an_expression_or_none(string text, string? expected) =>
        Assert.AreEqual(expected, LicenseExpression.TryRead(text));

    [TestMethod]
    public void A_very_deep_text_is_none() => Assert.IsNull(LicenseExpression.TryRead(new string('(', 1_000_000)));
}
