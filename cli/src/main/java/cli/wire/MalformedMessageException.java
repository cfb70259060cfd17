package cli.wire;

import java.io.IOException;

/** Bytes that are no protocol buffer message. */
public final class MalformedMessageException extends IOException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong */
    public MalformedMessageException(String message) {
        super("the daemon's answer is damaged: " + message);
    }
}
