package cli.command;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ContentMarkTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void aMarkKnowsItsContentAndDamagedOnesNone() {
        String mark = ContentMark.of(bytes("a"), bytes("0123456789abcdef"));
        assertTrue(ContentMark.matches(mark, bytes("a")));
        assertFalse(ContentMark.matches(mark, bytes("b")));
        for (String damaged : List.of("", ":", "xyz:00", "0:0", mark.substring(1), mark + "0")) {
            assertFalse(ContentMark.matches(damaged, bytes("a")), damaged);
        }
    }
}
