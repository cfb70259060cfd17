package linux.bpf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** Bytes are those of the kernel's own examples ({@code instruction-set.rst}) and of {@code clang -target bpf}. */
class AssemblerTest {
    private static void assertBytes(String hexadecimal, Assembler program) {
        assertEquals(hexadecimal.replace(" ", ""), HexFormat.of().formatHex(program.bytes()));
    }

    @Test
    void loadsAndStoresOfEachWidth() {
        assertBytes("71 17 1700 00000000", new Assembler().load(Width.BYTE, Register.R7, Register.R1, 23));
        assertBytes("69 17 0c00 00000000", new Assembler().load(Width.HALF, Register.R7, Register.R1, 12));
        assertBytes("61 67 4c00 00000000", new Assembler().load(Width.WORD, Register.R7, Register.R6, 76));
        assertBytes("79 91 1000 00000000", new Assembler().load(Width.DOUBLE, Register.R1, Register.R9, 16));
        assertBytes("63 1a f8ff 00000000", new Assembler().store(Width.WORD, Register.R10, -8, Register.R1));
        assertBytes("7b 0a c8ff 00000000", new Assembler().store(Width.DOUBLE, Register.R10, -56, Register.R0));
        assertBytes("62 0a fcff 03000000", new Assembler().store(Width.WORD, Register.R10, -4, 3));
    }

    @Test
    void computesWithRegistersAndNumbers() {
        assertBytes("bf 16 0000 00000000", new Assembler().move(Register.R6, Register.R1));
        assertBytes("b7 00 0000 ffffffff", new Assembler().move(Register.R0, -1));
        assertBytes("07 02 0000 e8ffffff", new Assembler().compute(Operation.ADD, Register.R2, -24));
        assertBytes("57 01 0000 17000000", new Assembler().compute(Operation.AND, Register.R1, 0x17));
        assertBytes("1f 10 0000 00000000", new Assembler().compute(Operation.SUBTRACT, Register.R0, Register.R1));
        assertBytes("77 01 0000 30000000", new Assembler().compute(Operation.SHIFT_RIGHT, Register.R1, 48));
    }

    @Test
    void jumpsForwardsAndBackwardsByName() {
        assertBytes("15 00 0100 00000000  85 00 0000 01000000  b7 00 0000 02000000  95 00 0000 00000000",
                new Assembler().jump(Condition.EQUAL, Register.R0, 0, "end").call(KernelFunction.MAP_LOOKUP_ELEMENT).label("end")
                        .move(Register.R0, 2).exit());
        assertBytes("b7 01 0000 00000000  2d 81 feff 00000000  05 00 fdff 00000000",
                new Assembler().label("again").move(Register.R1, 0).jump(Condition.GREATER, Register.R1, Register.R8, "again")
                        .jump("again"));
    }

    @Test
    void aMapIsTwoInstructionsThatAJumpLeapsOver() {
        assertBytes("05 00 0200 00000000  18 11 0000 2a000000  00 00 0000 00000000  95 00 0000 00000000",
                new Assembler().jump("end").loadMap(Register.R1, 42).label("end").exit());
    }

    @Test
    void whatCannotBeIsRefused() {
        Assembler lost = new Assembler().jump("nowhere");
        assertEquals("a jump to nowhere, which is nowhere", assertThrows(IllegalStateException.class, lost::bytes).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Assembler().label("twice").label("twice"));
        assertThrows(IllegalArgumentException.class, () -> new Assembler().load(Width.WORD, Register.R1, Register.R2, 40_000));
        Assembler far = new Assembler().jump("far");
        for (int i = 0; i < 40_000; i++) {
            far.exit();
        }
        far.label("far");
        assertThrows(IllegalStateException.class, far::bytes);
    }
}
