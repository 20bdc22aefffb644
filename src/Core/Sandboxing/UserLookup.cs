using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Sandboxing;

/// <summary>Whom a command runs as. <see cref="SupplementaryGroups"/> includes <see cref="GroupId"/>.</summary>
internal sealed record SandboxUser(uint UserId, uint GroupId, ImmutableArray<uint> SupplementaryGroups, string Home)
{
    public static SandboxUser Root { get; } = new(0, 0, [0], "/root");
}

/// <summary>Finds the user that a Dockerfile's USER means, as Docker does.</summary>
internal static class UserLookup
{
    private const uint Highest = int.MaxValue;

    /// <summary>
    /// A name must be in the image's files; a number need not (then: group 0, home /). Without a group the user's own group is taken and
    /// every group that lists the user; with one, only that.
    /// </summary>
    /// <param name="user"><c>user</c>, <c>user:group</c>, each a name or a number; empty means root.</param>
    /// <param name="passwd">Text of /etc/passwd of the image, or null where there is none.</param>
    /// <param name="group">Text of /etc/group of the image, or null where there is none.</param>
    /// <param name="location">Where USER is written.</param>
    /// <exception cref="BuildFailedException">No such user or group.</exception>
    public static SandboxUser Resolve(string user, string? passwd, string? group, SourceLocation? location = null)
    {
        var (userPart, groupPart) = user.Split(':', 2) is [var first, var second] ? (first, second) : (user, "");
        var account = FindUser(userPart.Length == 0 ? "0" : userPart, passwd, location);
        if (groupPart.Length > 0)
        {
            var id = FindGroup(groupPart, group, location);
            return new SandboxUser(account.UserId, id, [id], account.Home);
        }

        var member = Rows(group, 4).Where(row => row[3].Split(',').Contains(account.Name)).Select(row => Number(row[2]));
        var groups = member.OfType<uint>().Prepend(account.GroupId).Distinct();
        return new SandboxUser(account.UserId, account.GroupId, [.. groups], account.Home);
    }

    private static (string? Name, uint UserId, uint GroupId, string Home) FindUser(string user, string? passwd, SourceLocation? location)
    {
        var isNumber = user.All(char.IsAsciiDigit);
        var row = Rows(passwd, 7).FirstOrDefault(row => row[0] == user)
            ?? Rows(passwd, 7).FirstOrDefault(row => isNumber && Number(row[2]) == Number(user));
        if (row is not null && Number(row[2]) is { } userId && Number(row[3]) is { } groupId)
        {
            return (row[0], userId, groupId, row[5].Length == 0 ? "/" : row[5]);
        }

        if (!isNumber)
        {
            throw new BuildFailedException(RunDiagnostics.UserNotFound(user, passwd is not null, location));
        }

        var id = Number(user) ?? throw new BuildFailedException(RunDiagnostics.UserOutOfRange(user, location));
        return (null, id, 0, id == 0 ? "/root" : "/");
    }

    private static uint FindGroup(string name, string? group, SourceLocation? location)
    {
        if (Rows(group, 3).FirstOrDefault(row => row[0] == name) is { } row && Number(row[2]) is { } id)
        {
            return id;
        }

        return !name.All(char.IsAsciiDigit)
            ? throw new BuildFailedException(RunDiagnostics.GroupNotFound(name, group is not null, location))
            : Number(name) ?? throw new BuildFailedException(RunDiagnostics.UserOutOfRange(name, location));
    }

    private static IEnumerable<string[]> Rows(string? text, int fields) =>
        (text ?? "").Split('\n').Select(line => line.TrimEnd('\r').Split(':')).Where(row => row.Length >= fields);

    private static uint? Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value <= Highest ? value : null;
}
