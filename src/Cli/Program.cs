using ContainerStages.Sandboxing;

return args is ["sandbox-init", var specification] ? SandboxInit.Run(specification) : 2;
