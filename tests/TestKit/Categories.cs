namespace ContainerStages.TestKit;

/// <summary>Values of <c>[TestCategory]</c> that build/test.sh knows.</summary>
public static class Categories
{
    /// <summary>Needs base images or the packed SDK, or takes more than seconds; left out by <c>build/test.sh --fast</c>.</summary>
    public const string EndToEnd = "EndToEnd";
}
