package overlaynet.audit;

import java.util.Locale;

/** What of a network that nodes share was not as it had been made. */
public enum Repair {
    /** A link, route, neighbour or forwarding entry of a tunnel. */
    ROW,
    /** A bridge. */
    BRIDGE,
    /** The rules of a bridge. */
    RULES,
    /** The table that leads services' addresses to tasks. */
    SERVICES,
    /** An element of that table. */
    ELEMENT,
    /** The host's setting that packets are passed on. */
    FORWARDING,
    /** The rules of a network about who may talk to whom. */
    POLICY;

    /** As a label's value. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
