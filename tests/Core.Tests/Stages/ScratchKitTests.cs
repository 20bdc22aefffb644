using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Core.Tests.Stages;

[TestClass]
public sealed class ScratchKitTests
{
    private const string Certificate = "-----BEGIN CERTIFICATE-----\r\nAAAA\r\n-----END CERTIFICATE-----";

    [TestMethod]
    public void Each_part_can_be_off_and_what_is_asked_for_must_be_there()
    {
        Assert.AreEqual(
            "/etc /etc/group /etc/passwd /tmp; /etc/ssl/certs/ca-certificates.crt?; /usr/share/zoneinfo?",
            Text(new KitSettings { Enabled = true }));
        Assert.AreEqual(
            "/tmp; /usr/share/zoneinfo", Text(new KitSettings { Enabled = true, Users = false, Certificates = false, TimeZones = true }));
        Assert.AreEqual("", Text(new KitSettings { Enabled = false }));
        Assert.AreEqual("", Text(new KitSettings()));
    }

    [TestMethod]
    public void The_temporary_folder_is_everybodys_and_the_user_is_an_ordinary_one()
    {
        var project = Project(new KitSettings { Enabled = true });
        var kit = ScratchKit.For(project, byDefault: false, withZones: false);
        Assert.AreEqual(Convert.ToUInt32("1777", 8), kit.Copies("builder")[0].Files.Single(file => file.Path == "/tmp").Mode);
        Assert.AreEqual("65532:65532", kit.Configure(project.Config).User);
        Assert.AreEqual("app", kit.Configure(project.Config with { User = "app" }).User);
        Assert.IsNull(
            ScratchKit.For(Project(new KitSettings { Enabled = true, Users = false }), false, false).Configure(project.Config).User);
    }

    [TestMethod]
    public void The_companys_certificates_go_behind_those_that_are_there_on_any_base()
    {
        var project =
            Project(new KitSettings
            {
                OwnCertificates = [new CertificateFile("/a.pem", Certificate), new CertificateFile("/b.pem", Certificate)],
            }) with
            {
                BaseImage = "alpine",
            };

        var copy = ScratchKit.For(project, byDefault: true, withZones: true).Copies("builder").Single();

        Assert.IsTrue(copy.Append);
        Assert.AreEqual(
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            copy.Files.Single().Content);
    }

    [TestMethod]
    [DataRow("no certificate", "CST1612")]
    [DataRow(Certificate + "\n-----BEGIN PRIVATE KEY-----\n", "CST1613")]
    public void A_file_that_is_no_certificate_or_more_than_one_is_refused(string content, string code)
    {
        var kit = ScratchKit.For(
            Project(new KitSettings { OwnCertificates = [new CertificateFile("/a.pem", content)] }), byDefault: true, withZones: false);
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => kit.Copies("builder"));
        Assert.AreEqual(code, failure.Diagnostics.Single().Code);
    }

    [TestMethod]
    public void The_kit_on_a_base_that_is_a_system_is_refused()
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(
            () => ScratchKit.For(Project(new KitSettings { Enabled = true }) with { BaseImage = "alpine" }, false, false));
        Assert.AreEqual("CST1610", failure.Diagnostics.Single().Code);
    }

    private static ProjectDefinition Project(KitSettings kit) => new() { File = "app.proj", Config = new ProjectImageConfig(), Kit = kit };

    private static string Text(
        KitSettings settings) => string.Join("; ", ScratchKit.For(Project(settings), byDefault: false, withZones: true).Copies("builder")
        .Select(copy => copy.Files.IsEmpty
            ? copy.Sources.Single() + (copy.SkipMissing ? "?" : "")
            : string.Join(' ', copy.Files.Select(file => file.Path))));
}
