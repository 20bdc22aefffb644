using System.Runtime.InteropServices;
using ContainerStages.Contracts;
using ContainerStages.Posix;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong before a command runs: CST4004 to CST4049.</summary>
internal static class RunDiagnostics
{
    public static Diagnostic AgentUnreachable(string id, string socket, string reason, SourceLocation location) => new(
        "CST4025",
        Severity.Warning,
        $"The command asked the ssh agent '{id}' at '{socket}', but nobody is there ({reason}). Start an agent, and give the socket " +
        "that SSH_AUTH_SOCK then holds.",
        location);

    public static Diagnostic NamespacesRefused(int error) => Error(
        "CST4031",
        $"The kernel refused new namespaces for a RUN step ({Reason(error)}). Run the build as root, or as an ordinary user " +
        "on a machine that allows user " +
        "namespaces; inside a container, that container needs CAP_SYS_ADMIN (docker run --privileged) or a " +
        "seccomp profile that allows unshare.");

    public static Diagnostic OverlayRefused(int error, string folder) => Error(
        "CST4032",
        $"The kernel refused to join the layers for a RUN step in '{folder}' (overlay mount: {Reason(error)}). " + (error switch
        {
            Errno.EPERM or Errno.EINVAL =>
                "Linux 5.12 or later is needed, and a file system for the store that overlayfs can write on (ext4, xfs, btrfs or " +
                "tmpfs; not NFS and not another " +
                "overlay): set ContainerStagesStore to a folder on one.",
            Errno.ENODEV => "The kernel has no overlayfs: load it with 'modprobe overlay'.",
            Errno.ENOSPC => "The disk is full.",
            _ => "'dmesg' tells what overlayfs did not like.",
        }));

    public static Diagnostic SetupFailed(string step, int error, string subject) => Error(
        "CST4033",
        $"The sandbox for a RUN step could not be set up: {step}{(subject.Length == 0 ? "" : $" '{subject}'")} failed ({Reason(error)}). " +
        "Inside a container this needs one that is started with CAP_SYS_ADMIN and unmasked system paths (docker run --privileged).");

    public static Diagnostic MountInProc(string target, SourceLocation location) => Error(
        "CST4034",
        $"A mount has the target '{target}', but /proc is the kernel's own: nothing is mounted at or in it. Choose another target.",
        location);

    public static Diagnostic NotPrivileged(string step, SourceLocation location) => Error(
        "CST4035",
        $"'{step}' has to run, which needs the rights of root or a user namespace. Without them images are put together of files alone: " +
        "COPY, ADD, WORKDIR and what sets configuration. " +
        "Run the build once where commands can run, compile on the host (ContainerStagesBuilder=host), or allow user namespaces.",
        location);

    public static Diagnostic SandboxEnded(int exitCode) => Error(
        "CST4004",
        $"The sandbox's first process ended with code {exitCode} before it started the command.");

    public static Diagnostic ProgramNotFound(string program, string path) => Error(
        "CST4005",
        program.Contains('/', StringComparison.Ordinal)
            ? $"Program '{program}' does not exist in the image."
            : $"Program '{program}' was not found in PATH of the image ({path}). Install it in an earlier " +
                "step, or name it by its full path.");

    public static Diagnostic ProgramNotExecutable(string program, int error) => Error(
        "CST4006",
        $"Program '{program}' of the image cannot be executed ({Reason(error)}). " + (error == Errno.ENOEXEC
            ? "It is neither a program for this machine's processor nor a script that starts with '#!'."
            : "It must be a file with permission to execute for the step's user."));

    public static Diagnostic InterpreterMissing(string program) => Error(
        "CST4007",
        $"Program '{program}' exists in the image, but what it needs to start does not: the interpreter after '#!' " +
        "of a script, or the loader of a " +
        "dynamically linked program (built for another C library?).");

    public static Diagnostic WorkingDirectoryUnusable(string directory, int error) => Error(
        "CST4008",
        $"Working directory '{directory}' cannot be used in the image ({Reason(error)}). WORKDIR must lead to a folder, or to " +
        "a place where one can be made.");

    public static Diagnostic IdentityNotMapped(uint userId, uint groupId, int error) => Error(
        "CST4009",
        $"User {userId}, group {groupId} cannot be taken on for a RUN step ({Reason(error)}). In a build by an ordinary user " +
        "only the ids that /etc/subuid and " +
        "/etc/subgid give exist: use a smaller id, or give more ids there.");

    public static Diagnostic UserNotFound(string user, bool fileExists, SourceLocation? location) => Error(
        "CST4010",
        $"User '{user}' does not exist in the image: {(fileExists ? "/etc/passwd does not name it" : "there is no /etc/passwd")}. " +
        "Create it in an earlier step, or use a numeric id.",
        location);

    public static Diagnostic GroupNotFound(string group, bool fileExists, SourceLocation? location) => Error(
        "CST4011",
        $"Group '{group}' does not exist in the image: {(fileExists ? "/etc/group does not name it" : "there is no /etc/group")}. " +
        "Create it in an earlier step, or use a numeric id.",
        location);

    public static Diagnostic UserOutOfRange(string value, SourceLocation? location) => Error(
        "CST4012", $"'{value}' is no user or group id: valid ids are 0 to 2147483647.", location);

    public static Diagnostic NoUserNamespaceTool(string missing) => Error(
        "CST4020",
        $"An ordinary user's build needs '{missing}', which is not installed. Install it " +
        $"({PackageOf(missing)}), or run the build as root.");

    public static Diagnostic UnshareTooOld(string version) => Error(
        "CST4021",
        $"An ordinary user's build needs 'unshare' of util-linux 2.38 or later; this one is '{version}'. Update " +
        "util-linux, or run the build as root.");

    public static Diagnostic NoSubordinateIds(string user, string file, long count) => Error(
        "CST4022",
        $"User '{user}' has {count} ids in {file}, an ordinary user's build needs 65536. " +
        $"As root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user} (take a range that " +
        "no other line of the file uses).");

    public static Diagnostic UserNamespacesOff(string setting, string value, string wanted) => Error(
        "CST4023",
        $"This machine does not let ordinary users make user namespaces: {setting} is {value}. As root: sysctl -w " +
        $"{setting}={wanted}; or run the build as root.");

    public static Diagnostic UserNamespaceRefused(string detail) => Error(
        "CST4024",
        $"This machine does not let this user make a user namespace ({detail}). Run the build as root, or, inside a " +
        "container, start it with --privileged " +
        "or a seccomp profile that allows unshare, and with newuidmap able to gain its rights (no no-new-privileges).");

    private static string PackageOf(string tool) => tool switch
    {
        "newuidmap" or "newgidmap" => "package uidmap on Debian and Ubuntu, shadow-utils on Fedora, shadow-subids on Alpine",
        _ => "package util-linux",
    };

    private static string Reason(int error) => Marshal.GetPInvokeErrorMessage(error);

    private static Diagnostic Error(string code, string message, SourceLocation? location = null) =>
        new(code, Severity.Error, message, location);
}
