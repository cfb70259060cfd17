package cli.terminal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import linux.abi.Errno;
import linux.syscall.Files;
import linux.syscall.SystemCallException;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** On a pseudoterminal of the test's own. */
class RawTerminalTest {
    private static final int AT_FDCWD = -100;
    private static final int O_RDWR = 2;

    private static int open(String name) throws SystemCallException {
        return Files.openat(AT_FDCWD, Files.name(name), O_RDWR, 0);
    }

    @Test
    void rawSettingsPassEveryKey() {
        byte[] settings = new byte[Termios.BYTES];
        Arrays.fill(settings, (byte) 0xff);
        ByteBuffer raw = ByteBuffer.wrap(Termios.raw(settings)).order(ByteOrder.nativeOrder());
        assertEquals(0, raw.getInt(0) & 0x5eb, "BRKINT … IXON are off");
        assertEquals(0, raw.getInt(4) & 1, "OPOST is off");
        assertEquals(0x30, raw.getInt(8) & 0x130, "CS8 without parity");
        assertEquals(0, raw.getInt(12) & 0x804b, "ISIG, ICANON, ECHO, ECHONL, IEXTEN are off");
        assertEquals(1, raw.get(17 + 6), "VMIN");
        assertEquals(0, raw.get(17 + 5), "VTIME");
    }

    @Test
    void aTerminalIsMadeRawAndRestored() throws SystemCallException {
        Assumptions.assumeTrue(java.nio.file.Files.isWritable(java.nio.file.Path.of("/dev/ptmx")),
                "no /dev/ptmx here");
        int descriptor = open("/dev/ptmx");
        try {
            byte[] before = settings(descriptor);
            try (RawTerminal terminal = new RawTerminal(descriptor)) {
                assertTrue(terminal.size().rows() >= 0);
                terminal.makeRaw();
                assertNotEquals(Arrays.toString(before), Arrays.toString(settings(descriptor)));
            }
            assertArrayEquals(before, settings(descriptor));
        } finally {
            Files.close(descriptor);
        }
    }

    @Test
    void whatIsNoTerminalIsAnError() throws SystemCallException {
        int descriptor = open("/dev/null");
        try {
            SystemCallException error = assertThrows(
                    SystemCallException.class, () -> new RawTerminal(descriptor));
            assertTrue(error.is(Errno.ENOTTY), error.getMessage());
        } finally {
            Files.close(descriptor);
        }
    }

    private static byte[] settings(int descriptor) throws SystemCallException {
        return new RawTerminal(descriptor).original();
    }
}
