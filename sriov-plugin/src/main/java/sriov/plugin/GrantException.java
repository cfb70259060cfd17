package sriov.plugin;

import java.io.IOException;

/** A function cannot be had, or not be taken back; says which, why, and what to do. */
public final class GrantException extends IOException {
    private static final long serialVersionUID = 1L;

    GrantException(String message) {
        super(message);
    }

    GrantException(String message, Throwable cause) {
        super(message, cause);
    }
}
