namespace ContainerStages.Stages;

/// <summary>The texts that Go takes for a boolean. Source: Go, strconv.ParseBool.</summary>
internal static class GoBoolean
{
    /// <summary>A missing text is true; null says that it is none of them.</summary>
    public static bool? Read(string? text) => text switch
    {
        null or "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
