using System.Collections.Immutable;

namespace ContainerStages.Planning;

/// <summary>What a lock file says of addresses and repositories, by their <c>LockName</c>: digest of the file, commit.</summary>
internal sealed record LockedSourceSet(IReadOnlyDictionary<string, string> Files, IReadOnlyDictionary<string, string> Commits)
{
    public static LockedSourceSet Empty { get; } =
        new(ImmutableDictionary<string, string>.Empty, ImmutableDictionary<string, string>.Empty);

    internal FromAddress Apply(FromAddress source)
    {
        var address = source.Address;
        if (source.Checksum is not null || address.Query.Length > 0 || address.UserInfo.Length > 0)
        {
            return source;
        }

        var name = address.GetLeftPart(UriPartial.Path);
        return source with { LockName = name, Checksum = Files.GetValueOrDefault(name) };
    }

    /// <summary>
    /// The commit is fetched in the reference's place; where .git is kept, which names the reference, the commit is only compared.
    /// </summary>
    internal FromRepository Apply(FromRepository source)
    {
        var name = source.Repository.LockName;
        if (name is null || !Commits.TryGetValue(name, out var commit))
        {
            return source with { LockName = name };
        }

        var repository = source.Repository;
        return source with
        {
            LockName = name,
            Repository = source.KeepGitDirectory ? repository with { Checksum = commit } : repository with { Reference = commit },
        };
    }
}
