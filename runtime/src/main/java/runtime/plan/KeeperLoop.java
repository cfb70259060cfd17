package runtime.plan;

import java.util.Optional;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.program.Instruction;
import linux.program.Operand;
import linux.program.Slot;

/**
 * What a keeper does while the program runs: it copies output into the log in frames of {@code i64}
 * seconds, {@code i64} nanoseconds, {@code u32} length, {@code u32} stream, then that many bytes;
 * closes standard input when told; and when the first process has ended copies what is left and
 * reports.
 *
 * <p>Poll table, 8 bytes each: 0 output or terminal, 1 error, 2 control, 3 the process, 4 the end of the lease,
 * if there is one.
 */
final class KeeperLoop {
    private static final int ENTRY_BYTES = 8;
    private static final int REVENTS_OFFSET = 4;
    private static final int POLLIN = 1;
    private static final int ANY = 0x19 << 16;
    private static final int CLOCK_REALTIME = 0;
    private static final int OUTPUT_STREAM = 1;
    private static final int ERROR_STREAM = 2;
    private static final int CLOSED = -1;
    private static final int F_SETFL = 4;

    private final Steps steps;
    private final StreamShape shape;
    private final Optional<PlanInput.Lease> lease;

    KeeperLoop(Steps steps, StreamShape shape) {
        this(steps, shape, Optional.empty());
    }

    KeeperLoop(Steps steps, StreamShape shape, Optional<PlanInput.Lease> lease) {
        this.steps = steps;
        this.shape = shape;
        this.lease = lease;
    }

    void add() {
        steps.purpose("keeper");
        closeContainersEnds();
        pollTable();
        steps.label("poll");
        steps.call(SystemCall.PPOLL, Operand.address(Slots.POLL), Operand.number(entries()),
                Operand.value(Slots.TIMEOUT), Operand.nothing(), Operand.number(8))
                .orElse("poll").onZero("drained").because("output, a word of the daemon, or the end");
        lease.ifPresent(each -> {
            LeaseSteps.endIfOver(steps, each);
            steps.purpose("keeper");
        });
        copy(0, shape.terminal() ? Operand.value(Slots.TERMINAL) : Slots.readEnd(Slots.OUTPUT), OUTPUT_STREAM);
        if (!shape.terminal()) {
            copy(1, Slots.readEnd(Slots.ERROR), ERROR_STREAM);
        }
        control();
        ended();
        steps.jump("poll", "for ever");
        finish();
    }

    private void closeContainersEnds() {
        if (shape.terminal()) {
            steps.call(SystemCall.CLOSE, Operand.value(Slots.TERMINAL_SIDE)).ignoring()
                    .because("only the container holds its side of the terminal now");
            return;
        }
        for (Slot pipe : new Slot[] {Slots.OUTPUT, Slots.ERROR}) {
            steps.call(SystemCall.CLOSE, Slots.writeEnd(pipe)).ignoring()
                    .because("the container alone holds the writing end now");
            steps.call(SystemCall.FCNTL, Slots.readEnd(pipe), Operand.number(F_SETFL, "F_SETFL"),
                    Operand.flags(OpenFlag.O_NONBLOCK)).because("the keeper never waits in a read");
        }
        if (shape.opensInput()) {
            steps.call(SystemCall.CLOSE, Slots.readEnd(Slots.INPUT)).ignoring()
                    .because("the container alone reads its input");
        }
    }

    private void pollTable() {
        entry(0, shape.terminal() ? Operand.value(Slots.TERMINAL) : Slots.readEnd(Slots.OUTPUT));
        entry(1, shape.terminal() ? Operand.number(CLOSED) : Slots.readEnd(Slots.ERROR));
        entry(2, Slots.readEnd(Slots.CONTROL));
        entry(3, Operand.value(Slots.PIDFD));
        if (lease.isPresent()) {
            steps.purpose(LeaseSteps.PURPOSE);
            entry(LeaseSteps.POLL_INDEX, Operand.value(StatusPage.LEASE_TIMER));
            steps.purpose("keeper");
        }
    }

    private int entries() {
        return lease.isPresent() ? LeaseSteps.POLL_INDEX + 1 : LeaseSteps.POLL_INDEX;
    }

    private void entry(int index, Operand descriptor) {
        steps.store(Slots.POLL, index * ENTRY_BYTES, descriptor, "poll entry " + index);
        steps.store(Slots.POLL, index * ENTRY_BYTES + REVENTS_OFFSET, Operand.number(POLLIN),
                "readable");
    }

    private void unlessReady(int index, String label) {
        steps.add(new Instruction.JumpIfClear(
                new Operand.SlotAddress(Slots.POLL, index * ENTRY_BYTES + REVENTS_OFFSET), ANY, label),
                "nothing there");
    }

    private void copy(int index, Operand descriptor, int stream) {
        String next = "copied " + index;
        String over = "over " + index;
        unlessReady(index, next);
        steps.call(SystemCall.READ, descriptor, Operand.address(Slots.COPY),
                Operand.number(Slots.COPY_BYTES)).into(Slots.COPIED).onZero(over).orElse(over)
                .because("what the container printed");
        steps.call(SystemCall.CLOCK_GETTIME, Operand.number(CLOCK_REALTIME, "CLOCK_REALTIME"),
                Operand.address(Slots.FRAME)).because("when");
        steps.store(Slots.FRAME, 16, Operand.value(Slots.COPIED), "length");
        steps.store(Slots.FRAME, 20, Operand.number(stream), "stream");
        steps.add(new Instruction.Store64(new Operand.SlotAddress(Slots.VECTOR, 0),
                Operand.address(Slots.FRAME)), "first the frame's head …");
        steps.add(new Instruction.Store64(new Operand.SlotAddress(Slots.VECTOR, 8),
                Operand.number(24)), "… of 24 bytes …");
        steps.add(new Instruction.Store64(new Operand.SlotAddress(Slots.VECTOR, 16),
                Operand.address(Slots.COPY)), "… then what was read …");
        steps.add(new Instruction.Store64(new Operand.SlotAddress(Slots.VECTOR, 24),
                Operand.value(Slots.COPIED)), "… as long as it is");
        steps.call(SystemCall.OPENAT, Steps.HERE, Operand.text(shape.logFile()),
                Operand.flags(OpenFlag.O_WRONLY, OpenFlag.O_APPEND, OpenFlag.O_CREAT,
                        OpenFlag.O_CLOEXEC), Operand.number(0640, "0640"))
                .into(Slots.LOG).orElse("log refused " + index)
                .because("opened each time, so that the daemon rotates by renaming");
        steps.call(SystemCall.WRITEV, Operand.value(Slots.LOG), Operand.address(Slots.VECTOR),
                Operand.number(2)).into(Slot.result("written")).orElse("log refused " + index)
                .because("one append: frames of several writers do not mix");
        steps.call(SystemCall.CLOSE, Operand.value(Slots.LOG)).ignoring().because("written");
        steps.jump(next, "on");
        steps.label("log refused " + index);
        steps.add(new Instruction.Store64(Operand.address(StatusPage.LOG_ERROR),
                Operand.number(1)), "the daemon reports that output was lost");
        steps.call(SystemCall.CLOSE, Operand.value(Slots.LOG)).ignoring().because("if it was opened");
        steps.jump(next, "the container goes on");
        steps.label(over);
        steps.store(Slots.POLL, index * ENTRY_BYTES, Operand.number(CLOSED), "nobody prints any more");
        steps.label(next);
    }

    private void control() {
        unlessReady(2, "controlled");
        if (shape.opensInput() && !shape.terminal()) {
            steps.call(SystemCall.CLOSE, Slots.writeEnd(Slots.INPUT)).ignoring()
                    .because("the program reads end of file");
        }
        steps.store(Slots.POLL, 2 * ENTRY_BYTES, Operand.number(CLOSED), "it is said once");
        steps.label("controlled");
    }

    private void ended() {
        unlessReady(3, "poll");
        steps.store(Slots.POLL, 3 * ENTRY_BYTES, Operand.number(CLOSED), "the process has ended");
        steps.store(Slots.POLL, 2 * ENTRY_BYTES, Operand.number(CLOSED), "no input any more");
        steps.add(new Instruction.Store64(Operand.address(Slots.TIMEOUT),
                Operand.address(Slots.NO_TIME)), "copy what is there, do not wait for more");
    }

    private void finish() {
        steps.label("drained");
        steps.call(SystemCall.CLOCK_GETTIME, Operand.number(CLOCK_REALTIME, "CLOCK_REALTIME"),
                Operand.address(StatusPage.FINISHED_AT)).because("when it ended");
        KeeperStart.reap(steps);
        steps.announce(StatusPage.EXITED, "the log is complete");
        steps.call(SystemCall.EXIT_GROUP, Operand.number(0)).because("nothing is left to keep");
    }
}
