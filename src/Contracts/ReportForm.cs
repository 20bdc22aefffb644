namespace ContainerStages.Contracts;

/// <summary>The forms of a report on an image, by the extension of its file.</summary>
public static class ReportForm
{
    public const string Page = ".html";
    public const string Markdown = ".md";
    public const string Json = ".json";

    public static IReadOnlyList<string> Valid { get; } = [Page, Markdown, Json];

    /// <summary>The form of a file, or null where its extension names none.</summary>
    public static string? Of(string file) =>
        Valid.FirstOrDefault(form =>
            file.EndsWith(form, StringComparison.OrdinalIgnoreCase) && Path.GetFileName(file).Length > form.Length);
}
