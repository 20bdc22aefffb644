using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What is wrong where package and engine program are of different versions: CST6330. The package's side is CST6331.</summary>
public static class ContractDiagnostics
{
    /// <param name="program">The file of this program.</param>
    public static Diagnostic OtherContract(OtherContractException document, EngineStarted program, string? file) => new(
        "CST6330",
        Severity.Error,
        $"The engine program '{file}' ({program.Version}) reads build definitions of contract {program.Contract}, and was given one of " +
        $"contract {document.Contract}{(document.WrittenBy is { } version ? $" by version {version} of the package" : "")}. " +
        "Package and program are of one version: remove ContainerStagesProgram, so that the package runs its own program, " +
        "or name the program of the package's version.");
}
