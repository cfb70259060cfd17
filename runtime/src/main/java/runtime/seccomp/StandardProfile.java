package runtime.seccomp;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import linux.abi.Architecture;
import linux.abi.Capability;
import linux.abi.Errno;
import runtime.seccomp.SeccompProfile.Condition;
import runtime.seccomp.SeccompProfile.ConditionalRule;
import runtime.spec.Seccomp.Action;
import runtime.spec.Seccomp.Argument;
import runtime.spec.Seccomp.Operator;
import runtime.spec.Seccomp.Rule;

/**
 * The filter every container gets unless told otherwise: a list of what is allowed, EPERM for the
 * rest. As strict as docker's profile, and stricter in that foreign instruction sets are refused
 * and that the address family of {@code socket(2)} is compared as the kernel sees it, in 32 bits.
 *
 * <p>Not in it at all, because no capability makes them safe in a container: kexec, swap, the
 * kernel's key rings (not namespaced), {@code pivot_root}, {@code move_pages}, {@code userfaultfd},
 * {@code io_uring} (acts outside the filter), and calls long dead.
 */
public final class StandardProfile {
    /** {@code clone(2)}: CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET. */
    static final long NAMESPACE_FLAGS = 0x7E020000L;
    private static final long AF_VSOCK = 40;
    private static final long LOW_HALF = 0xFFFFFFFFL;

    private static final SeccompProfile PROFILE = build();

    private StandardProfile() {}

    /** The profile. */
    public static SeccompProfile profile() {
        return PROFILE;
    }

    private static SeccompProfile build() {
        List<ConditionalRule> rules = new ArrayList<>();
        files(rules);
        processes(rules);
        memoryAndTime(rules);
        communication(rules);
        arguments(rules);
        architectures(rules);
        capabilities(rules);
        return new SeccompProfile(
                Action.ERRNO, OptionalInt.of(Errno.EPERM.number()), List.of(), rules);
    }

    private static void files(List<ConditionalRule> rules) {
        allow(rules, "Opening, reading and writing: permission is checked on the file itself", """
                open openat openat2 creat close close_range read write readv writev pread64
                pwrite64 preadv pwritev preadv2 pwritev2 lseek dup dup2 dup3 fcntl ioctl flock
                sendfile copy_file_range splice tee vmsplice readahead fadvise64 cachestat
                truncate ftruncate fallocate sync fsync fdatasync syncfs sync_file_range""");
        allow(rules, "Looking at files and folders", """
                stat fstat lstat newfstatat statx access faccessat faccessat2 readlink readlinkat
                getdents getdents64 getcwd chdir fchdir statfs fstatfs name_to_handle_at""");
        allow(rules, "Changing files and folders; device nodes still need CAP_MKNOD and the"
                + " device cgroup", """
                mkdir mkdirat rmdir mknod mknodat link linkat symlink symlinkat unlink unlinkat
                rename renameat renameat2 chmod fchmod fchmodat fchmodat2 chown fchown lchown
                fchownat umask utime utimes utimensat futimesat""");
        allow(rules, "Extended attributes; trusted and security ones need capabilities", """
                getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr flistxattr
                listxattrat setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr
                fremovexattr removexattrat""");
        allow(rules, "Waiting for files", """
                poll ppoll select pselect6 epoll_create epoll_create1 epoll_ctl epoll_ctl_old
                epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 eventfd eventfd2
                inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark""");
        allow(rules, "Asynchronous input and output of the older kind, which the filter sees", """
                io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents""");
    }

    private static void processes(List<ConditionalRule> rules) {
        allow(rules, "Starting, ending and waiting for processes", """
                fork vfork execve execveat exit exit_group wait4 waitid pidfd_open
                pidfd_send_signal process_mrelease""");
        allow(rules, "Who a process is; changing ids needs CAP_SETUID or CAP_SETGID", """
                getpid getppid gettid getpgid getpgrp getsid setpgid setsid getuid geteuid getgid
                getegid getresuid getresgid getgroups setuid setgid setreuid setregid setresuid
                setresgid setfsuid setfsgid setgroups capget capset prctl""");
        allow(rules, "Signals", """
                kill tkill tgkill rt_sigaction rt_sigprocmask rt_sigpending rt_sigsuspend
                rt_sigtimedwait rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn sigaltstack
                signalfd signalfd4 pause restart_syscall""");
        allow(rules, "Scheduling of its own processes; limits are the cgroup's", """
                sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_setparam
                sched_getscheduler sched_setscheduler sched_getattr sched_setattr
                sched_get_priority_max sched_get_priority_min sched_rr_get_interval getpriority
                setpriority ioprio_get ioprio_set getcpu getrlimit setrlimit prlimit64 getrusage
                times""");
        allow(rules, "Threads and locks", """
                futex futex_wait futex_wake futex_requeue futex_waitv set_robust_list
                get_robust_list set_tid_address set_thread_area get_thread_area rseq membarrier""");
        allow(rules, "Facts about the system", "uname sysinfo getrandom");
        allow(rules, "Restricting oneself further", """
                seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self""");
        allow(rules, "Debugging one's own processes: since Linux 4.8 a tracer cannot get around"
                + " the filter", "ptrace process_vm_readv process_vm_writev");
    }

    private static void memoryAndTime(List<ConditionalRule> rules) {
        allow(rules, "Memory of one's own", """
                brk mmap munmap mprotect mremap remap_file_pages msync mincore madvise mlock
                mlock2 munlock mlockall munlockall mseal memfd_create memfd_secret pkey_alloc
                pkey_free pkey_mprotect map_shadow_stack""");
        allow(rules, "Reading clocks and setting alarms; setting clocks needs CAP_SYS_TIME", """
                time gettimeofday clock_gettime clock_getres clock_adjtime adjtimex nanosleep
                clock_nanosleep alarm getitimer setitimer timer_create timer_settime
                timer_gettime timer_getoverrun timer_delete timerfd_create timerfd_settime
                timerfd_gettime""");
    }

    private static void communication(List<ConditionalRule> rules) {
        allow(rules, "Pipes, and System V and POSIX objects of its own IPC namespace", """
                pipe pipe2 shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd
                msgrcv msgctl mq_open mq_unlink mq_timedsend mq_timedreceive mq_notify
                mq_getsetattr""");
        allow(rules, "Sockets in its own network namespace", """
                socketpair bind listen accept accept4 connect getsockname getpeername sendto
                recvfrom sendmsg recvmsg sendmmsg recvmmsg shutdown setsockopt getsockopt""");
    }

    private static void arguments(List<ConditionalRule> rules) {
        // The kernel takes an int: bits above the 32nd must not make VSOCK look like another.
        rules.add(new ConditionalRule(
                new Rule(List.of("socket"), Action.ERRNO, OptionalInt.of(Errno.EPERM.number()),
                        List.of(new Argument(0, Operator.MASKED_EQUAL, LOW_HALF, AF_VSOCK))),
                "Virtual machine sockets are not namespaced: they reach the hypervisor",
                Condition.none(), Condition.none()));
        rules.add(new ConditionalRule(
                allowed("socket", new Argument(0, Operator.NOT_EQUAL, AF_VSOCK, 0)),
                "Every other address family", Condition.none(), Condition.none()));
        for (long persona : new long[] {0, 0x0008, 0x20000, 0x20008, LOW_HALF}) {
            rules.add(new ConditionalRule(
                    allowed("personality", new Argument(0, Operator.EQUAL, persona, 0)),
                    "Linux, 32-bit Linux, their 2.6 spelling, or asking which: others weaken"
                            + " address space randomisation",
                    Condition.none(), Condition.none()));
        }
        rules.add(new ConditionalRule(
                allowed("clone", new Argument(0, Operator.MASKED_EQUAL, NAMESPACE_FLAGS, 0)),
                "Threads and processes, but no new namespace without CAP_SYS_ADMIN",
                Condition.none(), Condition.has(Capability.SYS_ADMIN)));
        rules.add(new ConditionalRule(
                new Rule(List.of("clone3"), Action.ERRNO, OptionalInt.of(Errno.ENOSYS.number()),
                        List.of()),
                "Its flags lie in memory where no filter can look; ENOSYS makes the C library"
                        + " use clone",
                Condition.none(), Condition.has(Capability.SYS_ADMIN)));
    }

    private static void architectures(List<ConditionalRule> rules) {
        rules.add(new ConditionalRule(names("arch_prctl modify_ldt"),
                "Thread-local storage and segments of x86 programs",
                Condition.on(Architecture.X86_64), Condition.none()));
    }

    private static void capabilities(List<ConditionalRule> rules) {
        with(rules, Capability.DAC_READ_SEARCH, "Opens by inode number, past every folder: the"
                + " way out of a container of 2014 (shocker)", "open_by_handle_at");
        with(rules, Capability.SYS_ADMIN, "Mounts, namespaces, names of the system: the kernel"
                + " asks for this capability", """
                mount umount2 mount_setattr move_mount open_tree open_tree_attr fsopen fsconfig
                fsmount fspick statmount listmount clone clone3 unshare setns sethostname
                setdomainname quotactl quotactl_fd fanotify_init lookup_dcookie syslog bpf
                perf_event_open lsm_get_self_attr lsm_set_self_attr lsm_list_modules""");
        with(rules, Capability.SYS_BOOT, "Restarts the machine, or the PID namespace", "reboot");
        with(rules, Capability.SYS_CHROOT, "Changes the root folder", "chroot");
        with(rules, Capability.SYS_MODULE, "Loads code into the kernel",
                "init_module finit_module delete_module");
        with(rules, Capability.SYS_PACCT, "Records every process of the system", "acct");
        with(rules, Capability.SYS_PTRACE, "Looks into other processes",
                "kcmp pidfd_getfd process_madvise");
        with(rules, Capability.SYS_RAWIO, "Talks to hardware ports", "iopl ioperm");
        with(rules, Capability.SYS_TIME, "Sets clocks, which only the time namespace separates",
                "settimeofday clock_settime");
        with(rules, Capability.SYS_TTY_CONFIG, "Hangs up a terminal", "vhangup");
        with(rules, Capability.SYS_NICE, "Places memory on nodes",
                "get_mempolicy set_mempolicy set_mempolicy_home_node mbind");
        with(rules, Capability.SYSLOG, "Reads the kernel's log", "syslog");
        with(rules, Capability.BPF, "Loads programs into the kernel", "bpf");
        with(rules, Capability.PERFMON, "Measures the whole system", "perf_event_open");
    }

    private static void allow(List<ConditionalRule> rules, String reason, String names) {
        rules.add(new ConditionalRule(
                names(names), reason, Condition.none(), Condition.none()));
    }

    private static void with(
            List<ConditionalRule> rules, Capability capability, String reason, String names) {
        rules.add(new ConditionalRule(
                names(names), reason, Condition.has(capability), Condition.none()));
    }

    private static Rule names(String names) {
        return new Rule(List.of(names.strip().split("\\s+")), Action.ALLOW, OptionalInt.empty(),
                List.of());
    }

    private static Rule allowed(String name, Argument condition) {
        return new Rule(
                List.of(name), Action.ALLOW, OptionalInt.empty(), List.of(condition));
    }
}
