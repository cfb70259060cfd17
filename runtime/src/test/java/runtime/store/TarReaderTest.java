package runtime.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import runtime.image.TarEntry;
import runtime.image.TarFormatException;
import runtime.image.TarHeader;

class TarReaderTest {
    private static TarReader reader(byte[] archive) {
        return new TarReader(new ByteArrayInputStream(archive));
    }

    private static TarEntry first(byte[] archive) throws IOException {
        return reader(archive).next().orElseThrow();
    }

    private static TarFormatException refused(byte[] archive) {
        return assertThrows(TarFormatException.class, () -> {
            TarReader reader = reader(archive);
            while (reader.next().isPresent()) {
                assertTrue(reader.position() > 0);
            }
        });
    }

    @Test
    void whatTheWriterWritesIsRead() throws Exception {
        byte[] binary = {0, -1, '\n', '='};
        TarEntry written = new TarEntry(TarEntry.Kind.FILE,
                "n".repeat(300).getBytes(StandardCharsets.UTF_8), new byte[0], 06755, -2,
                3_000_000, 5, 5, -7, 250_000_000, 0, 0, Map.of("user.x", binary),
                Optional.empty());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(out)) {
            tar.write(written, new ByteArrayInputStream("hello".getBytes()));
        }
        TarReader reader = reader(out.toByteArray());
        TarEntry read = reader.next().orElseThrow();
        assertArrayEquals(written.name(), read.name());
        assertEquals(06755, read.mode());
        assertEquals(-2, read.userId());
        assertEquals(-7, read.seconds());
        assertEquals(250_000_000, read.nanoseconds());
        assertArrayEquals(binary, read.attributes().get("user.x"));
        byte[] content = new byte[10];
        assertEquals(5, reader.read(content, 0, 10));
        assertEquals(-1, reader.read(content, 0, 10));
        assertTrue(reader.next().isEmpty());
    }

    @Test
    void aFileThatShrinksWhileItIsWrittenIsAnError() {
        TarEntry entry = new TarEntry(TarEntry.Kind.FILE, new byte[] {'f'}, new byte[0], 0, 0, 0,
                10, 10, 0, 0, 0, 0, Map.of(), Optional.empty());
        try (TarWriter tar = new TarWriter(new ByteArrayOutputStream())) {
            assertThrows(IOException.class,
                    () -> tar.write(entry, new ByteArrayInputStream(new byte[3])));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void largeNumbersInBase256() throws Exception {
        byte[] block = new TarBuilder().header("f", '0', "", 0);
        block[108] = (byte) 0x80;
        for (int i = 109; i < 116; i++) {
            block[i] = 0;
        }
        block[113] = 0x3D;
        java.util.Arrays.fill(block, 136, 148, (byte) 0xFF);
        TarEntry entry = first(TarBuilder.checksummed(block));
        assertEquals(0x3D0000, entry.userId());
        assertEquals(-1, entry.seconds());
        block[109] = 0x7F;
        assertTrue(refused(TarBuilder.checksummed(block)).getMessage().contains("uid"));
    }

    @Test
    void sparseMapsThatLieAreRefused() {
        for (String map : List.of("0,10,5,10", "0,-1", "9223372036854775807,1", "0,1,2", "x,1",
                "0,1", "0,9999999999")) {
            byte[] archive = new TarBuilder().pax("GNU.sparse.map", map)
                    .pax("GNU.sparse.size", "100").file("f", new byte[20]).build();
            assertTrue(refused(archive).getMessage().contains("sparse"), map);
        }
        for (String start : List.of("x\n", "99999999999999999999\n", "2\n0\n", "")) {
            byte[] content = new byte[512];
            System.arraycopy(start.getBytes(), 0, content, 0, start.length());
            byte[] archive = new TarBuilder().pax("GNU.sparse.major", "1")
                    .pax("GNU.sparse.minor", "0").pax("GNU.sparse.realsize", "100")
                    .file("f", content).build();
            assertTrue(refused(archive).getMessage().contains("sparse"), start);
        }
    }

    @Test
    void paxRecordsThatLieAreRefused() {
        for (String records : List.of("99 path=x\n", "5 a=b", "0 a=b\n", "path=x\n", "6 a=bc",
                "4 a\n", "-6 a=b\n", "999999999999 a=b\n")) {
            byte[] header = new TarBuilder().header("x", 'x', "", records.length());
            byte[] archive = new TarBuilder().raw(header).padded(records.getBytes())
                    .file("f", "").build();
            assertTrue(refused(archive).getMessage().contains("pax"), records);
        }
    }

    @Test
    void anyDamageIsReadOrRefused() {
        byte[] good = new TarBuilder().pax("path", "a/b").pax("SCHILY.xattr.user.x", "y")
                .file("f", "content").symbolicLink("l", "f").folder("d/").build();
        Random random = new Random(11);
        int refusals = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] archive = good.clone();
            int changes = 1 + random.nextInt(4);
            for (int n = 0; n < changes; n++) {
                archive[random.nextInt(archive.length)] = (byte) random.nextInt();
            }
            for (int at = 0; at < archive.length; at += TarHeader.BLOCK_BYTES) {
                // Half of the time the checksums are made right again.
                if (random.nextBoolean() && archive[at + 257] == 'u') {
                    byte[] block = java.util.Arrays.copyOfRange(archive, at, at + 512);
                    System.arraycopy(TarBuilder.checksummed(block), 0, archive, at, 512);
                }
            }
            try {
                TarReader reader = reader(archive);
                while (reader.next().isPresent()) {
                    assertTrue(reader.position() <= archive.length);
                }
            } catch (IOException refusal) {
                assertTrue(refusal instanceof TarFormatException, refusal.toString());
                refusals++;
            }
        }
        assertTrue(refusals > 1000);
    }
}
