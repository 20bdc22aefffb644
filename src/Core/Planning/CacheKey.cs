using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>
/// Names the result of a step by everything that goes into it, and nothing else: no times, no folder of the machine, no build. Two steps
/// with the same key make the same layer.
/// </summary>
public static class CacheKey
{
    /// <summary>Changed when the engine starts to make other layers from the same input.</summary>
    private const string Generation = "containerstages-2";

    /// <summary>Key of a stack of layers: that of the stack below, and the layer on top.</summary>
    public static string Stack(string below, string layer) => Hash("stack", below, layer);

    /// <summary>Key of the empty stack.</summary>
    public static string EmptyStack { get; } = Hash("empty");

    /// <param name="settings">What the whole build says of commands, as text; empty by default.</param>
    /// <param name="contents">Digest of the files of each bind mount, in order.</param>
    public static string Run(string stack, RunStep step, string settings, IReadOnlyList<string> contents) =>
        Hash(["run", stack, step.WorkingDirectory, step.User, Count(step.Arguments), .. step.Arguments, .. step.Environment, .. Extras(step, settings, contents)]);

    public static string Workdir(string stack, WorkdirStep step) => Hash("workdir", stack, step.Path, step.User);

    /// <param name="contents">Digest of what each copy selects, in order.</param>
    public static string Copy(string stack, CopyStep step, IReadOnlyList<string> contents) =>
        Hash(["copy", step.Link ? EmptyStack : stack, .. step.Copies.SelectMany((copy, i) => (IEnumerable<string>)[copy.Destination, copy.Chown ?? "", copy.Chmod ?? "", Marks(copy), contents[i]])]);

    private static string Marks(PlannedCopy copy) => (copy.Unpack ? "unpack with links" : "") + (copy.OneOfSeveral ? " several" : "") + (copy.Append ? " append" : "");

    /// <summary>Key of what a copy selects in a stack, so that the stack need not be read again.</summary>
    public static string Selection(string stack, PlannedCopy copy) =>
        Hash(["select", stack, copy.Chown is null ? "owners" : "", copy.Parents ? "parents" : "", .. Part(copy), .. copy.Excludes, "sources", .. copy.Sources]);

    private static IEnumerable<string> Part(PlannedCopy copy) => copy.Part is { } part ? ["part", part.AssemblyName, part.Layer.ToString()] : [];

    /// <summary>Id of the snapshot that shows folders which an image's layers imply as the layers below have them.</summary>
    public static string ImpliedFolders(IReadOnlyList<string> layers) => Hash(["implied folders", .. layers]);

    /// <summary>A key that no other build has: for results that must be made anew.</summary>
    public static string Fresh(string key) => Hash("fresh", key, Guid.NewGuid().ToString());

    private static IEnumerable<string> Extras(RunStep step, string settings, IReadOnlyList<string> contents)
    {
        string[] mounts = [.. step.Mounts.SelectMany(mount => mount.Declaration)];
        var isPlain = mounts.Length == 0 && step.Network == RunNetwork.Default && !step.Insecure && settings.Length == 0;
        return isPlain ? [] : ["extras", step.Network.ToString(), step.Insecure ? "insecure" : "", settings, .. mounts, .. contents];
    }

    private static string Count(ImmutableArray<string> items) => items.Length.ToString();

    private static string Hash(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        hash.AppendData(Encoding.UTF8.GetBytes(Generation));
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
