package sriov.grant;

/** A record that cannot be read; says what is wrong with it. */
public final class MalformedGrantException extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedGrantException(String what) {
        super(what);
    }
}
