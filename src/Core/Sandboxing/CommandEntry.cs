using System.Runtime.CompilerServices;
using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>
/// The last steps: enter the root, give up privileges, become the command. All texts are prepared before, and <see cref="Enter"/> makes
/// system calls only: after the root has changed the runtime must load nothing, it would load it from the image.
/// </summary>
internal sealed unsafe class CommandEntry : IDisposable
{
    public const int PR_SET_PDEATHSIG = 1;
    private const int PR_CAPBSET_DROP = 24;
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const int PR_SET_SECCOMP = 22;
    private const int PR_CAP_AMBIENT = 47;
    private const int SECCOMP_MODE_FILTER = 2;
    private const int RLIMIT_CORE = 4;
    private const int KEYCTL_JOIN_SESSION_KEYRING = 1;

    private readonly DirectSystem system;
    private readonly NativeArguments arguments;
    private readonly NativeArguments environment;
    private readonly NativeArguments candidates;
    private readonly NativeArguments directories;
    private readonly NativeArguments places;
    private readonly SystemCallFilter filter;
    private readonly uint[] groups;
    private readonly ulong[] limits;
    private readonly ulong capabilities;
    private readonly bool privileged;
    private readonly bool noNewPrivileges;
    private readonly uint userId;
    private readonly uint groupId;

    public CommandEntry(DirectSystem system, SandboxSpecification specification)
    {
        this.system = system;
        arguments = new NativeArguments(specification.Arguments);
        environment = new NativeArguments(specification.Environment);
        candidates = new NativeArguments(ProgramSearch.Candidates(specification.Arguments[0], specification.Environment));
        directories = new NativeArguments(Parents(specification.WorkingDirectory));
        places = new NativeArguments([".", "/", specification.WorkingDirectory]);
        groups = GC.AllocateArray<uint>(specification.SupplementaryGroups.Length, pinned: true);
        specification.SupplementaryGroups.CopyTo(groups);
        limits = GC.AllocateArray<ulong>(3 * specification.Limits.Length, pinned: true);
        for (var i = 0; i < specification.Limits.Length; i++)
        {
            var limit = specification.Limits[i];
            (limits[3 * i], limits[(3 * i) + 1], limits[(3 * i) + 2]) = ((ulong)limit.Resource, limit.Soft, limit.Hard);
        }

        filter = new SystemCallFilter(specification.Network);
        capabilities = Capabilities.Of(specification.Network);
        privileged = specification.Privileged;
        noNewPrivileges = specification.NoNewPrivileges;
        userId = specification.UserId;
        groupId = specification.GroupId;
    }

    /// <summary>Returns only when something failed, after having told it to the status descriptor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Enter()
    {
        EnterRoot();
        EnterWorkingDirectory();
        DropPrivileges();
        Execute();
    }

    /// <summary>
    /// Calls what <see cref="Enter"/> calls only where a call before it failed, so that all of it is compiled: to be called with a practice
    /// system.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Rehearse() => Need(system.MakeDirectory(places.Pointers[1], 0), SandboxStep.WorkingDirectory, null);

    public void Dispose()
    {
        arguments.Dispose();
        environment.Dispose();
        candidates.Dispose();
        directories.Dispose();
        places.Dispose();
        filter.Dispose();
    }

    /// <summary>/a/b/c: /a, /a/b, /a/b/c.</summary>
    private static List<string> Parents(string path)
    {
        var parents = new List<string>();
        for (var end = path.IndexOf('/', 1); end > 0; end = path.IndexOf('/', end + 1))
        {
            parents.Add(path[..end]);
        }

        parents.Add(path);
        return parents;
    }

    // The current folder is the new root. The old one ends up mounted over the new and goes away with all that is mounted in it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EnterRoot()
    {
        var here = places.Pointers[0];
        Need(system.PivotRoot(here, here), SandboxStep.PivotRoot, here);
        Need(system.Unmount(here, MountCalls.MNT_DETACH), SandboxStep.PivotRoot, here);
        Need(system.ChangeDirectory(places.Pointers[1]), SandboxStep.PivotRoot, here);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EnterWorkingDirectory()
    {
        system.SetFileModeMask(0x12);
        var directory = places.Pointers[2];
        if (system.ChangeDirectory(directory))
        {
            return;
        }

        for (var next = directories.Pointers; *next != null; next++)
        {
            Need(system.MakeDirectory(*next, 0x1ED) || system.Error == Errno.EEXIST, SandboxStep.WorkingDirectory, *next);
        }

        Need(system.ChangeDirectory(directory), SandboxStep.WorkingDirectory, directory);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DropPrivileges()
    {
        var none = stackalloc ulong[2];
        none[0] = 0;
        none[1] = 0;
        Need(system.SetLimit(RLIMIT_CORE, none), SandboxStep.Limits, null);

        SetLimits();

        // A session keyring of its own; a kernel without keyrings, or a full quota, is no reason not to run.
        _ = system.Keys(KEYCTL_JOIN_SESSION_KEYRING, 0);
        Need(privileged || system.ScopeAbstractSockets(), SandboxStep.SystemCallFilter, null);
        InstallFilter();
        for (var capability = 0; capability <= Capabilities.Last && !privileged; capability++)
        {
            if ((capabilities >> capability & 1) == 0)
            {
                // A number that this kernel does not know yet is invalid.
                Need(system.Control(PR_CAPBSET_DROP, capability) || system.Error == Errno.EINVAL, SandboxStep.Capabilities, null);
            }
        }

        _ = system.Control(PR_CAP_AMBIENT, 4);
        fixed (uint* first = groups)
        {
            Need(system.SetGroups(groups.Length, first), SandboxStep.Groups, null);
        }

        Need(system.SetGroupId(groupId), SandboxStep.GroupId, null);
        Need(system.SetUserId(userId), SandboxStep.UserId, null);
        SetCapabilities(userId != 0 ? 0 : privileged ? ulong.MaxValue : capabilities);
    }

    // While there is CAP_SYS_ADMIN: without it the kernel takes a filter only from who may gain no rights, and set-user-id programs would
    // have no effect.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void InstallFilter()
    {
        if (noNewPrivileges)
        {
            Need(system.Control(PR_SET_NO_NEW_PRIVS, 1), SandboxStep.Capabilities, null);
        }

        if (!privileged)
        {
            Need(system.Control(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter.Program), SandboxStep.SystemCallFilter, null);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetLimits()
    {
        fixed (ulong* first = limits)
        {
            for (var i = 0; i < limits.Length; i += 3)
            {
                Need(system.SetLimit((int)first[i], first + i + 1), SandboxStep.Limits, null);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetCapabilities(ulong set)
    {
        // struct __user_cap_header_struct and two of __user_cap_data_struct (effective, permitted, inheritable). Source: capset(2).
        var header = stackalloc uint[2];
        header[0] = 0x20080522;
        header[1] = 0;
        var data = stackalloc uint[6];
        Need(system.GetCapabilities(header, data), SandboxStep.Capabilities, null);

        // No more than there is: inside somebody else's container some are gone already.
        data[0] = data[1] &= (uint)set;
        data[3] = data[4] &= (uint)(set >> 32);
        data[2] = data[5] = 0;
        Need(system.SetCapabilities(header, data), SandboxStep.Capabilities, null);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Execute()
    {
        var zero = stackalloc ulong[4];
        zero[0] = zero[1] = zero[2] = zero[3] = 0;

        // .NET ignores the first, and what is ignored stays so through execve: 'yes | head -1' would not end. glibc's posix_spawn leaves
        // its own two ignored.
        _ = system.DefaultSignal(ProcessCalls.SIGPIPE, zero);
        _ = system.DefaultSignal(32, zero);
        _ = system.DefaultSignal(33, zero);
        _ = system.UnblockSignals(zero);
        Tell(SandboxStep.Ready, 0, null);
        var step = SandboxStep.NotFound;
        var error = Errno.ENOENT;
        var subject = arguments.Pointers[0];
        for (var next = candidates.Pointers; *next != null; next++)
        {
            system.Execute(*next, arguments.Pointers, environment.Pointers);
            var reason = system.Error;
            var exists = system.Exists(*next);
            if (reason is not (Errno.ENOENT or Errno.ENOTDIR))
            {
                step = SandboxStep.NotExecutable;
                error = reason;
                subject = *next;
            }
            else if (step == SandboxStep.NotFound && exists)
            {
                step = SandboxStep.NoInterpreter;
                subject = *next;
            }
        }

        Tell(step, error, subject);
        system.Exit(127);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Need(bool success, SandboxStep step, byte* subject)
    {
        if (!success)
        {
            Tell(step, system.Error, subject);
            system.Exit(125);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tell(SandboxStep step, int error, byte* subject)
    {
        var head = stackalloc byte[5];
        head[0] = (byte)step;
        *(int*)(head + 1) = error;
        system.Write(SandboxInit.StatusDescriptor, head, 5);
        var length = 0;
        while (subject != null && subject[length] != 0)
        {
            length++;
        }

        if (length > 0)
        {
            system.Write(SandboxInit.StatusDescriptor, subject, (nuint)length);
        }
    }
}
