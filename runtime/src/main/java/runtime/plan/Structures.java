package runtime.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import linux.abi.CloneFlag;
import linux.abi.Flag;
import linux.abi.MountAttribute;
import linux.abi.MountFlag;
import linux.abi.OpenFlag;
import linux.abi.ResolveFlag;
import linux.abi.SchedulerFlag;
import linux.abi.SchedulerPolicy;
import linux.program.Operand;
import linux.program.Slot;
import runtime.spec.Process;

/** The kernel's structures as operands, shown as strace shows them. */
final class Structures {
    private static final int SIGCHLD = 17;
    private static final int SCHED_ATTR_SIZE_VER1 = 56;
    private static final long MOUNT_ATTR_ATIME = 0x70;

    private Structures() {}

    private static ByteBuffer bytes(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** {@code struct clone_args} of 88 bytes ({@code clone(2)}, since Linux 5.7). */
    static Operand cloneArguments(
            List<CloneFlag> flags, Slot pidfd, Slot parentTid, Slot childTid, long cgroup) {
        return new Operand.Words(List.of(
                Operand.flags(flags), Operand.address(pidfd), Operand.address(childTid),
                Operand.address(parentTid), Operand.number(SIGCHLD, "SIGCHLD"),
                Operand.number(0), Operand.number(0), Operand.number(0),
                Operand.number(0), Operand.number(0), Operand.number(cgroup)), false);
    }

    /** {@code struct mount_attr} ({@code mount_setattr(2)}). */
    static Operand mountAttributes(
            List<? extends Flag> set, MountFlag propagation, long userNamespace) {
        Operand.Number flags = (Operand.Number) Operand.flags(set);
        // A way of keeping access times replaces another only if that is cleared in the same call.
        boolean times = set.contains(MountAttribute.MOUNT_ATTR_NOATIME)
                || set.contains(MountAttribute.MOUNT_ATTR_STRICTATIME);
        byte[] block = bytes(32).putLong(flags.value()).putLong(times ? MOUNT_ATTR_ATIME : 0)
                .putLong(propagation.value()).putLong(userNamespace).array();
        return new Operand.Block(block, "{attr_set=" + flags.symbol() + ", attr_clr="
                + (times ? "MOUNT_ATTR__ATIME" : "0") + ", propagation="
                + propagation + ", userns_fd=" + userNamespace + "}");
    }

    /** {@code struct mount_attr} that sets an id mapping alone. */
    static Operand idMapping(long userNamespace) {
        byte[] block = bytes(32).putLong(0x100000).putLong(0).putLong(0).putLong(userNamespace).array();
        return new Operand.Block(block,
                "{attr_set=MOUNT_ATTR_IDMAP, attr_clr=0, propagation=0, userns_fd="
                        + userNamespace + "}");
    }

    /** {@code struct flock} for the whole file ({@code fcntl(2)}). */
    static Operand writeLock() {
        byte[] block = bytes(32).putShort((short) 1).array();
        return new Operand.Block(block, "{l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=0}");
    }

    /** Three 32-bit words per set for {@code capset(2)}, version 3: header. */
    static Operand capabilityHeader() {
        return new Operand.Block(bytes(8).putInt(0x20080522).putInt(0).array(),
                "{version=_LINUX_CAPABILITY_VERSION_3, pid=0}");
    }

    /** The data of {@code capset(2)}, version 3. */
    static Operand capabilitySets(long effective, long permitted, long inheritable) {
        byte[] block = bytes(24)
                .putInt((int) effective).putInt((int) permitted).putInt((int) inheritable)
                .putInt((int) (effective >>> 32)).putInt((int) (permitted >>> 32))
                .putInt((int) (inheritable >>> 32)).array();
        return new Operand.Block(block, "{effective=0x" + Long.toHexString(effective)
                + ", permitted=0x" + Long.toHexString(permitted)
                + ", inheritable=0x" + Long.toHexString(inheritable) + "}");
    }

    /** {@code struct rlimit64} ({@code prlimit(2)}). */
    static Operand limit(long soft, long hard) {
        return new Operand.Block(bytes(16).putLong(soft).putLong(hard).array(),
                "{rlim_cur=" + Long.toUnsignedString(soft)
                        + ", rlim_max=" + Long.toUnsignedString(hard) + "}");
    }

    /** {@code struct open_how} ({@code openat2(2)}). */
    static Operand openHow(List<OpenFlag> flags, List<ResolveFlag> resolve) {
        Operand.Number open = (Operand.Number) Operand.flags(flags);
        Operand.Number how = (Operand.Number) Operand.flags(resolve);
        return new Operand.Block(
                bytes(24).putLong(open.value()).putLong(0).putLong(how.value()).array(),
                "{flags=" + open.symbol() + ", resolve=" + how.symbol() + "}");
    }

    /** {@code struct sched_attr} of 56 bytes ({@code sched_setattr(2)}, since Linux 5.3). */
    static Operand scheduler(
            SchedulerPolicy policy, List<SchedulerFlag> flags, Process.Scheduler scheduler) {
        Operand.Number bits = (Operand.Number) Operand.flags(flags);
        byte[] block = bytes(SCHED_ATTR_SIZE_VER1).putInt(SCHED_ATTR_SIZE_VER1)
                .putInt((int) policy.value()).putLong(bits.value())
                .putInt(scheduler.nice()).putInt(scheduler.priority())
                .putLong(scheduler.runtimeNanos()).putLong(scheduler.deadlineNanos())
                .putLong(scheduler.periodNanos()).array();
        return new Operand.Block(block, "{size=" + SCHED_ATTR_SIZE_VER1 + ", sched_policy=" + policy
                + ", sched_flags=" + bits.symbol() + ", sched_nice=" + scheduler.nice()
                + ", sched_priority=" + scheduler.priority()
                + ", sched_runtime=" + scheduler.runtimeNanos()
                + ", sched_deadline=" + scheduler.deadlineNanos()
                + ", sched_period=" + scheduler.periodNanos() + "}");
    }

    /** {@code struct winsize} ({@code ioctl_tty(2)}). */
    static Operand windowSize(int rows, int columns) {
        return new Operand.Block(
                bytes(8).putShort((short) rows).putShort((short) columns).array(),
                "{ws_row=" + rows + ", ws_col=" + columns + "}");
    }

    /** {@code sigset_t} as the kernel takes it: bit 0 for signal 1 ({@code sigprocmask(2)}). */
    static Operand signals(long set, String symbol) {
        return new Operand.Block(bytes(8).putLong(set).array(), symbol);
    }

    /** {@code gid_t[]} for {@code setgroups(2)}. */
    static Operand groups(List<Long> groups) {
        ByteBuffer block = bytes(Math.max(4, groups.size() * 4));
        for (long group : groups) {
            block.putInt((int) group);
        }
        return new Operand.Block(block.array(), groups.toString());
    }

    /** {@code dev_t} as {@code mknod(2)} takes it. */
    static Operand deviceNumber(long major, long minor) {
        long number = (minor & 0xff) | (major & 0xfff) << 8
                | (minor & ~0xffL) << 12 | (major & ~0xfffL) << 32;
        return Operand.number(number, "makedev(" + major + ", " + minor + ")");
    }

    /** {@code struct ifreq} that brings the loopback interface up ({@code netdevice(7)}). */
    static Operand loopbackUp() {
        byte[] block = new byte[40];
        block[0] = 'l';
        block[1] = 'o';
        block[16] = 0x41;
        return new Operand.Block(block, "{ifr_name=\"lo\", ifr_flags=IFF_UP|IFF_RUNNING}");
    }

    /** {@code struct sock_fprog}: a filter program and its length ({@code seccomp(2)}). */
    static Operand filterProgram(byte[] instructions) {
        int count = instructions.length / 8;
        return new Operand.Words(List.of(
                Operand.number(count, "len=" + count),
                new Operand.Block(instructions, "filter=/* " + count + " instructions */")), false);
    }
}
