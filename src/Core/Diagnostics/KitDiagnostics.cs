using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>What can be wrong with the parts that an image on scratch is given (CST1610 and up).</summary>
internal static class KitDiagnostics
{
    public static Diagnostic NotOnScratch(string image, SourceLocation location) =>
        Error(
            "CST1610",
            $"ContainerStagesKit is for images on scratch, and ContainerBaseImage '{image}' brings users and folders of its " +
            "own. Take one of the two away.",
            location);

    public static Diagnostic NoCertificate(string path, SourceLocation location) =>
        Error(
            "CST1612",
            $"ContainerStageCertificate '{path}' holds no certificate in PEM form. 'openssl x509 -inform der -in FILE' writes that form.",
            location);

    public static Diagnostic PrivateKey(string path, SourceLocation location) =>
        Error(
            "CST1613",
            $"ContainerStageCertificate '{path}' holds a private key, which must not get into an image. Name a " +
            "file with the certificate alone.",
            location);

    public static Diagnostic NothingToFurnish(SourceLocation location) =>
        Error(
            "CST1614",
            "ContainerStagesKit and ContainerStageCertificate furnish an image that is made of artifacts, or of a Go module. Add a " +
            "ContainerStageArtifact, or copy the files in the last stage.",
            location);

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
