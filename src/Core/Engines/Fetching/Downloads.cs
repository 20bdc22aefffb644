using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Concurrency;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>What is known of an address: the validators of its last answer, and which file it gave.</summary>
internal sealed record DownloadRecord(string? Tag, DateTimeOffset? LastModified, string Hex, string Name);

[JsonSerializable(typeof(DownloadRecord))]
internal sealed partial class DownloadJson : JsonSerializerContext;

/// <summary>
/// Files that ADD downloads, kept by content. With a checksum a known file needs no network; without, the server is asked each time
/// whether the file is still the same. Source: Dockerfile reference, ADD, Adding files from a remote URL.
/// </summary>
internal sealed class Downloads(SourceFetching options)
{
    private const uint Mode = 0x180; // rw-------
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private readonly StoreDirectory store = options.Store;
    private readonly SourceSecrets secrets = new(new BuildSecrets(options.Commands));
    private readonly SharedWork<string, DownloadRecord> asked = new(remember: true);

    /// <summary>A folder that holds nothing but the file. An address is asked once in a build.</summary>
    /// <exception cref="BuildFailedException">The file cannot be had, or is another than the checksum says.</exception>
    public async Task<string> FetchAsync(FromAddress source, PlannedCopy copy, CancellationToken cancellationToken)
    {
        var record = await FindAsync(source, copy.Location, cancellationToken);
        return await PlaceAsync(source, copy, record, () => FindWholeAsync(source, copy.Location, cancellationToken), cancellationToken);
    }

    /// <summary>
    /// The same from what was downloaded before, whatever its server has by now; null where that is nothing, or another file than the
    /// checksum says.
    /// </summary>
    public async Task<string?> FindStoredAsync(FromAddress source, PlannedCopy copy, CancellationToken cancellationToken)
    {
        var expected = source.Checksum is { } checksum ? Digest.Parse(checksum).Hex : null;
        if (Read(source.Address.AbsoluteUri) is not { } known || (expected ?? known.Hex) != known.Hex || !IsWhole(PathOf(known), known))
        {
            return null;
        }

        options.Fetched(source, "sha256:" + known.Hex);
        return await PlaceAsync(source, copy, known, () => Task.FromResult(known), cancellationToken);
    }

    private async Task<string> PlaceAsync(
        FromAddress source, PlannedCopy copy, DownloadRecord record, Func<Task<DownloadRecord>> again, CancellationToken cancellationToken)
    {
        if (record.Name.Length == 0 && copy.Destination.EndsWith('/'))
        {
            throw new BuildFailedException(AddDiagnostics.NoFileName(GitSource.WithoutPassword(source.Address.AbsoluteUri), copy.Location));
        }

        var name = record.Name.Length == 0 ? "download" : record.Name;
        var folder = Path.Combine(store.Folder("downloads"), $"{record.Hex}-{StoreDirectory.KeyOf(name)[..16]}");
        store.Use.Note($"downloads/{Path.GetFileName(folder)}");
        var path = Path.Combine(folder, name);
        using (await store.LockAsync("download-copy-" + record.Hex[..32], cancellationToken))
        {
            if (!IsWhole(path, record))
            {
                var whole = await again();
                TreeRemover.Remove(folder);
                Directory.CreateDirectory(folder);
                File.Copy(PathOf(whole), path, overwrite: true);
            }
        }

        FileCalls.Check(FileCalls.Chmod(path, Mode), "chmod", path);
        return folder;
    }

    /// <summary>Path of the file.</summary>
    /// <inheritdoc cref="FetchAsync"/>
    public async Task<string> FetchFileAsync(FromAddress source, SourceLocation? location, CancellationToken cancellationToken) =>
        PathOf(await FindWholeAsync(source, location, cancellationToken));

    /// <summary>A file that something damaged since it was downloaded is downloaded again.</summary>
    private async Task<DownloadRecord> FindWholeAsync(FromAddress source, SourceLocation? location, CancellationToken cancellationToken)
    {
        var record = await FindAsync(source, location, cancellationToken);
        if (IsWhole(PathOf(record), record))
        {
            return record;
        }

        TreeRemover.Remove(PathOf(record));
        asked.Forget();
        return await FindAsync(source, location, cancellationToken);
    }

    private static bool IsWhole(string path, DownloadRecord record)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file)) == record.Hex;
    }

    private async Task<DownloadRecord> FindAsync(FromAddress source, SourceLocation? location, CancellationToken cancellationToken)
    {
        var address = source.Address.AbsoluteUri;
        var shown = GitSource.WithoutPassword(address);
        var expected = source.Checksum is { } checksum ? Digest.Parse(checksum).Hex : null;
        try
        {
            var record = await asked.DoAsync(
                $"{expected} {address}", token => FindAsync(source.Address, expected, location, token), cancellationToken);
            if (expected is null || record.Hex == expected)
            {
                options.Fetched(source, "sha256:" + record.Hex);
                return record;
            }

            throw new BuildFailedException(AddDiagnostics.ChecksumMismatch(shown, "sha256:" + expected, "sha256:" + record.Hex, location));
        }
        catch (Exception failure) when (failure is HttpRequestException or HttpIOException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new BuildFailedException(AddDiagnostics.DownloadFailed(shown, Reason(failure), location), failure);
        }
    }

    /// <summary>What the store has under the checksum, else what the server says now; only content that is right is remembered.</summary>
    private async Task<DownloadRecord> FindAsync(
        Uri address, string? expected, SourceLocation? location, CancellationToken cancellationToken)
    {
        var key = address.AbsoluteUri;
        using var held = await store.LockAsync("download-" + StoreDirectory.KeyOf(key)[..32], cancellationToken);
        var known = Read(key);
        if (known is not null && expected == known.Hex && File.Exists(PathOf(known)))
        {
            return known;
        }

        if (options.Offline)
        {
            return known is not null && expected is null && File.Exists(PathOf(known))
                ? known
                : throw new NetworkNeededException($"'{GitSource.WithoutPassword(key)}'");
        }

        var record = await AskAsync(address, known, location, cancellationToken);
        if (expected is null || record.Hex == expected)
        {
            SealedJson.Write(RecordPath(key), record, DownloadJson.Default.DownloadRecord);
        }

        return record;
    }

    private async Task<DownloadRecord> AskAsync(
        Uri address, DownloadRecord? known, SourceLocation? location, CancellationToken cancellationToken)
    {
        using var client = new DownloadClient(Patience, secrets.ForDownload(address, location));
        using var answer = await client.GetAsync(
            address, known is not null && File.Exists(PathOf(known)) ? headers => AddValidators(headers, known) : null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotModified && known is not null)
        {
            return known;
        }

        answer.EnsureSuccessStatusCode();
        var hex = await SaveAsync(answer.Content, GitSource.WithoutPassword(address.AbsoluteUri), location, cancellationToken);
        return new DownloadRecord(answer.Headers.ETag?.ToString(), answer.Content.Headers.LastModified, hex, NameOf(answer, address));
    }

    private static void AddValidators(HttpRequestHeaders headers, DownloadRecord known)
    {
        if (known.Tag is { } tag && EntityTagHeaderValue.TryParse(tag, out var parsed))
        {
            headers.IfNoneMatch.Add(parsed);
        }
        else if (known.LastModified is { } time)
        {
            headers.IfModifiedSince = time;
        }
    }

    /// <summary>Keeps the content by its digest; half a file never gets that name.</summary>
    private async Task<string> SaveAsync(HttpContent content, string address, SourceLocation? location, CancellationToken cancellationToken)
    {
        var folder = store.Folder("downloads");
        using var unfinished = new UnfinishedFile(Path.Combine(folder, $".incomplete-{Guid.NewGuid():N}"));
        string hex;
        await using (var file = unfinished.Create())
        {
            var body = await content.ReadAsStreamAsync(cancellationToken);
            await DownloadLimit.CopyAsync(body, content.Headers.ContentLength, file, address, location, cancellationToken);
            file.Position = 0;
            hex = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        }

        store.Use.Note($"downloads/{hex}");
        if (Directory.Exists(Path.Combine(folder, hex)))
        {
            TreeRemover.Remove(Path.Combine(folder, hex));
        }

        unfinished.MoveTo(Path.Combine(folder, hex));
        return hex;
    }

    /// <summary>The name that the server gives, else the last element of the path that was asked for; empty where there is none.</summary>
    private static string NameOf(HttpResponseMessage answer, Uri address)
    {
        var given = answer.Content.Headers.ContentDisposition is { } disposition
            ? (disposition.FileNameStar ?? disposition.FileName)?.Trim('"')
            : null;
        var name = given is { Length: > 0 } ? given : Uri.UnescapeDataString(address.AbsolutePath);
        name = name[(name.LastIndexOf('/') + 1)..];
        return name is "." or ".." || name.Contains('\0', StringComparison.Ordinal) ? "" : name;
    }

    private DownloadRecord? Read(string address) => SealedJson.Read(RecordPath(address), DownloadJson.Default.DownloadRecord);

    private string RecordPath(string address) => Path.Combine(store.Folder("downloads"), StoreDirectory.KeyOf(address) + ".json");

    private string PathOf(DownloadRecord record)
    {
        store.Use.Note($"downloads/{record.Hex}");
        return Path.Combine(store.Folder("downloads"), record.Hex);
    }

    private static string Reason(Exception failure) => failure switch
    {
        HttpRequestException { StatusCode: { } status } => $"the server answered {(int)status} ({status}). Check the address.",
        OperationCanceledException => "the server took too long.",
        _ => $"{failure.Message} Check the address and the network.",
    };
}
