using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Sandboxing;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>Users and groups by the names that an image's own /etc/passwd and /etc/group give them.</summary>
internal static class ImageUsers
{
    /// <exception cref="BuildFailedException">The image knows no such user or group.</exception>
    public static SandboxUser Lookup(UnionView view, string user, SourceLocation location) =>
        UserLookup.Resolve(user, Read(view, "/etc/passwd"), Read(view, "/etc/group"), location);

    /// <summary>
    /// Owner that <c>user[:group]</c> names; root where empty. A number alone is user and group. Source: Dockerfile reference, COPY
    /// --chown.
    /// </summary>
    public static Ownership Find(UnionView view, string user, SourceLocation location)
    {
        if (user.Length == 0)
        {
            return default;
        }

        if (uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return new Ownership(number, number);
        }

        var found = Lookup(view, user, location);
        return new Ownership(found.UserId, found.GroupId);
    }

    /// <summary>The same; root where the image knows no such user, as with BuildKit's WORKDIR.</summary>
    public static Ownership FindOrRoot(UnionView view, string user, SourceLocation location)
    {
        try
        {
            return Find(view, user, location);
        }
        catch (BuildFailedException)
        {
            return default;
        }
    }

    private static string? Read(UnionView view, string path) =>
        view.Find(path) is { IsRegularFile: true } file ? File.ReadAllText(file.HostPath!) : null;
}
