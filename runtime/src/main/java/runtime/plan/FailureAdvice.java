package runtime.plan;

import linux.abi.Errno;
import linux.abi.SystemCall;
import linux.program.Instruction;

/** What to do about a failed step, as far as call and error tell. */
public final class FailureAdvice {
    private FailureAdvice() {}

    /** A sentence that begins with "; ", or nothing. */
    public static String of(Step step, int errno) {
        if (errno == Errno.EXDEV.number() && step.purpose().equals("working directory")) {
            return ". What to do: name a folder of the container; this path leads out of it";
        }
        if (errno == Errno.ETIME.number() && step.purpose().equals(LeaseSteps.PURPOSE)) {
            return ". What to do: nothing; a manager gives the task to a node anew";
        }
        if (!(step.instruction() instanceof Instruction.Call call)) {
            return "";
        }
        String advice = advice(call.call(), errno, step);
        return advice.isEmpty() ? "" : ". What to do: " + advice;
    }

    private static String advice(SystemCall call, int errno, Step step) {
        if (errno == Errno.ENOSYS.number()) {
            return "the kernel lacks " + call.manualName() + "(2); jctl needs Linux 5.12 or later, and"
                    + " 5.19 for user namespaces (--userns host does without)";
        }
        if (errno == Errno.ENOSPC.number()) {
            return makesNamespaces(call)
                    ? "the host's limit of namespaces is reached; raise /proc/sys/user/max_*_namespaces"
                    : "the disk, or the number of its inodes, is used up; free some";
        }
        if (errno == Errno.EPERM.number() && makesNamespaces(call)) {
            return "the agent must run as root, and the host must allow the namespaces;"
                    + " jctl doctor shows which it lacks";
        }
        if (errno == Errno.EINVAL.number() && call == SystemCall.MOUNT_SETATTR) {
            return "the file system cannot be mounted with an id mapping (tmpfs can from Linux 6.3"
                    + " on); keep the files on another, or use --userns host";
        }
        if (errno == Errno.EPERM.number() && call == SystemCall.PRLIMIT64) {
            return "the agent itself may not raise this limit (it lacks CAP_SYS_RESOURCE);"
                    + " ask for no more than the agent has";
        }
        if (step.purpose().equals(SecurityLabels.PURPOSE)) {
            return label(call, errno);
        }
        if (errno == Errno.ERANGE.number() && step.purpose().equals(KeeperLane.TIME)) {
            return "--time-offset is added to the host's clock, and the sum must be neither before"
                    + " 0 nor after 146 years; the first word of /proc/uptime is the"
                    + " host's boottime";
        }
        if (errno == Errno.EINVAL.number() && call == SystemCall.SECCOMP) {
            return "the kernel knows one of the filter's flags not, or not its length"
                    + " (SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is there from Linux 5.19 on, 4096"
                    + " instructions are the most); leave out the flag";
        }
        if (call == SystemCall.SCHED_SETATTR) {
            return scheduler(errno);
        }
        if (errno == Errno.EPERM.number() && call == SystemCall.IOPRIO_SET) {
            return "IOPRIO_CLASS_RT needs CAP_SYS_NICE, which the agent lacks; use IOPRIO_CLASS_BE";
        }
        if (errno == Errno.ENOENT.number() && call == SystemCall.OPEN_TREE) {
            return "the source of the mount does not exist; make it first";
        }
        if (errno == Errno.EACCES.number() && step.purpose().equals("working directory")) {
            return "choose another working directory with -w";
        }
        return "";
    }

    private static boolean makesNamespaces(SystemCall call) {
        return call == SystemCall.CLONE3 || call == SystemCall.UNSHARE;
    }

    private static String label(SystemCall call, int errno) {
        if (call == SystemCall.OPENAT2) {
            return errno == Errno.ENOENT.number()
                    ? "the kernel has no AppArmor; --security-opt apparmor=unconfined does without"
                    : "the seccomp profile must let openat2(2) pass";
        }
        return errno == Errno.ENOENT.number()
                ? "the AppArmor profile is not loaded; load it with apparmor_parser(8)"
                : errno == Errno.EINVAL.number()
                ? "the SELinux policy has no such label, or the kernel no SELinux; seinfo(1) lists"
                        + " users, roles and types"
                : "the policy does not let the agent's domain change into this one";
    }

    private static String scheduler(int errno) {
        if (errno == Errno.EPERM.number()) {
            return "real-time policies and nice values below 0 need CAP_SYS_NICE, which the agent"
                    + " lacks, and with CONFIG_RT_GROUP_SCHED a cgroup with real-time"
                    + " (linux.resources.cpu.realtimeRuntime); use SCHED_OTHER";
        }
        if (errno == Errno.EBUSY.number()) {
            return "the processors have no room for this SCHED_DEADLINE; ask for less runtime";
        }
        return "";
    }

    /** What to do about a program that cannot be executed, beginning with ". " or nothing. */
    public static String ofProgram(int errno) {
        if (errno == Errno.E2BIG.number()) {
            return ". What to do: pass fewer or shorter arguments and variables; one may have 128 KiB,"
                    + " all together a quarter of the stack's limit (--ulimit stack), at most 6 MiB";
        }
        if (errno == Errno.ENOEXEC.number()) {
            return ". What to do: the file is for another architecture, or a script without #!";
        }
        if (errno == Errno.EACCES.number()) {
            return ". What to do: give it the execute permission, or name a program and not a folder";
        }
        return "";
    }
}
