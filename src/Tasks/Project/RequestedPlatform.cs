namespace ContainerStages.Tasks.Project;

/// <summary>A platform (<c>os/architecture[/variant]</c>) and the runtime identifier that stands for it in the project.</summary>
internal sealed record RequestedPlatform(string RuntimeIdentifier, string Name);
