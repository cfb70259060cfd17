package runtime.cgroup;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import runtime.spec.Resources.DeviceRule;

/**
 * Device rules as the eBPF program cgroup v2 asks before each access ({@code bpf(2)},
 * BPF_PROG_TYPE_CGROUP_DEVICE; kernel's {@code struct bpf_cgroup_dev_ctx}). It returns 1 to permit.
 *
 * <p>Each of the accesses asked for (read, write, mknod) is decided by the last rule that covers
 * it; all must be allowed. What no rule covers is denied.
 *
 * @param instructions the program
 */
public record DeviceProgram(List<EbpfInstruction> instructions) {
    private static final int MKNOD = 1;
    private static final int READ = 2;
    private static final int WRITE = 4;
    private static final int BLOCK = 1;
    private static final int CHARACTER = 2;

    private static final int RESULT = 0;
    private static final int CONTEXT = 1;
    private static final int TYPE = 2;
    /** The accesses asked for that no rule has decided yet. */
    private static final int OPEN = 3;
    private static final int MAJOR = 4;
    private static final int MINOR = 5;
    private static final int SCRATCH = 6;

    public DeviceProgram {
        instructions = List.copyOf(instructions);
    }

    /** The program for rules in the order of the spec, a later one winning. */
    public static DeviceProgram of(List<DeviceRule> rules) {
        List<EbpfInstruction> program = new ArrayList<>(List.of(
                EbpfInstruction.loadWord(TYPE, CONTEXT, 0),
                EbpfInstruction.moveRegister(OPEN, TYPE),
                EbpfInstruction.and(TYPE, 0xFFFF),
                EbpfInstruction.shiftRight(OPEN, 16),
                EbpfInstruction.loadWord(MAJOR, CONTEXT, 4),
                EbpfInstruction.loadWord(MINOR, CONTEXT, 8)));
        for (DeviceRule rule : rules.reversed()) {
            program.addAll(rule(rule));
            if (coversAll(rule)) {
                break;
            }
        }
        program.addAll(List.of(
                EbpfInstruction.move(RESULT, 0),
                EbpfInstruction.jumpIfNotEqual(OPEN, 0, 1),
                EbpfInstruction.move(RESULT, 1),
                EbpfInstruction.exit()));
        return new DeviceProgram(program);
    }

    private static List<EbpfInstruction> rule(DeviceRule rule) {
        List<EbpfInstruction> decision = rule.allow() ? allow(rule) : deny(rule);
        List<EbpfInstruction> block = new ArrayList<>(decision);
        compare(block, MINOR, rule.minor());
        compare(block, MAJOR, rule.major());
        if (!rule.type().equals("a")) {
            compare(block, TYPE, OptionalLong.of(rule.type().equals("b") ? BLOCK : CHARACTER));
        }
        return block;
    }

    /** Puts in front of the block: go past it unless the register has the value. */
    private static void compare(List<EbpfInstruction> block, int register, OptionalLong value) {
        value.ifPresent(number -> block.addFirst(
                EbpfInstruction.jumpIfNotEqual(register, (int) number, block.size())));
    }

    /** Crosses its accesses off. */
    private static List<EbpfInstruction> allow(DeviceRule rule) {
        return List.of(EbpfInstruction.and(OPEN, ~access(rule)));
    }

    /** Ends with 0 if an undecided access is among its own. */
    private static List<EbpfInstruction> deny(DeviceRule rule) {
        return List.of(
                EbpfInstruction.moveRegister(SCRATCH, OPEN),
                EbpfInstruction.and(SCRATCH, access(rule)),
                EbpfInstruction.jumpIfEqual(SCRATCH, 0, 2),
                EbpfInstruction.move(RESULT, 0),
                EbpfInstruction.exit());
    }

    /** Rules before one that decides everything do nothing. */
    private static boolean coversAll(DeviceRule rule) {
        return rule.type().equals("a") && rule.major().isEmpty() && rule.minor().isEmpty()
                && access(rule) == (READ | WRITE | MKNOD);
    }

    private static int access(DeviceRule rule) {
        return (rule.access().indexOf('r') >= 0 ? READ : 0)
                | (rule.access().indexOf('w') >= 0 ? WRITE : 0)
                | (rule.access().indexOf('m') >= 0 ? MKNOD : 0);
    }

    /** The program as {@code bpf(2)} takes it, 8 bytes per instruction, little endian. */
    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(instructions.size() * EbpfInstruction.SIZE_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        instructions.forEach(instruction -> instruction.put(bytes));
        return bytes.array();
    }
}
