using System.Globalization;
using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>What the sandbox keeps in <see cref="SandboxCommand.WorkDirectory"/>.</summary>
internal readonly record struct SandboxFolder(string Path)
{
    /// <summary>Where the root filesystem is put together, seen only inside the sandbox.</summary>
    public string Root => Path + "/root";

    /// <summary>overlayfs' own.</summary>
    public string OverlayWork => Path + "/work";

    /// <summary>
    /// Short links to the layer folders: mount(2) takes one page of options, which full paths of a long stack exceed. overlayfs allows 500.
    /// </summary>
    public string Links => Path + "/l";

    /// <summary>
    /// A lower folder that holds the mount points that the layers lack, so that none of them is left in the upper folder.
    /// </summary>
    public string Stub => Path + "/stub";

    public string Hosts => Path + "/hosts";

    public string ResolvConf => Path + "/resolv.conf";

    /// <summary>Where files that must not reach a disk are, seen only inside the sandbox.</summary>
    public string Memory => Path + "/memory";

    /// <summary>Where the bundle of an OCI runtime is, seen only inside the sandbox. See <see cref="RuntimeBundle"/>.</summary>
    public string Bundle => Path + "/bundle";

    /// <summary>Where the union of a <see cref="StackMount"/> is put together.</summary>
    public string StackRoot(string name) => $"{Path}/{name}";

    /// <summary>Makes everything that the first process needs, so that it has only to mount.</summary>
    /// <exception cref="PosixException">A file or folder cannot be made.</exception>
    public static SandboxSpecification Prepare(SandboxCommand command)
    {
        if (command.LowerDirectories.Append(command.UpperDirectory)
            .Append(command.WorkDirectory)
            .FirstOrDefault(path => !path.StartsWith('/')) is { } relative)
        {
            throw new ArgumentException($"'{relative}' is not absolute.", nameof(command));
        }

        var folder = new SandboxFolder(command.WorkDirectory);
        Directory.CreateDirectory(folder.Root);
        Directory.CreateDirectory(folder.OverlayWork);
        Directory.CreateDirectory(folder.Links);
        Directory.CreateDirectory(folder.Memory);
        Directory.CreateDirectory(folder.Bundle);
        HostFiles.Write(folder, command);
        return new SandboxSpecification
        {
            Folder = folder.Path,
            LowerNames = folder.Link(command, MountPointStub.Create(folder.Stub, command.LowerDirectories, command.Mounts)),
            Arguments = command.Arguments,
            Environment = command.Environment,
            WorkingDirectory = command.WorkingDirectory,
            UserId = command.UserId,
            GroupId = command.GroupId,
            SupplementaryGroups = command.SupplementaryGroups,
            HostName = command.HostName,
            Network = command.Network,
            Privileged = command.Privileged,
            NoNewPrivileges = command.NoNewPrivileges,
            SharedMemory = command.SharedMemory,
            Limits = command.Limits,
            Mounts = [.. command.Mounts.Select(folder.Prepare)],
        };
    }

    private MountRecord Prepare(SandboxMount mount, int index)
    {
        var name = "m" + index.ToString(CultureInfo.InvariantCulture);
        return MountRecord.Of(mount, name, mount is StackMount stack ? LinkStack(stack, name) : "");
    }

    private string LinkStack(StackMount stack, string name)
    {
        Directory.CreateDirectory(StackRoot(name));
        Directory.CreateDirectory($"{Links}/{name}u");
        Directory.CreateDirectory($"{Links}/{name}w");
        var names = new List<string>();
        for (var i = stack.LowerDirectories.Length - 1; i >= 0; i--)
        {
            names.Add($"{name}-{i.ToString(CultureInfo.InvariantCulture)}");
            File.CreateSymbolicLink($"{Links}/{names[^1]}", stack.LowerDirectories[i]);
        }

        return string.Join(':', names);
    }

    private string Link(SandboxCommand command, bool hasStub)
    {
        // The root that the command sees has the upper folder's owner and mode. As in Docker that is root's, open to all.
        File.SetUnixFileMode(command.UpperDirectory, (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Links + "/upper", command.UpperDirectory);
        File.CreateSymbolicLink(Links + "/work", OverlayWork);
        var names = new List<string>(command.LowerDirectories.Length + 1);
        if (hasStub)
        {
            File.CreateSymbolicLink(Links + "/stub", Stub);
            names.Add("stub");
        }

        for (var i = command.LowerDirectories.Length - 1; i >= 0; i--)
        {
            var name = i.ToString(CultureInfo.InvariantCulture);
            File.CreateSymbolicLink($"{Links}/{name}", command.LowerDirectories[i]);
            names.Add(name);
        }

        return string.Join(':', names);
    }
}
