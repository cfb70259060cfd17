package overlaynet.attach;

import java.io.IOException;

/** A container that cannot be attached as asked: why, and what to do. Nothing was changed. */
public final class AttachException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What kind of refusal, for programs. */
    public enum Kind {
        /** A port of the host is taken. */
        PORT_IN_USE,
        /** There is no network of that name. */
        NETWORK_NOT_FOUND,
        /** The network has containers. */
        NETWORK_IN_USE,
        /** A network of that name exists. */
        NAME_IN_USE,
        /** The network is not this host's alone. */
        OF_THE_CLUSTER,
        /** The host lacks something. */
        HOST_LACKS_FEATURE,
        /** What was asked cannot be. */
        OTHER
    }

    private final Kind kind;

    /** @param reason the whole sentence shown to the user */
    public AttachException(String reason) {
        this(Kind.OTHER, reason);
    }

    /** A refusal of that kind. */
    public AttachException(Kind kind, String reason) {
        super(reason);
        this.kind = kind;
    }

    /** What kind of refusal. */
    public Kind kind() {
        return kind;
    }
}
