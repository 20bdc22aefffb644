using System.Globalization;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Engine;

/// <summary>
/// Values that the engine program gets in its environment and nowhere else: the build definition names only the variables, so that no
/// document, log or command line holds them.
/// </summary>
public sealed class EngineSecrets
{
    private readonly Dictionary<string, string> variables = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Variables => variables;

    /// <summary>A secret that commands see in a file.</summary>
    public MachineSecret AsFile(string target, string value) => new(Add(value), target, null, Masked: false);

    /// <summary>A secret that commands see in a variable.</summary>
    public MachineSecret AsVariable(string variable, string value, bool masked) => new(Add(value), null, variable, masked);

    /// <summary>A text that no output shows.</summary>
    public MachineSecret AsMask(string value) => new(Add(value), null, null);

    private string Add(string value)
    {
        var name = "CONTAINERSTAGES_MACHINE_" + variables.Count.ToString(CultureInfo.InvariantCulture);
        variables.Add(name, value);
        return name;
    }
}
