using System.Globalization;

namespace ContainerStages.Planning;

/// <summary>User and ports that the variables of an image name. Source: the .NET SDK's container publishing, ImageBuilder.</summary>
internal static class BaseVariables
{
    public static void Apply(ConfigBuilder config)
    {
        if (config.User is null && Value(config, "APP_UID") is { Length: > 0 } user)
        {
            config.User = user;
        }

        // Addresses win over ports, as they do in ASP.NET Core.
        var ports = Value(config, "ASPNETCORE_URLS") is { Length: > 0 } addresses
            ? Split(addresses).Select(address => address[(address.LastIndexOf(':') + 1)..].TrimEnd('/'))
            : Split(Value(config, "ASPNETCORE_HTTP_PORTS")).Concat(Split(Value(config, "ASPNETCORE_HTTPS_PORTS")));
        foreach (var port in ports.Where(IsPort))
        {
            config.Ports.Add($"{port}/tcp");
        }
    }

    private static bool IsPort(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    private static string[] Split(string? list) =>
        (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string? Value(ConfigBuilder config, string name) =>
        config.Variables.FirstOrDefault(variable => variable.Name == name).Value;
}
