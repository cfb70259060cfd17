package runtime.plan;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import linux.abi.Errno;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.program.Instruction;
import linux.program.OnError;
import linux.program.Operand;
import linux.program.Slot;

/** Collects the steps of one lane. */
final class Steps {
    /** {@code AT_FDCWD}: paths are relative to the working directory. */
    static final Operand HERE = Operand.number(-100, "AT_FDCWD");
    private static final int FUTEX_WAIT = 0;
    private static final int FUTEX_WAKE = 1;

    private final Lane lane;
    private final String failureLabel;
    private final List<Step> steps = new ArrayList<>();
    private String purpose = "";

    Steps(Lane lane, String failureLabel) {
        this.lane = lane;
        this.failureLabel = failureLabel;
    }

    List<Step> list() {
        return steps;
    }

    void purpose(String name) {
        purpose = name;
    }

    /** Begins a system call; {@link Draft#because} adds it. */
    Draft call(SystemCall call, Operand... arguments) {
        return new Draft(call, List.of(arguments));
    }

    void label(String name) {
        add(new Instruction.Label(name), "");
    }

    void jump(String label, String reason) {
        add(Instruction.jump(label), reason);
    }

    void add(Instruction instruction, String reason) {
        steps.add(new Step(lane, purpose, instruction, reason, ""));
    }

    /** Fails if the kernel's answer at the address holds an error. */
    void check(Operand address, String request) {
        steps.add(new Step(lane, purpose,
                new Instruction.Check32(address, new OnError.Fail(failureLabel)),
                request + " was accepted", "netlink(7)"));
    }

    void store(Slot slot, int offsetBytes, Operand value, String reason) {
        add(new Instruction.Store32(new Operand.SlotAddress(slot, offsetBytes), value), reason);
    }

    /** Opens a file of the host, writes a value to it and closes it. */
    void writeFile(String path, String value, String reason, boolean optional) {
        writeFile(path, List.of(value), reason, optional);
    }

    /** Opens a file of the host, writes values to it one after the other and closes it. */
    void writeFile(String path, List<String> values, String reason, boolean optional) {
        Slot file = Slot.result("file");
        Draft open = call(SystemCall.OPENAT, HERE, Operand.text(path),
                Operand.flags(OpenFlag.O_WRONLY, OpenFlag.O_CLOEXEC)).into(file);
        (optional ? open.ignoring() : open).because(reason);
        for (String value : values) {
            Draft write = call(SystemCall.WRITE, Operand.value(file), Operand.text(value),
                    Operand.number(value.getBytes(StandardCharsets.UTF_8).length));
            (optional ? write.ignoring() : write).because(reason);
        }
        call(SystemCall.CLOSE, Operand.value(file)).ignoring().because("the value is written");
    }

    /** Tells everybody who watches the phase. */
    void announce(int phase, String reason) {
        store(StatusPage.PHASE, 0, Operand.number(phase), reason);
        wake(StatusPage.PHASE, "the daemon may be waiting for this phase");
    }

    /** Wakes everybody who sleeps on a slot. */
    void wake(Slot slot, String reason) {
        call(SystemCall.FUTEX, Operand.address(slot),
                Operand.number(FUTEX_WAKE, "FUTEX_WAKE"), Operand.number(Integer.MAX_VALUE, "INT_MAX"))
                .ignoring().because(reason);
    }

    /** Sleeps as long as the 32 bits of a slot have a value. */
    void sleepWhile(Slot slot, int value, String label, String reason) {
        label(label);
        call(SystemCall.FUTEX, Operand.address(slot), Operand.number(FUTEX_WAIT, "FUTEX_WAIT"),
                Operand.number(value), Operand.nothing()).ignoring().because(reason);
    }

    /** One system call being described. */
    final class Draft {
        private final SystemCall call;
        private final List<Operand> arguments;
        private OnError onError = new OnError.Fail(failureLabel);
        private Optional<Slot> result = Optional.empty();
        private Optional<String> onZero = Optional.empty();
        private String manual;

        private Draft(SystemCall call, List<Operand> arguments) {
            this.call = call;
            this.arguments = arguments;
            this.manual = call.manualName() + "(2)";
        }

        Draft into(Slot slot) {
            result = Optional.of(slot);
            return this;
        }

        Draft tolerating(Errno errno) {
            onError = new OnError.Tolerate(errno.number(), errno.name(), failureLabel);
            return this;
        }

        Draft ignoring() {
            onError = new OnError.Ignore();
            return this;
        }

        Draft orElse(String label) {
            onError = new OnError.Goto(label);
            return this;
        }

        Draft onZero(String label) {
            onZero = Optional.of(label);
            return this;
        }

        Draft manual(String page) {
            manual = page;
            return this;
        }

        void because(String reason) {
            steps.add(new Step(lane, purpose,
                    new Instruction.Call(call, arguments, onError, result, onZero), reason, manual));
        }
    }
}
