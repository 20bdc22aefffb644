using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Stages;

/// <summary>
/// What programs expect of a system and scratch has not: certificate authorities, time zones, users, <c>/tmp</c>. Data, made without
/// running anything; authorities and time zones are those of the stage that the program comes from.
/// </summary>
internal sealed class ScratchKit
{
    private const string Bundle = "/etc/ssl/certs/ca-certificates.crt";
    private const string ZoneFolder = "/usr/share/zoneinfo";
    private const string NonRoot = "65532:65532";
    private const string SearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string FirstLine = "-----BEGIN CERTIFICATE-----";
    private const uint FileMode = 0x1A4; // rw-r--r--
    private const uint FolderMode = 0x1ED; // rwxr-xr-x
    private const uint TemporaryMode = 0x3FF; // rwxrwxrwt

    private readonly KitSettings settings;
    private readonly SourceLocation location;
    private readonly bool isOn;
    private readonly bool withZones;

    private ScratchKit(KitSettings settings, bool isOn, bool withZones, SourceLocation location) =>
        (this.settings, this.isOn, this.withZones, this.location) = (settings, isOn, withZones, location);

    private bool HasUsers => isOn && (settings.Users ?? true);

    /// <param name="project">What the project asks for.</param>
    /// <param name="byDefault">Whether the kit is there where the project says nothing of it.</param>
    /// <param name="withZones">Whether time zones are, likewise: a program may bring its own.</param>
    /// <exception cref="BuildFailedException">The kit is wanted on a base that is a system already.</exception>
    public static ScratchKit For(ProjectDefinition project, bool byDefault, bool withZones)
    {
        var place = new SourceLocation(project.File);
        var isScratch = project.BaseImage is null or StageNames.Scratch;
        return !isScratch && project.Kit.Enabled == true
            ? throw new BuildFailedException(KitDiagnostics.NotOnScratch(project.BaseImage!, place))
            : new ScratchKit(project.Kit, isScratch && (project.Kit.Enabled ?? byDefault), withZones, place);
    }

    /// <summary>
    /// In the order in which they are made; the own certificates go behind the authorities that are there, also those of a base image.
    /// </summary>
    /// <param name="stage">Where the program comes from.</param>
    /// <exception cref="BuildFailedException">A certificate of the project is none, or comes with its private key.</exception>
    public ImmutableArray<CopyInstruction> Copies(string stage)
    {
        var copies = ImmutableArray.CreateBuilder<CopyInstruction>();
        if (isOn)
        {
            if (SystemFiles() is { IsEmpty: false } files)
            {
                copies.Add(Write("COPY (users, /tmp)", files));
            }

            if (settings.Certificates ?? true)
            {
                copies.Add(ImageSettings.Copy(location, stage, Bundle, Bundle) with { SkipMissing = settings.Certificates is null });
            }

            if (settings.TimeZones ?? withZones)
            {
                copies.Add(
                    ImageSettings.Copy(location, stage, ZoneFolder, ZoneFolder + "/") with { SkipMissing = settings.TimeZones is null });
            }
        }

        if (settings.OwnCertificates.Count > 0)
        {
            var names = settings.OwnCertificates.Select(file => Path.GetFileName(file.Path));
            copies.Add(
                Write(
                    $"COPY (certificates {string.Join(", ", names)})",
                    [new InlineFile(Bundle, string.Concat(settings.OwnCertificates.Select(Check)), FileMode)]) with { Append = true });
        }

        return copies.ToImmutable();
    }

    /// <summary>With the kit a program runs as an ordinary user and finds programs by name, unless the project says otherwise.</summary>
    public ProjectImageConfig Configure(ProjectImageConfig config) => !isOn ? config : config with
    {
        User = config.User ?? (HasUsers ? NonRoot : null),
        Environment = config.Environment.ContainsKey("PATH")
            ? config.Environment
            : config.Environment.ToImmutableDictionary().Add("PATH", SearchPath),
    };

    private ImmutableArray<InlineFile> SystemFiles() =>
    [
        .. HasUsers
            ? (InlineFile[])
            [
                new("/etc", null, FolderMode),
                new("/etc/group", "root:x:0:\nnonroot:x:65532:\n", FileMode),
                new("/etc/passwd", "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/:/sbin/nologin\n", FileMode),
            ]
            : [],
        .. settings.TemporaryFolder ?? true ? (InlineFile[])[new("/tmp", null, TemporaryMode)] : [],
    ];

    private CopyInstruction Write(string text, ImmutableArray<InlineFile> files) => new(location, text, [], "/") { Files = files };

    private string Check(CertificateFile file) =>
        !file.Text.Contains(FirstLine, StringComparison.Ordinal)
            ? throw new BuildFailedException(KitDiagnostics.NoCertificate(file.Path, location))
        : file.Text.Contains("PRIVATE KEY-----", StringComparison.Ordinal)
            ? throw new BuildFailedException(KitDiagnostics.PrivateKey(file.Path, location))
        : file.Text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}
