package cli.terminal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The kernel's {@code struct termios} (asm-generic/termbits.h, the same on x86-64 and aarch64): four
 * 32-bit words of flags for input, output, control and local modes, the line discipline, and 19
 * control characters.
 */
final class Termios {
    static final int BYTES = 36;

    private static final int INPUT = 0;
    private static final int OUTPUT = 4;
    private static final int CONTROL = 8;
    private static final int LOCAL = 12;
    private static final int CHARACTERS = 17;
    private static final int VTIME = 5;
    private static final int VMIN = 6;

    private static final int IGNBRK = 0x1;
    private static final int BRKINT = 0x2;
    private static final int PARMRK = 0x8;
    private static final int ISTRIP = 0x20;
    private static final int INLCR = 0x40;
    private static final int IGNCR = 0x80;
    private static final int ICRNL = 0x100;
    private static final int IXON = 0x400;
    private static final int OPOST = 0x1;
    private static final int CSIZE = 0x30;
    private static final int CS8 = 0x30;
    private static final int PARENB = 0x100;
    private static final int ISIG = 0x1;
    private static final int ICANON = 0x2;
    private static final int ECHO = 0x8;
    private static final int ECHONL = 0x40;
    private static final int IEXTEN = 0x8000;

    private Termios() {}

    /** The same settings with every key passed on as it is typed: cfmakeraw(3). */
    static byte[] raw(byte[] settings) {
        byte[] raw = settings.clone();
        ByteBuffer words = ByteBuffer.wrap(raw).order(ByteOrder.nativeOrder());
        clear(words, INPUT, IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
        clear(words, OUTPUT, OPOST);
        clear(words, LOCAL, ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        clear(words, CONTROL, CSIZE | PARENB);
        words.putInt(CONTROL, words.getInt(CONTROL) | CS8);
        words.put(CHARACTERS + VMIN, (byte) 1);
        words.put(CHARACTERS + VTIME, (byte) 0);
        return raw;
    }

    private static void clear(ByteBuffer words, int at, int flags) {
        words.putInt(at, words.getInt(at) & ~flags);
    }
}
