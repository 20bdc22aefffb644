using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>The union of the layers, with the upper folder receiving what is written.</summary>
internal static class RootMount
{
    /// <exception cref="PosixException">mount(2) failed.</exception>
    public static void Overlay(SandboxFolder folder, string lowerNames) => Overlay(folder, folder.Root, lowerNames, "upper", "work");

    /// <param name="target">Where the union is mounted.</param>
    /// <param name="upper">Like all names relative to <see cref="SandboxFolder.Links"/>.</param>
    /// <exception cref="PosixException">mount(2) failed.</exception>
    public static void Overlay(SandboxFolder folder, string target, string lowerNames, string upper, string work)
    {
        Environment.CurrentDirectory = folder.Links;

        // userxattr: layers mark opaque folders with attributes that ordinary users may set too; implies that no folder is redirected and
        // no content shared between layers. volatile: what is built is not worth waiting for the disk, and a crash throws it away.
        var options = $"lowerdir={lowerNames},upperdir={upper},workdir={work},userxattr,index=off,volatile";

        // No device: root inside may make nodes, as in Docker, but a node of the machine's disk must not open it (Docker has a cgroup for
        // that).
        MountCalls.Mount("overlay", target, "overlay", MountCalls.MS_NODEV, options);
    }
}
