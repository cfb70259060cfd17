package clusterd.credential;

import java.util.regex.Pattern;

/**
 * Whom a certificate is for. In it: CN = the id, OU = the role, O = the cluster's id.
 *
 * @param id        of a node: what can be a DNS name (RFC 1123), in small letters; of a person: 1 to 64
 *                  letters, digits and {@code . _ @ -}, beginning with a letter or digit
 * @param role      what it is
 * @param clusterId of which cluster; written as a node's id is
 */
public record Member(String id, Role role, String clusterId) {
    private static final int LONGEST = 64; // ub-common-name, RFC 5280 appendix A
    private static final Pattern NODE =
            Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*");
    private static final Pattern PERSON = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]*");

    /** @throws CredentialException if a name cannot stand in a certificate */
    public Member {
        checkNode("cluster id", clusterId);
        if (role.isNode()) {
            checkNode("node id", id);
        } else if (id.length() > LONGEST || !PERSON.matcher(id).matches()) {
            throw new CredentialException("user name '" + Shown.of(id) + "' cannot stand in a certificate:"
                    + " give 1 to 64 letters, digits, dots, dashes, underscores and @, beginning with a letter"
                    + " or digit");
        }
    }

    /**
     * Says whether a name can be a node's or a cluster's.
     *
     * @param what what the name is, for the message
     * @throws CredentialException if not
     */
    public static void checkNode(String what, String name) {
        if (name.length() > LONGEST || !NODE.matcher(name).matches()) {
            throw new CredentialException(what + " '" + Shown.of(name) + "' is no DNS name: give 1 to 64 small"
                    + " letters, digits, dashes and dots, beginning and ending with a letter or digit");
        }
    }

    /** The certificate's subject (RFC 4514). Nothing in it needs escaping: the names' letters see to it. */
    public String distinguishedName() {
        return "CN=" + id + ",OU=" + role.text() + ",O=" + clusterId;
    }

    @Override
    public String toString() {
        return role.text() + " " + id;
    }
}
