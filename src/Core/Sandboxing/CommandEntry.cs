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

    private readonly DirectSystem _system;
    private readonly NativeArguments _arguments;
    private readonly NativeArguments _environment;
    private readonly NativeArguments _candidates;
    private readonly NativeArguments _directories;
    private readonly NativeArguments _places;
    private readonly SystemCallFilter _filter;
    private readonly uint[] _groups;
    private readonly ulong[] _limits;
    private readonly ulong _capabilities;
    private readonly bool _privileged;
    private readonly bool _noNewPrivileges;
    private readonly uint _userId;
    private readonly uint _groupId;

    public CommandEntry(DirectSystem system, SandboxSpecification specification)
    {
        _system = system;
        _arguments = new NativeArguments(specification.Arguments);
        _environment = new NativeArguments(specification.Environment);
        _candidates = new NativeArguments(ProgramSearch.Candidates(specification.Arguments[0], specification.Environment));
        _directories = new NativeArguments(Parents(specification.WorkingDirectory));
        _places = new NativeArguments([".", "/", specification.WorkingDirectory]);
        _groups = GC.AllocateArray<uint>(specification.SupplementaryGroups.Length, pinned: true);
        specification.SupplementaryGroups.CopyTo(_groups);
        _limits = GC.AllocateArray<ulong>(3 * specification.Limits.Length, pinned: true);
        for (var i = 0; i < specification.Limits.Length; i++)
        {
            var limit = specification.Limits[i];
            (_limits[3 * i], _limits[(3 * i) + 1], _limits[(3 * i) + 2]) = ((ulong)limit.Resource, limit.Soft, limit.Hard);
        }

        _filter = new SystemCallFilter(specification.Network);
        _capabilities = Capabilities.Of(specification.Network);
        _privileged = specification.Privileged;
        _noNewPrivileges = specification.NoNewPrivileges;
        _userId = specification.UserId;
        _groupId = specification.GroupId;
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
    public void Rehearse() => Need(_system.MakeDirectory(_places.Pointers[1], 0), SandboxStep.WorkingDirectory, null);

    public void Dispose()
    {
        _arguments.Dispose();
        _environment.Dispose();
        _candidates.Dispose();
        _directories.Dispose();
        _places.Dispose();
        _filter.Dispose();
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
        var here = _places.Pointers[0];
        Need(_system.PivotRoot(here, here), SandboxStep.PivotRoot, here);
        Need(_system.Unmount(here, MountCalls.MNT_DETACH), SandboxStep.PivotRoot, here);
        Need(_system.ChangeDirectory(_places.Pointers[1]), SandboxStep.PivotRoot, here);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void EnterWorkingDirectory()
    {
        _system.SetFileModeMask(0x12);
        var directory = _places.Pointers[2];
        if (_system.ChangeDirectory(directory))
        {
            return;
        }

        for (var next = _directories.Pointers; *next != null; next++)
        {
            Need(_system.MakeDirectory(*next, 0x1ED) || _system.Error == Errno.EEXIST, SandboxStep.WorkingDirectory, *next);
        }

        Need(_system.ChangeDirectory(directory), SandboxStep.WorkingDirectory, directory);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void DropPrivileges()
    {
        var limits = stackalloc ulong[2];
        limits[0] = 0;
        limits[1] = 0;
        Need(_system.SetLimit(RLIMIT_CORE, limits), SandboxStep.Limits, null);

        SetLimits();

        // A session keyring of its own; a kernel without keyrings, or a full quota, is no reason not to run.
        _ = _system.Keys(KEYCTL_JOIN_SESSION_KEYRING, 0);
        Need(_privileged || _system.ScopeAbstractSockets(), SandboxStep.SystemCallFilter, null);
        InstallFilter();
        for (var capability = 0; capability <= Capabilities.Last && !_privileged; capability++)
        {
            if ((_capabilities >> capability & 1) == 0)
            {
                // A number that this kernel does not know yet is invalid.
                Need(_system.Control(PR_CAPBSET_DROP, capability) || _system.Error == Errno.EINVAL, SandboxStep.Capabilities, null);
            }
        }

        _ = _system.Control(PR_CAP_AMBIENT, 4);
        fixed (uint* groups = _groups)
        {
            Need(_system.SetGroups(_groups.Length, groups), SandboxStep.Groups, null);
        }

        Need(_system.SetGroupId(_groupId), SandboxStep.GroupId, null);
        Need(_system.SetUserId(_userId), SandboxStep.UserId, null);
        SetCapabilities(_userId != 0 ? 0 : _privileged ? ulong.MaxValue : _capabilities);
    }

    // While there is CAP_SYS_ADMIN: without it the kernel takes a filter only from who may gain no rights, and set-user-id programs would have
    // no effect.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void InstallFilter()
    {
        if (_noNewPrivileges)
        {
            Need(_system.Control(PR_SET_NO_NEW_PRIVS, 1), SandboxStep.Capabilities, null);
        }

        if (!_privileged)
        {
            Need(_system.Control(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, _filter.Program), SandboxStep.SystemCallFilter, null);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void SetLimits()
    {
        fixed (ulong* limits = _limits)
        {
            for (var i = 0; i < _limits.Length; i += 3)
            {
                Need(_system.SetLimit((int)limits[i], limits + i + 1), SandboxStep.Limits, null);
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
        Need(_system.GetCapabilities(header, data), SandboxStep.Capabilities, null);

        // No more than there is: inside somebody else's container some are gone already.
        data[0] = data[1] &= (uint)set;
        data[3] = data[4] &= (uint)(set >> 32);
        data[2] = data[5] = 0;
        Need(_system.SetCapabilities(header, data), SandboxStep.Capabilities, null);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Execute()
    {
        var zero = stackalloc ulong[4];
        zero[0] = zero[1] = zero[2] = zero[3] = 0;

        // .NET ignores the first, and what is ignored stays so through execve: 'yes | head -1' would not end. glibc's posix_spawn leaves its
        // own two ignored.
        _ = _system.DefaultSignal(ProcessCalls.SIGPIPE, zero);
        _ = _system.DefaultSignal(32, zero);
        _ = _system.DefaultSignal(33, zero);
        _ = _system.UnblockSignals(zero);
        Tell(SandboxStep.Ready, 0, null);
        var step = SandboxStep.NotFound;
        var error = Errno.ENOENT;
        var subject = _arguments.Pointers[0];
        for (var next = _candidates.Pointers; *next != null; next++)
        {
            _system.Execute(*next, _arguments.Pointers, _environment.Pointers);
            var reason = _system.Error;
            var exists = _system.Exists(*next);
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
        _system.Exit(127);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Need(bool success, SandboxStep step, byte* subject)
    {
        if (!success)
        {
            Tell(step, _system.Error, subject);
            _system.Exit(125);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Tell(SandboxStep step, int error, byte* subject)
    {
        var head = stackalloc byte[5];
        head[0] = (byte)step;
        *(int*)(head + 1) = error;
        _system.Write(SandboxInit.StatusDescriptor, head, 5);
        var length = 0;
        while (subject != null && subject[length] != 0)
        {
            length++;
        }

        if (length > 0)
        {
            _system.Write(SandboxInit.StatusDescriptor, subject, (nuint)length);
        }
    }
}
