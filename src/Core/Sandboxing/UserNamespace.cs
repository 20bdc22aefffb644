namespace ContainerStages.Sandboxing;

/// <summary>An ordinary user's way to be root among its own ids.</summary>
public static class UserNamespace
{
}
