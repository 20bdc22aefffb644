using System.Text;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Planning;

namespace ContainerStages.Fuzz.Targets;

/// <summary>
/// Names of images, platforms, digests and repositories: read or not, never anything else; what was read is written so that it reads the
/// same.
/// </summary>
internal static class ReferenceTarget
{
    private static readonly string[] Names =
    [
        "alpine", "alpine:3.20", "golang:1.22-alpine@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "localhost:5000/a/b", "ghcr.io/a__b/c-d.e:T_1.0", "[::1]:5000/a", "linux/arm64/v8",
        "linux/amd64", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "https://example.com/a.git#main:sub",
        "git@example.com:a/b.git", "https://u:p@example.com/a.git?ref=x&subdir=y%20z&checksum=ab",
        "https://example.com/a.tar.gz",
    ];

    private static readonly string[] Pieces =
    [
        "/", ":", "@", "sha256:", ".", "-", "_", "__", "a", "A", "0", "#", "?", "&", "=", "%", "%zz", "git@", ".git", "https://", "ssh://",
        "[", "]", "é", "localhost", "linux", "\n",
    ];

    public static FuzzTarget Create() => new(
        "reference", [.. Inputs.Kept("reference"), .. Inputs.Of(Names)], Inputs.Of(Pieces), input => Check(Encoding.UTF8.GetString(input)));

    private static void Check(string text)
    {
        CheckSame(ImageReference.TryParse(text), reference => ImageReference.TryParse(reference.ToString()));
        CheckSame(ImageReference.TryParse(text), reference => ImageReference.TryParse(reference.FamiliarName));
        CheckSame(Platform.TryParse(text), platform => Platform.TryParse(platform.ToString()));
        if (Digest.TryParse(text, out var digest) && digest.ToString() != text)
        {
            throw new PropertyBrokenException($"read as the digest {digest}");
        }

        try
        {
            _ = GitSource.TryParse(text)?.LockName + GitSource.WithoutCredentials(text);
        }
        catch (BuildFailedException)
        {
        }
    }

    private static void CheckSame<T>(T? value, Func<T, T?> again)
        where T : class
    {
        if (value is not null && again(value) is var other && !value.Equals(other))
        {
            throw new PropertyBrokenException($"{value} reads again as {other?.ToString() ?? "nothing"}");
        }
    }
}
