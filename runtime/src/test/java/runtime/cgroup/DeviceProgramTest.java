package runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import runtime.spec.Resources.DeviceRule;

/** Runs the generated program in an interpreter and holds it against the rules' meaning. */
class DeviceProgramTest {
    private static final String LETTERS = "mrw";

    /** What the kernel would answer: the program run on a {@code struct bpf_cgroup_dev_ctx}. */
    private static boolean allows(
            DeviceProgram program, char type, long major, long minor, String access) {
        int accessBits = 0;
        for (char letter : access.toCharArray()) {
            accessBits |= 1 << LETTERS.indexOf(letter);
        }
        int[] context = {accessBits << 16 | (type == 'b' ? 1 : 2), (int) major, (int) minor};
        long[] registers = new long[11];
        boolean[] written = new boolean[11];
        written[1] = true;
        List<EbpfInstruction> instructions = program.instructions();
        int at = 0;
        while (true) {
            EbpfInstruction instruction = instructions.get(at);
            at++;
            int to = instruction.destination();
            if (instruction.code() != EbpfInstruction.LOAD_WORD
                    && instruction.code() != EbpfInstruction.MOVE
                    && instruction.code() != EbpfInstruction.MOVE_REGISTER) {
                assertTrue(written[to], "reads r" + to + ", which nothing wrote");
            }
            switch (instruction.code()) {
                case EbpfInstruction.LOAD_WORD -> registers[to] =
                        Integer.toUnsignedLong(context[instruction.offset() / 4]);
                case EbpfInstruction.MOVE -> registers[to] = instruction.immediate();
                case EbpfInstruction.MOVE_REGISTER ->
                        registers[to] = registers[instruction.source()];
                case EbpfInstruction.AND -> registers[to] &= instruction.immediate();
                case EbpfInstruction.SHIFT_RIGHT -> registers[to] >>>= instruction.immediate();
                case EbpfInstruction.JUMP_IF_EQUAL ->
                        at += registers[to] == instruction.immediate() ? instruction.offset() : 0;
                case EbpfInstruction.JUMP_IF_NOT_EQUAL ->
                        at += registers[to] != instruction.immediate() ? instruction.offset() : 0;
                case EbpfInstruction.EXIT -> {
                    return registers[0] == 1;
                }
                default -> throw new IllegalStateException("unknown " + instruction);
            }
            written[to] = true;
        }
    }

    private static boolean expected(
            List<DeviceRule> rules, char type, long major, long minor, String access) {
        for (char letter : access.toCharArray()) {
            boolean allowed = false;
            for (DeviceRule rule : rules) {
                if ((rule.type().equals("a") || rule.type().charAt(0) == type)
                        && rule.major().orElse(major) == major
                        && rule.minor().orElse(minor) == minor
                        && rule.access().indexOf(letter) >= 0) {
                    allowed = rule.allow();
                }
            }
            if (!allowed) {
                return false;
            }
        }
        return true;
    }

    @Test
    void everyRandomListMeansWhatItsRulesSay() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            List<DeviceRule> rules = new ArrayList<>();
            for (int i = random.nextInt(8); i > 0; i--) {
                rules.add(new DeviceRule(random.nextBoolean(),
                        String.valueOf("abc".charAt(random.nextInt(3))), number(random),
                        number(random), access(random, 1)));
            }
            DeviceProgram program = DeviceProgram.of(rules);
            for (int i = 0; i < 40; i++) {
                char type = random.nextBoolean() ? 'b' : 'c';
                long major = random.nextInt(3);
                long minor = random.nextInt(3);
                String access = access(random, 0);
                assertEquals(expected(rules, type, major, minor, access),
                        allows(program, type, major, minor, access),
                        "seed " + seed + " " + rules + " " + type + major + ":" + minor + access);
            }
        }
    }

    private static OptionalLong number(Random random) {
        return random.nextBoolean() ? OptionalLong.of(random.nextInt(3)) : OptionalLong.empty();
    }

    private static String access(Random random, int least) {
        StringBuilder access = new StringBuilder();
        int bits = least + random.nextInt(8 - least);
        for (int i = 0; i < 3; i++) {
            if ((bits >> i & 1) == 1) {
                access.append(LETTERS.charAt(i));
            }
        }
        return access.toString();
    }

    @Test
    void standardRulesPermitNullAndForbidDisks() {
        DeviceProgram program = DeviceProgram.of(DeviceRules.standard());
        assertTrue(allows(program, 'c', 1, 3, "rw"));
        assertTrue(allows(program, 'c', 136, 77, "rw"));
        assertTrue(allows(program, 'b', 8, 0, "m"));
        assertFalse(allows(program, 'b', 8, 0, "r"));
        assertFalse(allows(program, 'c', 1, 1, "r"), "/dev/mem");
        assertFalse(allows(program, 'c', 10, 229, "rw"), "/dev/fuse");
    }

    @Test
    void bytesAreTheKernelsStruct() {
        byte[] bytes = DeviceProgram.of(List.of()).toBytes();
        // r2 = *(u32 *)(r1 + 0)
        assertEquals(List.of(0x61, 0x12, 0, 0, 0, 0, 0, 0), unsigned(bytes, 0));
        // r3 = r2
        assertEquals(List.of(0xbf, 0x23, 0, 0, 0, 0, 0, 0), unsigned(bytes, 8));
        assertEquals(List.of(0x95, 0, 0, 0, 0, 0, 0, 0), unsigned(bytes, bytes.length - 8));
    }

    private static List<Integer> unsigned(byte[] bytes, int from) {
        List<Integer> list = new ArrayList<>();
        for (int i = from; i < from + 8; i++) {
            list.add(bytes[i] & 0xFF);
        }
        return list;
    }
}
