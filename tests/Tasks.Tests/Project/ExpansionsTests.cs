using ContainerStages.Tasks.Project;

namespace ContainerStages.Tasks.Tests.Project;

[TestClass]
public sealed class ExpansionsTests
{
    [TestMethod]
    [DataRow("RUN echo $(date)", "RUN echo ", "$(date)", DisplayName = "a shell command")]
    [DataRow("RUN echo $(date +%Y) $(A)", "RUN echo  x", "$(date +%Y)", DisplayName = "beside a property")]
    [DataRow("RUN a @(b) %(c)", "RUN a  ", "@(b)|%(c)", DisplayName = "items and metadata")]
    [DataRow("RUN $(a $(b c))", "RUN ", "$(a $(b c))", DisplayName = "nested")]
    [DataRow("RUN $(A)", "RUN x", "", DisplayName = "a property with a value")]
    [DataRow("RUN %24(date)", "RUN $(date)", "", DisplayName = "escaped")]
    [DataRow("RUN ${A} $B", "RUN ${A} $B", "", DisplayName = "shell variables")]
    [DataRow("RUN $(A)$(B)", "RUN x", "", DisplayName = "side by side: cannot be told")]
    [DataRow("RUN $(open", "RUN $(open", "", DisplayName = "never closed")]
    [DataRow("RUN $(A)", "something else", "", DisplayName = "text that does not fit is left alone")]
    public void What_left_no_text_vanished(string raw, string evaluated, string vanished) =>
        Assert.AreEqual(vanished, string.Join('|', Expansions.Vanished(raw, evaluated).Select(expression => expression.Text)));
}
