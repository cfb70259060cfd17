package linux.program;

import java.util.ArrayList;
import java.util.List;

/** How an instruction is shown: system calls as strace spells them. */
public final class Spelling {
    private static final int LONGEST_TEXT = 400;

    private Spelling() {}

    /** One line, for example {@code mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV, NULL)}. */
    public static String of(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Call call -> call.call().manualName() + list(call.arguments());
            case Instruction.JumpIfClear jump -> jump.mask() == 0
                    ? "go to " + jump.label()
                    : "unless " + operand(jump.address()) + " & 0x" + Integer.toHexString(jump.mask())
                            + " go to " + jump.label();
            case Instruction.Store32 store -> operand(store.address()) + " = " + operand(store.value());
            case Instruction.Store64 store -> operand(store.address()) + " = " + operand(store.value());
            case Instruction.Check32 check -> "check " + operand(check.address());
            case Instruction.Decimal decimal ->
                    decimal.result().name() + " = decimal(" + operand(decimal.value()) + ")";
            case Instruction.Return ret -> "return";
            case Instruction.Label(String name) -> name + ":";
        };
    }

    private static String list(List<Operand> operands) {
        List<String> shown = new ArrayList<>();
        for (Operand operand : operands) {
            shown.add(operand(operand));
        }
        return "(" + String.join(", ", shown) + ")";
    }

    /** One argument. */
    public static String operand(Operand operand) {
        return switch (operand) {
            case Operand.Number(long value, String symbol) -> symbol;
            case Operand.Text(String value) -> quoted(value);
            case Operand.Block(byte[] bytes, String symbol) -> symbol;
            case Operand.Words(List<Operand> values, boolean nullTerminated) -> words(values);
            case Operand.SlotValue(Slot slot, int offset) ->
                    "<" + slot.name() + (offset == 0 ? "" : "+" + offset) + ">";
            case Operand.SlotAddress(Slot slot, int offset) ->
                    "&" + slot.name() + (offset == 0 ? "" : "+" + offset);
        };
    }

    private static String words(List<Operand> values) {
        List<String> shown = new ArrayList<>();
        for (Operand value : values) {
            shown.add(operand(value));
        }
        return "[" + String.join(", ", shown) + "]";
    }

    private static String quoted(String value) {
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < value.length() && i < LONGEST_TEXT; i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> out.append(c);
            }
        }
        return out.append(value.length() > LONGEST_TEXT ? "\"..." : "\"").toString();
    }
}
