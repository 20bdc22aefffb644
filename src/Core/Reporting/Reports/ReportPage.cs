using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ContainerStages.Reporting;

/// <summary>
/// The report as one page that needs nothing else: script and style (src/ReportPage) are in the program, and a policy lets the page run
/// these alone and ask nobody. The report stands in it deflated and as base64, in which no file name can end an element.
/// </summary>
internal sealed class ReportPage(byte[] script, byte[] style)
{
    /// <summary>Null where this program was built without it.</summary>
    public static ReportPage? Load() =>
        Read("report.js") is { } script && Read("report.css") is { } style ? new ReportPage(script, style) : null;

    public byte[] Fill(ReportDocument report)
    {
        using var page = new MemoryStream();
        Write(page, string.Create(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="{Policy}">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{WebUtility.HtmlEncode(report.Name)}</title>
            <style>
            """));
        page.Write(style);
        Write(page, """
            </style>
            </head>
            <body>
            <main id="report"><noscript>This report needs JavaScript; --report report.md gives one that does not.</noscript></main>
            <script type="application/octet-stream" id="data">
            """);
        Write(page, Convert.ToBase64String(Deflate(ReportFiles.Json(report))));
        Write(page, "</script>\n<script>");
        page.Write(script);
        Write(page, "</script>\n</body>\n</html>\n");
        return page.ToArray();
    }

    private string Policy =>
        $"default-src 'none'; script-src '{Source(script)}'; style-src '{Source(style)}'; base-uri 'none'; form-action 'none'";

    private static void Write(Stream page, string text) => page.Write(Encoding.UTF8.GetBytes(text));

    /// <summary>Source: W3C, Content Security Policy Level 3, hash-source.</summary>
    private static string Source(byte[] text) => $"sha256-{Convert.ToBase64String(SHA256.HashData(text))}";

    private static byte[] Deflate(byte[] document)
    {
        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionLevel.Optimal))
        {
            deflate.Write(document);
        }

        return deflated.ToArray();
    }

    private static byte[]? Read(string name)
    {
        using var resource = typeof(ReportPage).Assembly.GetManifestResourceStream(name);
        if (resource is null)
        {
            return null;
        }

        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
