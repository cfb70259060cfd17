package clusterd.credential;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a member of the cluster is; stands in its certificate as the organisational unit. */
public enum Role {
    /** A node that holds the cluster's state and decides; may run tasks, too. */
    MANAGER(true),
    /** A node that runs tasks. */
    WORKER(true),
    /** A node that votes and holds the log, and neither decides nor runs tasks. */
    WITNESS(true),
    /** A person who may do everything, tokens and people included. */
    ADMIN(false),
    /** A person who runs workloads. */
    OPERATOR(false),
    /** A person who may look, and change nothing. */
    VIEWER(false);

    private final boolean node;

    Role(boolean node) {
        this.node = node;
    }

    /** Whether nodes have it, rather than people. */
    public boolean isNode() {
        return node;
    }

    /** As written in certificates and on the command line: small letters. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The role of that text; empty if there is none. */
    public static Optional<Role> of(String text) {
        return Arrays.stream(values()).filter(role -> role.text().equals(text)).findFirst();
    }
}
