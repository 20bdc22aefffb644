using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What a RUN asks for beyond its command: mounts, secrets, agents, rights (CST43xx).</summary>
internal static class MountRunDiagnostics
{
    public static Diagnostic SecretMissing(string id, SourceLocation? location) =>
        Error(
            "CST4301",
            $"The command needs the secret '{id}', and the build was given none of that name. Give it: --secret id={id},src=FILE or " +
            $"--secret id={id},env=VARIABLE; in a project, a ContainerStageSecret item.",
            location);

    public static Diagnostic SecretUnreadable(string id, string where, SourceLocation? location) =>
        Error("CST4302", $"The secret '{id}' cannot be read: {where.TrimEnd('.')}.", location);

    public static Diagnostic AgentMissing(string id, SourceLocation location) =>
        Error(
            "CST4303",
            $"The command needs the ssh agent '{id}', and the build was given none. Give it: --ssh " +
            $"{id}{(id == "default" ? "" : "=SOCKET")}; in a project, a ContainerStageSsh item.",
            location);

    public static Diagnostic NoAgentSocket(string id, string path, SourceLocation location) =>
        Error(
            "CST4304",
            $"The ssh agent '{id}' is to be at '{path}', but there is no socket. Start an agent, and name the socket " +
            "that SSH_AUTH_SOCK then holds.",
            location);

    public static Diagnostic InsecureNotAllowed(SourceLocation location) =>
        Error(
            "CST4305",
            $"RUN --security=insecure gives a command every right of the build itself, so it must be allowed: --allow " +
            $"{EntitlementNames.Insecure}; in a project, ContainerStagesAllow={EntitlementNames.Insecure}.",
            location);

    public static Diagnostic NoTarget(string type, SourceLocation location) =>
        Error(
            "CST4306",
            $"A {type} mount needs a target below '/': target=PATH." +
            $"{(type == "secret" ? "" : " Without one it stands at the working directory.")}",
            location);

    public static Diagnostic InvalidValue(string key, string value, string valid, SourceLocation location) =>
        Error("CST4307", $"A mount's {key} is '{value}', which is not {valid}.", location);

    public static Diagnostic SourceNotFound(string source, string where, SourceLocation location) =>
        Error("CST4308", $"A mount found no '{source}' in {where}.", location);

    private static Diagnostic Error(string code, string message, SourceLocation? location) => new(code, Severity.Error, message, location);
}
