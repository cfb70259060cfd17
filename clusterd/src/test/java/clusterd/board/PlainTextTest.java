package clusterd.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class PlainTextTest {
    @Test
    void leavesWhatPeopleWrite() {
        String text = "Grüße, 世界 👍🏽 <b>&amp;\tline\nline";
        assertSame(text, PlainText.of(text));
    }

    @Test
    void dropsEscapeSequences() {
        assertEquals("red and plain", PlainText.of("\u001b[1;31mred\u001b[0m and \u001b[?25lplain"));
        assertEquals("link", PlainText.of("\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\"));
        assertEquals("a", PlainText.of("\u001b(Ba\u001bc"));
    }

    @Test
    void replacesWhatSteersOtherwise() {
        assertEquals("a\ufffdb\ufffdc\ufffd", PlainText.of("a\u0000b\u009bc\u001b"));
        assertEquals("\ufffdfdp.exe\ufffd\ufffd", PlainText.of("\u202efdp.exe\u2066\u200f"));
        assertEquals("\ufffd!\ufffd", PlainText.of("\ud83d!\udc4d"), "halves of pairs");
    }

    @Test
    void anEscapeWithoutEndTakesNoOtherLine() {
        assertEquals("\nnext", PlainText.of("\u001b]0;title\nnext"));
    }
}
