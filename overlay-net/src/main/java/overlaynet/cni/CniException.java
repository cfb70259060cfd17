package overlaynet.cni;

/** A CNI network that cannot be had; the message is for the user. */
public final class CniException extends Exception {
    private static final long serialVersionUID = 1;

    /** What kind of refusal it is. */
    public enum Kind { NETWORK_NOT_FOUND, INVALID, PORT_IN_USE, PLUGIN_FAILED }

    private final Kind kind;

    /** With a sentence that says what to do. */
    public CniException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** What kind of refusal it is. */
    public Kind kind() {
        return kind;
    }
}
