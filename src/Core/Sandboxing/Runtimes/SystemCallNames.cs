using System.Collections.Immutable;

namespace ContainerStages.Sandboxing;

/// <summary>
/// The system calls of <see cref="SystemCallTable"/> by name, which is how OCI runtimes want them: those of every processor together.
/// </summary>
internal static class SystemCallNames
{
    /// <summary>What <see cref="SystemCallTable.Refused"/> has.</summary>
    public static ImmutableArray<string> Refused { get; } = Split("""
        _sysctl acct add_key bdflush bpf clock_settime clock_settime64 delete_module fanotify_init finit_module fsconfig fsmount fsopen
        fspick init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl
        lookup_dcookie lsm_get_self_attr lsm_list_modules lsm_set_self_attr migrate_pages mount mount_setattr move_mount move_pages
        nfsservctl open_by_handle_at open_tree perf_event_open pivot_root process_madvise quotactl quotactl_fd reboot request_key
        set_mempolicy_home_node setdomainname sethostname setns settimeofday stime swapoff swapon sysfs syslog umount umount2 unshare
        uselib userfaultfd ustat vhangup vm86 vm86old
        """);

    /// <summary>Everything else below <see cref="SystemCallTable.FirstUnknown"/> that is allowed whatever its arguments are.</summary>
    public static ImmutableArray<string> Allowed { get; } = Split("""
        _llseek _newselect accept accept4 access adjtimex afs_syscall alarm arch_prctl bind break brk cachestat capget capset chdir
        chmod chown chown32 chroot clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
        clock_nanosleep clock_nanosleep_time64 close close_range connect copy_file_range creat create_module dup dup2 dup3 epoll_create
        epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit
        exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir fchmod fchmodat fchmodat2 fchown fchown32
        fchownat fcntl fcntl64 fdatasync fgetxattr flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs
        fstatfs64 fsync ftime ftruncate ftruncate64 futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake futimesat
        get_kernel_syms get_mempolicy get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid getegid32 geteuid
        geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp getpid getpmsg getppid getpriority
        getrandom getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid getsockname getsockopt gettid gettimeofday
        getuid getuid32 getxattr getxattrat gtty idle inotify_add_watch inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy
        io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit ioctl ioprio_get ioprio_set ipc kill landlock_add_rule
        landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat listen listmount listxattr listxattrat
        llistxattr lock lremovexattr lseek lsetxattr lstat lstat64 madvise map_shadow_stack mbind membarrier memfd_create memfd_secret
        mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 modify_ldt mprotect mpx mq_getsetattr mq_notify mq_open
        mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync
        munlock munlockall munmap name_to_handle_at nanosleep newfstatat nice oldfstat oldlstat oldolduname oldstat olduname open openat
        openat2 pause pidfd_getfd pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll ppoll_time64
        prctl pread64 preadv preadv2 prlimit64 process_mrelease process_vm_readv process_vm_writev prof profil pselect6 pselect6_time64
        ptrace putpmsg pwrite64 pwritev pwritev2 query_module read readahead readdir readlink readlinkat readv recvfrom recvmmsg
        recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat rename renameat renameat2 restart_syscall rmdir rseq
        rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64
        rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
        sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
        sched_setscheduler sched_yield seccomp security select semctl semget semop semtimedop semtimedop_time64 sendfile sendfile64
        sendmmsg sendmsg sendto set_mempolicy set_robust_list set_thread_area set_tid_address setfsgid setfsgid32 setfsuid setfsuid32
        setgid setgid32 setgroups setgroups32 setitimer setpgid setpriority setregid setregid32 setresgid setresgid32 setresuid
        setresuid32 setreuid setreuid32 setrlimit setsid setsockopt setuid setuid32 setxattr setxattrat sgetmask shmat shmctl shmdt
        shmget shutdown sigaction sigaltstack signal signalfd signalfd4 sigpending sigprocmask sigreturn sigsuspend socketcall
        socketpair splice ssetmask stat stat64 statfs statfs64 statmount statx stty symlink symlinkat sync sync_file_range syncfs
        sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64
        timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime timerfd_settime64 times tkill truncate truncate64 tuxcall
        ugetrlimit ulimit umask uname unlink unlinkat utime utimensat utimensat_time64 utimes vfork vmsplice vserver wait4 waitid
        waitpid write writev
        """);

    private static ImmutableArray<string> Split(string names) => [.. names.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries)];
}
