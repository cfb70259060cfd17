package runtime.spec;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import linux.abi.Capability;

/**
 * The program a container runs, or a further one in it (OCI runtime-spec config.md, process).
 *
 * @param terminal        whether standard input, output and error are a pseudo terminal
 * @param consoleSize     the terminal's first size
 * @param user            who it runs as, in the container's numbering
 * @param args            the program and its arguments, at least one
 * @param env             {@code NAME=value}, in order
 * @param cwd             absolute working directory inside the container
 * @param capabilities    the five sets; empty leaves the process with none
 * @param rlimits         limits of {@code setrlimit(2)}
 * @param noNewPrivileges whether {@code execve(2)} may not grant privileges
 * @param apparmorProfile the AppArmor profile to change to
 * @param selinuxLabel    the SELinux label of the process
 * @param oomScoreAdj     -1000 (never killed) to 1000 (first), for {@code /proc/PID/oom_score_adj}
 * @param scheduler       what {@code sched_setattr(2)} is given
 * @param ioPriority      what {@code ioprio_set(2)} is given
 */
public record Process(
        boolean terminal,
        Optional<ConsoleSize> consoleSize,
        User user,
        List<String> args,
        List<String> env,
        String cwd,
        Optional<Capabilities> capabilities,
        List<Rlimit> rlimits,
        boolean noNewPrivileges,
        Optional<String> apparmorProfile,
        Optional<String> selinuxLabel,
        OptionalInt oomScoreAdj,
        Optional<Scheduler> scheduler,
        Optional<IoPriority> ioPriority) {

    public Process {
        args = List.copyOf(args);
        env = List.copyOf(env);
        rlimits = List.copyOf(rlimits);
    }

    /** The same with a terminal of this size. */
    public Process withConsoleSize(ConsoleSize size) {
        return new Process(terminal, Optional.of(size), user, args, env, cwd, capabilities, rlimits,
                noNewPrivileges, apparmorProfile, selinuxLabel, oomScoreAdj, scheduler, ioPriority);
    }

    /** The same with another environment and another user. */
    public Process with(List<String> environment, User other) {
        return new Process(terminal, consoleSize, other, args, environment, cwd, capabilities,
                rlimits, noNewPrivileges, apparmorProfile, selinuxLabel, oomScoreAdj, scheduler,
                ioPriority);
    }

    /** The same with other capabilities. */
    public Process withCapabilities(Capabilities other) {
        return new Process(terminal, consoleSize, user, args, env, cwd, Optional.of(other), rlimits,
                noNewPrivileges, apparmorProfile, selinuxLabel, oomScoreAdj, scheduler, ioPriority);
    }

    /** A program with everything else left to the specification's own defaults. */
    public static Process of(List<String> args, List<String> env, String cwd, User user) {
        return new Process(false, Optional.empty(), user, args, env, cwd, Optional.empty(),
                List.of(), false, Optional.empty(), Optional.empty(), OptionalInt.empty(),
                Optional.empty(), Optional.empty());
    }

    /** A terminal's size in character cells. */
    public record ConsoleSize(int height, int width) {}

    /**
     * Who a process runs as.
     *
     * @param uid            user id inside the container
     * @param gid            group id inside the container
     * @param umask          file mode creation mask; the runtime's own if absent
     * @param additionalGids supplementary groups
     */
    public record User(long uid, long gid, OptionalInt umask, List<Long> additionalGids) {
        public User {
            additionalGids = List.copyOf(additionalGids);
        }

        /** Root and its group, no supplementary groups. */
        public static User root() {
            return new User(0, 0, OptionalInt.empty(), List.of());
        }
    }

    /** The five capability sets of {@code capabilities(7)}. */
    public record Capabilities(
            Set<Capability> bounding,
            Set<Capability> effective,
            Set<Capability> inheritable,
            Set<Capability> permitted,
            Set<Capability> ambient) {

        public Capabilities {
            bounding = Set.copyOf(bounding);
            effective = Set.copyOf(effective);
            inheritable = Set.copyOf(inheritable);
            permitted = Set.copyOf(permitted);
            ambient = Set.copyOf(ambient);
        }

        /**
         * The ambient capabilities the kernel takes: those that are permitted and inheritable too.
         * {@code runc spec} itself names others; runtimes leave them out.
         */
        public Set<Capability> possibleAmbient() {
            Set<Capability> possible = EnumSet.noneOf(Capability.class);
            possible.addAll(ambient);
            possible.retainAll(permitted);
            possible.retainAll(inheritable);
            return possible;
        }

        /** No capability in any set. */
        public static Capabilities none() {
            return new Capabilities(Set.of(), Set.of(), Set.of(), Set.of(), Set.of());
        }

        /**
         * The set as docker grants it: bounding, permitted and effective; nothing inheritable
         * (CVE-2022-24769) and nothing ambient.
         */
        public static Capabilities granted(Set<Capability> capabilities) {
            return new Capabilities(
                    capabilities, capabilities, Set.of(), capabilities, Set.of());
        }
    }

    /**
     * One limit of {@code setrlimit(2)}.
     *
     * @param type {@code RLIMIT_NOFILE} and so on
     * @param hard ceiling, an unsigned 64-bit number; {@link #INFINITY} for none
     * @param soft value in force, likewise
     */
    public record Rlimit(String type, long hard, long soft) {
        /** {@code RLIM_INFINITY}, 2^64 - 1. */
        public static final long INFINITY = -1L;
    }

    /**
     * What {@code sched_setattr(2)} is given; times in nanoseconds.
     *
     * @param policy   {@code SCHED_OTHER} and so on
     * @param nice     for SCHED_OTHER and SCHED_BATCH
     * @param priority for SCHED_FIFO and SCHED_RR
     * @param flags    {@code SCHED_FLAG_RESET_ON_FORK} and so on
     */
    public record Scheduler(
            String policy,
            int nice,
            int priority,
            List<String> flags,
            long runtimeNanos,
            long deadlineNanos,
            long periodNanos) {
        public Scheduler {
            flags = List.copyOf(flags);
        }
    }

    /** {@code ioprio_set(2)}: class IOPRIO_CLASS_RT, _BE or _IDLE, and priority 0 to 7. */
    public record IoPriority(String ioClass, int priority) {}
}
