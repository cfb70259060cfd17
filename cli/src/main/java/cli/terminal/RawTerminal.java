package cli.terminal;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import linux.abi.SystemCall;
import linux.syscall.Kernel;
import linux.syscall.SystemCallException;

/**
 * The terminal on a descriptor of ours ({@code ioctl_tty(2)}). Loaded only for -t: the foreign function
 * interface costs some 30 ms to start.
 */
public final class RawTerminal implements AutoCloseable {
    private static final int TCGETS = 0x5401;
    /** Sets after all output was sent. */
    private static final int TCSETSW = 0x5403;
    private static final int TIOCGWINSZ = 0x5413;

    /**
     * A terminal's size in characters.
     *
     * @param rows    lines, 0 if unknown
     * @param columns characters in a line, 0 if unknown
     */
    public record Size(int rows, int columns) {}

    private final int descriptor;
    private final byte[] original;
    private boolean raw;

    /**
     * Reads the terminal's settings; changes nothing.
     *
     * @param descriptor an open one, such as 0
     * @throws SystemCallException ENOTTY if it is no terminal
     */
    public RawTerminal(int descriptor) throws SystemCallException {
        this.descriptor = descriptor;
        this.original = new byte[Termios.BYTES];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment settings = arena.allocate(Termios.BYTES, 8);
            control("TCGETS", TCGETS, settings);
            MemorySegment.copy(settings, ValueLayout.JAVA_BYTE, 0, original, 0, Termios.BYTES);
        }
    }

    /** Passes every key on as it is typed, until {@link #close}. */
    public synchronized void makeRaw() throws SystemCallException {
        set(Termios.raw(original));
        raw = true;
    }

    /** The size now. */
    public Size size() throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(8, 8);
            control("TIOCGWINSZ", TIOCGWINSZ, size);
            return new Size(Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 0)),
                    Short.toUnsignedInt(size.get(ValueLayout.JAVA_SHORT, 2)));
        }
    }

    /** The settings as they were found. */
    byte[] original() {
        return original.clone();
    }

    /** Puts the settings back as they were found. */
    @Override
    public synchronized void close() throws SystemCallException {
        if (raw) {
            set(original);
            raw = false;
        }
    }

    private void set(byte[] bytes) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment settings = arena.allocate(Termios.BYTES, 8);
            MemorySegment.copy(bytes, 0, settings, ValueLayout.JAVA_BYTE, 0, Termios.BYTES);
            control("TCSETSW", TCSETSW, settings);
        }
    }

    private void control(String name, int request, MemorySegment argument)
            throws SystemCallException {
        Kernel.check(SystemCall.IOCTL, descriptor + ", " + name,
                descriptor, request, argument.address());
    }
}
