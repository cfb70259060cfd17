package clusterd.raft;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * One member of the group.
 *
 * @param id   its name, the same for as long as its data folder lives: letters, digits, {@code . _ -}
 * @param host the address the others reach it at, and that it listens on: a name, IPv4 or IPv6 without brackets
 * @param port the TCP port, 1 to 65535
 * @param kind what it is there for
 */
public record Member(String id, String host, int port, MemberKind kind) {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int LAST_PORT = 65_535;

    public Member {
        Objects.requireNonNull(kind, "kind");
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("a member's id is 1 to 63 letters, digits, dots, underscores and"
                    + " dashes, beginning with a letter or digit, not \"" + id + "\"");
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("member " + id + " has no host");
        }
        if (port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException("member " + id + " has port " + port + ", not 1 to 65535");
        }
    }

    /** A member with a vote and the state. */
    public static Member voter(String id, String host, int port) {
        return new Member(id, host, port, MemberKind.VOTER);
    }

    /** A member with a vote alone. */
    public static Member witness(String id, String host, int port) {
        return new Member(id, host, port, MemberKind.WITNESS);
    }

    /** {@code host:port}, an IPv6 address in brackets. */
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
