namespace ContainerStages.TestKit.Sandboxing;

/// <summary>Who runs a sandbox.</summary>
public enum SandboxAccount
{
    Root,

    /// <summary>In a user namespace with subordinate ids.</summary>
    OrdinaryUser,
}
