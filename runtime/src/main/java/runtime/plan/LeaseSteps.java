package runtime.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import linux.abi.Errno;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.program.Instruction;
import linux.program.Operand;
import linux.program.Slot;

/**
 * How a keeper ends a container when its node's lease ends, whoever of the node still lives: by a timer that
 * the daemon moves on with each beat a manager has heard. See docs/decisions/0022-dead-mans-switch.md.
 */
final class LeaseSteps {
    /** The timer's place in the keeper's poll table, and where its {@code revents} are. */
    static final int POLL_INDEX = 4;
    private static final int POLL_BYTES = 8;
    private static final int POLLIN = 1;
    private static final int SIGKILL = 9;
    private static final int CLOSED = -1;
    private static final int CLOCK_BOOTTIME = 7;
    private static final int TFD_TIMER_ABSTIME = 1;
    private static final int TIMES_BYTES = 32;
    static final String PURPOSE = "lease";
    private static final Slot CHECK = Slot.buffer("lease_poll", POLL_BYTES);

    private LeaseSteps() {}

    /** Before anything of the container's exists. */
    static void begin(Steps steps, PlanInput.Lease lease) {
        steps.purpose(PURPOSE);
        steps.call(SystemCall.TIMERFD_CREATE, Operand.number(CLOCK_BOOTTIME, "CLOCK_BOOTTIME"),
                Operand.number(OpenFlag.O_CLOEXEC.value(), "TFD_CLOEXEC")).into(StatusPage.LEASE_TIMER)
                .because("of the task no two may run at once: this ends it when the node's lease does, though"
                        + " the agent be stopped or dead. The clock goes on while the machine is suspended");
        steps.call(SystemCall.TIMERFD_SETTIME, Operand.value(StatusPage.LEASE_TIMER),
                Operand.number(TFD_TIMER_ABSTIME, "TFD_TIMER_ABSTIME"),
                new Operand.Block(times(lease), "{0, 0, end of the lease}"), Operand.nothing())
                .because("the agent has a copy of this descriptor (pidfd_getfd) and moves the end on with each"
                        + " beat that a manager has heard");
    }

    /** {@code struct itimerspec}: no interval, then the end. */
    private static byte[] times(PlanInput.Lease lease) {
        return ByteBuffer.allocate(TIMES_BYTES).position(TIMES_BYTES / 2).put(lease.endBytes()).array();
    }

    /** By the container's process, once it is told to go on, while it still may do what it likes. */
    static void refuseIfOver(Steps steps) {
        String holds = "lease holds at start";
        Slot over = Slot.result("lease_over_at_start");
        steps.purpose(PURPOSE);
        steps.store(CHECK, 0, Operand.value(StatusPage.LEASE_TIMER), "the timer of the lease");
        steps.store(CHECK, POLL_BYTES / 2, Operand.number(POLLIN), "readable");
        steps.call(SystemCall.PPOLL, Operand.address(CHECK), Operand.number(1), Operand.address(Slots.NO_TIME),
                Operand.nothing(), Operand.number(POLL_BYTES)).onZero(holds)
                .because("a start may take longer than the lease had left");
        steps.store(over, 0, Operand.number(-Errno.ETIME.number(), "-ETIME"), "no call's error, but one of its own");
        steps.check(Operand.address(over), "a start while the node's lease holds");
        steps.label(holds);
    }

    /** After each wait of the keeper's loop. */
    static void endIfOver(Steps steps, PlanInput.Lease lease) {
        String holds = "lease holds";
        steps.purpose(PURPOSE);
        steps.add(new Instruction.JumpIfClear(new Operand.SlotAddress(Slots.POLL,
                POLL_INDEX * POLL_BYTES + POLL_BYTES / 2), POLLIN << 16, holds), "the lease holds");
        steps.add(new Instruction.Store64(Operand.address(StatusPage.LEASE_OVER),
                Operand.number(lease.lengthMillis())), "why, for the daemon, or the next one");
        steps.call(SystemCall.PIDFD_SEND_SIGNAL, Operand.value(Slots.PIDFD),
                Operand.number(SIGKILL, "SIGKILL"), Operand.nothing(), Operand.number(0)).ignoring()
                .because("no manager was heard for a lease: another node may be given the task. It is process 1"
                        + " of its namespace, so the kernel ends all others in it");
        steps.store(Slots.POLL, POLL_INDEX * POLL_BYTES, Operand.number(CLOSED), "it is said once");
        steps.label(holds);
    }
}
