package runtime.plan;

import linux.program.Operand;
import linux.program.Slot;

/** The slots both lanes know: they share memory and descriptors until the program is executed. */
final class Slots {
    /** Bytes of output copied to the log at once. */
    static final int COPY_BYTES = 32768;

    /** {@code pipe2(2)} writes two 32-bit descriptors; the rest lets 64 bits be read at the second. */
    private static final int PIPE_BYTES = 16;

    static final Slot HOST_MOUNTS = Slot.result("host_mount_namespace");
    static final Slot OWN_MOUNTS = Slot.result("own_mount_namespace");
    static final Slot NEW_ROOT = Slot.result("new_root");
    static final Slot DEVICES = Slot.result("dev");
    static final Slot PIDFD = StatusPage.PIDFD;
    static final Slot ALIVE = Slot.result("shares_memory");
    static final Slot GO = Slot.result("go");
    static final Slot READY = Slot.result("ready");
    static final Slot EVENT = Slot.result("event");
    static final Slot POLL = Slot.buffer("poll", 40);
    static final Slot INPUT = StatusPage.INPUT;
    static final Slot OUTPUT = Slot.buffer("stdout_pipe", PIPE_BYTES);
    static final Slot ERROR = Slot.buffer("stderr_pipe", PIPE_BYTES);
    static final Slot CONTROL = StatusPage.CONTROL;
    static final Slot NOTHING = Slot.result("dev_null");
    static final Slot TERMINAL = StatusPage.TERMINAL;
    static final Slot TERMINAL_SIDE = Slot.result("terminal_side");
    static final Slot COPY = Slot.buffer("copy", COPY_BYTES);
    static final Slot COPIED = Slot.result("copied");
    static final Slot FRAME = Slot.buffer("frame", 24);
    static final Slot VECTOR = Slot.buffer("vector", 32);
    static final Slot LOG = Slot.result("log");
    static final Slot TIMEOUT = Slot.result("timeout");
    static final Slot NO_TIME = Slot.buffer("no_time", 16);

    private Slots() {}

    /** The descriptor a pipe is read from. */
    static Operand readEnd(Slot pipe) {
        return Operand.value(pipe);
    }

    /** The descriptor a pipe is written to. */
    static Operand writeEnd(Slot pipe) {
        return Operand.value(pipe, Integer.BYTES);
    }

    /** The descriptor of a bind mount's detached tree. */
    static Slot tree(int index) {
        return Slot.result("tree_" + index);
    }

    /** The descriptor of a file system of huge pages that was made outside. */
    static Slot hugePages(int index) {
        return Slot.result("huge_pages_" + index);
    }

    /** The descriptor of one cgroup's {@code cgroup.procs}. */
    static Slot cgroup(int index) {
        return Slot.result("cgroup_" + index);
    }

    /** The descriptor of a namespace to join. */
    static Slot namespace(String name) {
        return Slot.result("join_" + name);
    }
}
