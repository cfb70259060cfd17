package clusterd.board;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineJoinTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void joinsWhatWasCutAnywhere() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> lines = List.of("first", "", "grüße 世界", "last");
        byte[] all = bytes(String.join("\n", lines) + "\r\n");
        LineJoin join = new LineJoin();
        List<String> found = new ArrayList<>();
        int from = 0;
        while (from < all.length) {
            int to = Math.min(all.length, from + 1 + random.nextInt(5));
            found.addAll(join.add(java.util.Arrays.copyOfRange(all, from, to)));
            from = to;
        }
        assertEquals(lines, found, "seed " + seed);
        assertEquals(List.of(), join.rest());
    }

    @Test
    void aLongLineComesInPieces() {
        LineJoin join = new LineJoin();
        List<String> pieces = join.add(bytes("x".repeat(LineJoin.MOST_BYTES * 2 + 3)));
        assertEquals(2, pieces.size());
        assertEquals(List.of("xxx"), join.rest());
    }
}
