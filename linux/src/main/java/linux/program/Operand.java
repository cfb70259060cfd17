package linux.program;

import java.util.List;
import linux.abi.Flag;

/**
 * One argument of a step: what the encoder turns into 64 bits and the printer into text.
 *
 * <p>Pointers are symbols here; only {@link Encoder} knows addresses.
 */
public sealed interface Operand {

    /** A number that is shown as the manual spells it, for example {@code MS_NODEV|MS_NOSUID}. */
    record Number(long value, String symbol) implements Operand {}

    /** A pointer to a NUL-terminated string in UTF-8. */
    record Text(String value) implements Operand {
        public Text {
            if (value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("a C string cannot hold NUL: " + value);
            }
        }
    }

    /** A pointer to bytes the kernel reads or writes, shown by a symbol. */
    record Block(byte[] bytes, String symbol) implements Operand {}

    /** A pointer to an array of 64-bit values: {@code argv}, {@code envp}, {@code struct iovec[]}. */
    record Words(List<Operand> values, boolean nullTerminated) implements Operand {
        public Words {
            values = List.copyOf(values);
        }
    }

    /**
     * The 64 bits that lie at an offset of a slot when the step runs. Where the kernel takes an
     * {@code int}, as for a descriptor, only the low 32 bits count.
     */
    record SlotValue(Slot slot, int offsetBytes) implements Operand {}

    /** The address of a slot, plus an offset in bytes. */
    record SlotAddress(Slot slot, int offsetBytes) implements Operand {}

    /** A number shown in decimal. */
    static Operand number(long value) {
        return new Number(value, Long.toString(value));
    }

    /** A number shown by its symbol. */
    static Operand number(long value, String symbol) {
        return new Number(value, symbol);
    }

    /** Flags combined by or, shown by their names; none is 0. */
    static Operand flags(Flag... flags) {
        return flags(List.of(flags));
    }

    /** Flags combined by or, shown by their names; none is 0. */
    static Operand flags(List<? extends Flag> flags) {
        long value = 0;
        StringBuilder symbol = new StringBuilder();
        for (Flag flag : flags) {
            value |= flag.value();
            symbol.append(symbol.isEmpty() ? "" : "|").append(flag.name());
        }
        return new Number(value, symbol.isEmpty() ? "0" : symbol.toString());
    }

    /** The null pointer. */
    static Operand nothing() {
        return new Number(0, "NULL");
    }

    /** A string. */
    static Operand text(String value) {
        return new Text(value);
    }

    /** What a slot holds at run time. */
    static Operand value(Slot slot) {
        return new SlotValue(slot, 0);
    }

    /** What a slot holds at run time behind an offset. */
    static Operand value(Slot slot, int offsetBytes) {
        return new SlotValue(slot, offsetBytes);
    }

    /** Where a slot lies. */
    static Operand address(Slot slot) {
        return new SlotAddress(slot, 0);
    }

    /** An array of strings ended by NULL. */
    static Operand strings(List<String> values) {
        return new Words(values.stream().map(Operand::text).toList(), true);
    }
}
