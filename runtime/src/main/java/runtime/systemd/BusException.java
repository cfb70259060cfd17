package runtime.systemd;

import java.io.IOException;

/** A call that was answered with an error. */
public final class BusException extends IOException {
    private static final long serialVersionUID = 1;
    private final String name;

    /**
     * @param member the method called
     * @param name   the error's: {@code org.freedesktop.systemd1.NoSuchUnit}
     * @param text   the callee's own words
     */
    BusException(String member, String name, String text) {
        super(member + ": " + text + " (" + name + ")");
        this.name = name;
    }

    /** The error's name. */
    public String name() {
        return name;
    }
}
