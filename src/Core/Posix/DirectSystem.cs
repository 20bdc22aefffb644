using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ContainerStages.Posix;

/// <summary>
/// System calls by number through one function pointer that is found beforehand. For code that runs when the root has changed: nothing may
/// be loaded from there, so nothing may be looked up any more. They act on the calling thread only, where libc's setuid would signal all
/// threads, and never wait for the collector, whose threads a forked process has not.
/// </summary>
internal readonly unsafe struct DirectSystem
{
    private readonly delegate* unmanaged[SuppressGCTransition]<long, nint, nint, nint, nint, nint, long> call;
    private readonly delegate* unmanaged[SuppressGCTransition]<int*> errorLocation;
    private readonly bool arm;

    private DirectSystem(nint libc, string function)
    {
        call = (delegate* unmanaged[SuppressGCTransition]<long, nint, nint, nint, nint, nint, long>)NativeLibrary.GetExport(
            libc,
            function);
        errorLocation = (delegate* unmanaged[SuppressGCTransition]<int*>)NativeLibrary.GetExport(libc, "__errno_location");
        arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    }

    public static DirectSystem Create() => new(NativeLibrary.GetMainProgramHandle(), "syscall");

    /// <summary>Nothing is called but a function that answers 0 (to root).</summary>
    public static DirectSystem Practice() => new(NativeLibrary.GetMainProgramHandle(), "getuid");

    public int Error => *errorLocation();

    public long Write(int file, void* data, nuint size) => call(arm ? 64 : 1, file, (nint)data, (nint)size, 0, 0);

    /// <returns>0 in the new process, which is a copy of this one with the calling thread alone.</returns>
    public long Clone(int flags) => call(arm ? 220 : 56, flags, 0, 0, 0, 0);

    public bool Unshare(int flags) => call(arm ? 97 : 272, flags, 0, 0, 0, 0) == 0;

    public bool Mount(byte* source, byte* target, byte* type, ulong flags) =>
        call(arm ? 40 : 165, (nint)source, (nint)target, (nint)type, (nint)flags, 0) == 0;

    public long Read(int file, void* data, nuint size) => call(arm ? 63 : 0, file, (nint)data, (nint)size, 0, 0);

    public void Exit(int code) => call(arm ? 94 : 231, code, 0, 0, 0, 0);

    public bool PivotRoot(byte* newRoot, byte* oldRoot) => call(arm ? 41 : 155, (nint)newRoot, (nint)oldRoot, 0, 0, 0) == 0;

    public bool Unmount(byte* target, int flags) => call(arm ? 39 : 166, (nint)target, flags, 0, 0, 0) == 0;

    public bool ChangeDirectory(byte* path) => call(arm ? 49 : 80, (nint)path, 0, 0, 0, 0) == 0;

    public bool MakeDirectory(byte* path, uint mode) => call(arm ? 34 : 258, FileCalls.AT_FDCWD, (nint)path, (nint)mode, 0, 0) == 0;

    public bool Exists(byte* path) => call(arm ? 48 : 269, FileCalls.AT_FDCWD, (nint)path, 0, 0, 0) == 0;

    public bool SetGroups(int count, uint* groups) => call(arm ? 159 : 116, count, (nint)groups, 0, 0, 0) == 0;

    public bool SetGroupId(uint id) => call(arm ? 149 : 119, (nint)id, (nint)id, (nint)id, 0, 0) == 0;

    public bool SetUserId(uint id) => call(arm ? 147 : 117, (nint)id, (nint)id, (nint)id, 0, 0) == 0;

    public bool SetCapabilities(void* header, void* data) => call(arm ? 91 : 126, (nint)header, (nint)data, 0, 0, 0) == 0;

    public bool GetCapabilities(void* header, void* data) => call(arm ? 90 : 125, (nint)header, (nint)data, 0, 0, 0) == 0;

    public bool Control(int option, nint argument, nint more = 0) => call(arm ? 167 : 157, option, argument, more, 0, 0) == 0;

    public bool CloseOnExecFrom(int first) => call(436, first, -1, 4, 0, 0) == 0;

    public long Keys(int operation, nint argument) => call(arm ? 219 : 250, operation, argument, 0, 0, 0);

    public bool SetLimit(int resource, ulong* limits) => call(arm ? 261 : 302, 0, resource, (nint)limits, 0, 0) == 0;

    /// <summary>
    /// The machine's abstract sockets have no file that a mount could hide: a Landlock scope (Linux 6.12) keeps this thread, and what it
    /// starts, to its own. On an older kernel they stay reachable; docs/security.md says so.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool ScopeAbstractSockets()
    {
        // struct landlock_ruleset_attr: no file and no network access is handled, abstract sockets are scoped.
        var rules = stackalloc ulong[3];
        rules[0] = rules[1] = 0;
        rules[2] = 1;
        var ruleset = call(444, (nint)rules, 3 * sizeof(ulong), 0, 0, 0);
        return ruleset < 0 || (call(446, (nint)ruleset, 0, 0, 0, 0) == 0 & Close((int)ruleset));
    }

    private bool Close(int file) => call(arm ? 57 : 3, file, 0, 0, 0, 0) == 0;

    public void SetFileModeMask(uint mask) => call(arm ? 166 : 95, (nint)mask, 0, 0, 0, 0);

    /// <summary>rt_sigaction(2) with an all-zero action: the default.</summary>
    public bool DefaultSignal(int signal, void* zeroAction) => call(arm ? 134 : 13, signal, (nint)zeroAction, 0, 8, 0) == 0;

    /// <summary>rt_sigaction(2) with SIG_IGN for what a terminal sends: hang-up, interrupt, quit, and for the wish to end.</summary>
    public void IgnoreSignals()
    {
        var action = stackalloc ulong[4];
        action[0] = 1;
        action[1] = action[2] = action[3] = 0;
        DefaultSignal(1, action);
        DefaultSignal(2, action);
        DefaultSignal(3, action);
        DefaultSignal(15, action);
    }

    public bool UnblockSignals(ulong* emptySet) => call(arm ? 135 : 14, 2, (nint)emptySet, 0, 8, 0) == 0;

    public void Execute(byte* path, byte** arguments, byte** environment) =>
        call(arm ? 221 : 59, (nint)path, (nint)arguments, (nint)environment, 0, 0);
}
