package linux.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumberScanTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static long first(String text) {
        return NumberScan.first(bytes(text), text.length());
    }

    private static long keyed(String text, String key) {
        return NumberScan.keyed(bytes(text), text.length(), bytes(key));
    }

    @Test
    void readsANumber() {
        assertEquals(42, first("42\n"));
        assertEquals(0, first("0"));
        assertEquals(Long.MAX_VALUE, first("max\n"));
        assertEquals(Long.MAX_VALUE, first("9223372036854775807\n"));
        assertEquals(Long.MAX_VALUE, first("18446744073709551615\n"));
        assertEquals(9_223_372_036_854_771_712L, first("9223372036854771712\n"));
    }

    @Test
    void whatIsNoNumberIsAbsent() {
        for (String text : new String[] {"", "\n", "-1", "ma", "x", " ", "\0"}) {
            assertEquals(NumberScan.ABSENT, first(text), text);
        }
    }

    @Test
    void readsTheValueOfAKeyAtALineBegin() {
        String text = "total_inactive_file 7\ninactive_file 5\ninactive_file_x 6\nlast 9";
        assertEquals(5, keyed(text, "inactive_file"));
        assertEquals(7, keyed(text, "total_inactive_file"));
        assertEquals(9, keyed(text, "last"));
        assertEquals(NumberScan.ABSENT, keyed(text, "file"));
        assertEquals(NumberScan.ABSENT, keyed("last", "last"));
        assertEquals(NumberScan.ABSENT, keyed("last ", "last"));
    }

    @Test
    void nothingThrows() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] text = new byte[random.nextInt(40)];
            random.nextBytes(text);
            NumberScan.first(text, text.length);
            NumberScan.keyed(text, text.length, bytes("a"));
            assertEquals(text.length, NumberScan.afterLine(text, text.length, text.length));
        }
    }
}
