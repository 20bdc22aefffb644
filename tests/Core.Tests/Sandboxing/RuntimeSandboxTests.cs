namespace ContainerStages.Core.Tests.Sandboxing;

/// <summary>What the sandbox holds, it holds where an OCI runtime starts the commands.</summary>
[TestClass]
public sealed class RuncIsolationTests : SandboxIsolationTests
{
    protected override string Runtime => "runc";
}

[TestClass]
public sealed class CrunIsolationTests : SandboxIsolationTests
{
    protected override string Runtime => "crun";
}

[TestClass]
public sealed class RuncLifetimeTests : SandboxLifetimeTests
{
    protected override string Runtime => "runc";
}

[TestClass]
public sealed class CrunLifetimeTests : SandboxLifetimeTests
{
    protected override string Runtime => "crun";
}
