package runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ElfFileTest {
    private static final int SIZE_BYTES = 1024;

    /** Interpreter at 0x100, dynamic section at 0x200, strings at 0x300, one segment over all. */
    private static ByteBuffer program() {
        ByteBuffer file = ByteBuffer.allocate(SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7F, 'E', 'L', 'F', 2, 1, 1});
        file.putShort(18, (short) 62).putLong(32, 64).putShort(54, (short) 56)
                .putShort(56, (short) 3);
        segment(file, 64, 1, 0, 0x400000, SIZE_BYTES);
        segment(file, 120, 3, 0x100, 0x400100, 16);
        segment(file, 176, 2, 0x200, 0x400200, 96);
        file.put(0x100, "/lib/ld.so\0".getBytes(StandardCharsets.US_ASCII));
        long[] dynamic = {1, 1, 1, 8, 5, 0x400300, 15, 15, 29, 20, 0, 0};
        for (int i = 0; i < dynamic.length; i++) {
            file.putLong(0x200 + i * 8, dynamic[i]);
        }
        file.put(0x300, "\0liba.1\0libb.2\0/old\0$ORIGIN\0".getBytes(StandardCharsets.US_ASCII));
        return file.position(0);
    }

    private static void segment(ByteBuffer file, int at, int type, long offset, long address,
            long sizeBytes) {
        file.putInt(at, type).putLong(at + 8, offset).putLong(at + 16, address)
                .putLong(at + 32, sizeBytes);
    }

    @Test
    void whatAProgramNeedsIsRead() throws Exception {
        assertEquals(new ElfFile(64, 62, Optional.of("/lib/ld.so"), List.of("liba.1", "libb.2"),
                Optional.of("/old"), Optional.of("$ORIGIN")), ElfFile.parse(program()));
    }

    @Test
    void otherFilesAreRefused() {
        for (byte[] content : new byte[][] {{}, {0x7F, 'E', 'L', 'F'}, new byte[100]}) {
            assertThrows(ImageFormatException.class,
                    () -> ElfFile.parse(ByteBuffer.wrap(content)));
        }
    }

    @Test
    void offsetsOutsideTheFileAreRefused() {
        for (int field : new int[] {32, 128, 184, 0x228}) {
            ByteBuffer file = program();
            file.putLong(field, Long.MAX_VALUE);
            assertThrows(ImageFormatException.class, () -> ElfFile.parse(file), "field " + field);
        }
        for (int end = 0; end < 0x318; end++) {
            ByteBuffer cut = program().limit(end);
            assertThrows(ImageFormatException.class, () -> ElfFile.parse(cut), "cut at " + end);
        }
    }

    @Test
    void anyBytesAreReadOrRefused() {
        Random random = new Random(7);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            ByteBuffer file = program();
            for (int changes = random.nextInt(6); changes >= 0; changes--) {
                file.put(random.nextInt(SIZE_BYTES), (byte) random.nextInt());
            }
            try {
                ElfFile.parse(file);
                read++;
            } catch (ImageFormatException refused) {
                assertTrue(refused.getMessage().contains("ELF"), refused.getMessage());
            }
        }
        assertTrue(read > 0);
    }
}
