package linux.abi;

/** Requests of {@code ioctl_tty(2)}, {@code asm-generic/ioctls.h}. */
public enum TerminalRequest implements Flag {
    TCGETS(0x5401),
    TCSETS(0x5402),
    TIOCSCTTY(0x540e),
    TIOCSPGRP(0x5410),
    TIOCGWINSZ(0x5413),
    TIOCSWINSZ(0x5414),
    TIOCGPTN(0x80045430L),
    TIOCSPTLCK(0x40045431L),
    TIOCGPTPEER(0x5441);

    private final long value;

    TerminalRequest(long value) {
        this.value = value;
    }

    @Override
    public long value() {
        return value;
    }
}
