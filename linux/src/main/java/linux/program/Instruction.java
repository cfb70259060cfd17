package linux.program;

import java.util.List;
import java.util.Optional;
import linux.abi.SystemCall;

/** One instruction of a program. */
public sealed interface Instruction {

    /**
     * A system call.
     *
     * @param call      which
     * @param arguments at most six
     * @param onError   what an error does
     * @param result    where the result goes, if anywhere
     * @param onZero    label to go to when the result is 0: the child's side of {@code clone3(2)},
     *                  end of file of {@code read(2)}
     */
    record Call(
            SystemCall call,
            List<Operand> arguments,
            OnError onError,
            Optional<Slot> result,
            Optional<String> onZero)
            implements Instruction {
        public Call {
            arguments = List.copyOf(arguments);
            if (arguments.size() > 6) {
                throw new IllegalArgumentException(call.manualName() + " has "
                        + arguments.size() + " arguments; the kernel takes six");
            }
        }
    }

    /**
     * Goes to a label when none of the mask's bits is set in the 32 bits at an address; a mask of 0
     * always goes.
     */
    record JumpIfClear(Operand address, int mask, String label) implements Instruction {}

    /** Writes the low 32 bits of a value to an address. */
    record Store32(Operand address, Operand value) implements Instruction {}

    /** Writes a 64-bit value to an address. */
    record Store64(Operand address, Operand value) implements Instruction {}

    /**
     * Takes the signed 32 bits at an address for the result of a call: how the kernel reports errors
     * inside a netlink acknowledgement ({@code netlink(7)}, {@code struct nlmsgerr}).
     */
    record Check32(Operand address, OnError onError) implements Instruction {}

    /**
     * Writes a number in decimal so that it ends before the slot's last byte, which stays NUL; the
     * result is the address of the first digit.
     */
    record Decimal(Operand value, Slot text, Slot result) implements Instruction {}

    /** Leaves the program: only for one that runs inside the process that called it. */
    record Return() implements Instruction {}

    /** A place to go to; takes no room. */
    record Label(String name) implements Instruction {}

    /** A jump that is always taken. */
    static Instruction jump(String label) {
        return new JumpIfClear(Operand.nothing(), 0, label);
    }
}
