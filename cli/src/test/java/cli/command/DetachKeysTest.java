package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DetachKeysTest {

    private static String pass(DetachKeys keys, String input) {
        byte[] bytes = input.getBytes(StandardCharsets.ISO_8859_1);
        return new String(keys.pass(bytes, bytes.length), StandardCharsets.ISO_8859_1);
    }

    @Test
    void theUsualKeys() throws UsageException {
        DetachKeys keys = new DetachKeys(DetachKeys.USUAL);
        assertEquals("ls\n", pass(keys, "ls\n\u0010"));
        assertFalse(keys.found());
        assertEquals("\u0010x", pass(keys, "x"));
        assertEquals("\u0010", pass(keys, "\u0010\u0010"));
        assertEquals("", pass(keys, "\u0011never sent"));
        assertTrue(keys.found());
    }

    @Test
    void aSequenceThatOverlapsItself() throws UsageException {
        DetachKeys keys = new DetachKeys("a,a,b");
        assertEquals("a", pass(keys, "aaa"));
        assertEquals("", pass(keys, "b"));
        assertTrue(keys.found());
        keys = new DetachKeys("a,b,a,c");
        assertEquals("ab", pass(keys, "ababac"));
        assertTrue(keys.found());
    }

    @Test
    void noKeys() throws UsageException {
        DetachKeys keys = new DetachKeys("");
        assertEquals("\u0010\u0011", pass(keys, "\u0010\u0011"));
        assertFalse(keys.found());
    }

    @Test
    void keysNobodyHas() {
        for (String bad : List.of("ctrl-", "ctrl-!", "shift-a", "a,,b", "é")) {
            assertThrows(UsageException.class, () -> new DetachKeys(bad), bad);
        }
    }
}
