package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void noControlCharacterReachesATerminal() {
        String plain = "web, \u00e4\u00f6\u00fc";
        assertSame(plain, Printable.text(plain));
        assertSame(plain, Printable.lines(plain));
        assertEquals("a?[2J?b?", Printable.text("a\u001b[2J\nb\u009b"));
        assertEquals("a?[2J\n\tb??", Printable.lines("a\u001b[2J\n\tb\r\u0007"));
    }

    @Test
    void whatIsSaidOfAStrangersNameIsPrintable() {
        TestConsole console = new TestConsole();
        assertEquals(1, console.run("no\u001b[2Jcommand"));
        assertEquals("jctl: 'no?[2Jcommand' is no jctl command\nSee 'jctl --help'.\n", console.err());
    }
}
