namespace ContainerStages.Fuzz;

/// <summary>A reader accepted an input, or refused it, in a way that it must not.</summary>
public sealed class PropertyBrokenException(string message) : Exception(message);
