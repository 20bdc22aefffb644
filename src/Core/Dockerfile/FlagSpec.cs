namespace ContainerStages.Dockerfile;

/// <summary>What a flag of an instruction takes.</summary>
internal enum FlagKind
{
    /// <summary><c>--name=value</c>, once.</summary>
    Text,

    /// <summary><c>--name</c>, <c>--name=true</c> or <c>--name=false</c>, once.</summary>
    Switch,

    /// <summary><c>--name=value</c>, any number of times.</summary>
    List,

    /// <summary>A flag of the language that this engine does not have.</summary>
    Missing,
}

/// <summary>A flag that an instruction has. Source: Dockerfile reference; the kinds are BuildKit's.</summary>
internal readonly record struct FlagSpec(string Name, FlagKind Kind)
{
    public static FlagSpec Text(string name) => new(name, FlagKind.Text);

    public static FlagSpec Switch(string name) => new(name, FlagKind.Switch);

    public static FlagSpec List(string name) => new(name, FlagKind.List);

    public static FlagSpec Missing(string name) => new(name, FlagKind.Missing);
}
