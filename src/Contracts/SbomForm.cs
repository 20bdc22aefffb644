namespace ContainerStages.Contracts;

/// <summary>The forms of a bill of materials, by the end of its file's name.</summary>
public static class SbomForm
{
    /// <summary>SPDX 2.3 in JSON.</summary>
    public const string Spdx = ".spdx.json";

    /// <summary>CycloneDX 1.6 in JSON.</summary>
    public const string CycloneDx = ".cdx.json";

    public static IReadOnlyList<string> Valid { get; } = [Spdx, CycloneDx];

    /// <summary>The form of a file, or null where its name tells none.</summary>
    public static string? Of(string file) =>
        Valid.FirstOrDefault(form =>
            file.EndsWith(form, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(file).Length > form.Length);
}
