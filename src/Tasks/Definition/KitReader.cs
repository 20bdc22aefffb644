using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;
using ContainerStages.Tasks.Project;
using Microsoft.Build.Framework;

namespace ContainerStages.Tasks.Definition;

internal interface IKitItems : IProjectItems
{
    string Kit { get; }

    string KitCertificates { get; }

    string KitTimeZones { get; }

    string KitUsers { get; }

    string KitTemporaryFolder { get; }

    ITaskItem[] Certificates { get; }
}

/// <summary>Reads what an image on scratch is given, and the company's own certificates.</summary>
internal sealed class KitReader(IKitItems task, ProblemList problems, ProjectFiles files)
{
    public KitSettings Read(ValueReader values) => new()
    {
        Enabled = values.OptionalBoolean("ContainerStagesKit", task.Kit),
        Certificates = values.OptionalBoolean("ContainerStagesKitCertificates", task.KitCertificates),
        TimeZones = values.OptionalBoolean("ContainerStagesKitTimeZones", task.KitTimeZones),
        Users = values.OptionalBoolean("ContainerStagesKitUsers", task.KitUsers),
        TemporaryFolder = values.OptionalBoolean("ContainerStagesKitTemporaryFolder", task.KitTemporaryFolder),
        OwnCertificates = [.. task.Certificates.Select(Certificate).OfType<CertificateFile>()],
    };

    private CertificateFile? Certificate(ITaskItem item)
    {
        var path = task.FullPath(item.ItemSpec);
        try
        {
            return new CertificateFile(path, File.ReadAllText(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            problems.Add(ProjectDiagnostics.CertificateUnreadable(path, failure.Message, files.Locate("ContainerStageCertificate", item)));
            return null;
        }
    }
}
