package clusterd.control;

import clusterd.auditlog.AuditLog;
import clusterd.credential.Role;
import clusterd.security.ClusterChannel;
import clusterd.state.ClusterState;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What operations want of the manager they are asked at. */
public interface Keeping {
    /** A node's name is free again, and its certificates are refused. */
    void shutOut(String nodeId) throws IOException;

    /** A backup's bytes; a passphrase of no bytes = sealed by the unlock key. */
    byte[] backup(ClusterState state, byte[] passphrase) throws IOException;

    /** The unlock key there is, as text. */
    String unlockKey();

    /** One that nobody has. */
    String freshUnlockKey();

    /** Whether managers need the key after a start. */
    boolean isLocked() throws IOException;

    /** That they do, or not; {@code key} empty = the one there is. */
    void lock(boolean locked, String key) throws IOException;

    /**
     * A person's certificate.
     *
     * @param bundle        PEM
     * @param expiresMillis since 1970
     */
    record Person(String bundle, long expiresMillis) {
    }

    /** Lets a person in; one who is known gets another certificate and that role. */
    Person addUser(String name, Role role) throws IOException;

    /** Who may call, by name. */
    Map<String, Role> users() throws IOException;

    /** Certificates of that person are refused. */
    void removeUser(String name) throws IOException;

    /**
     * An entry of the log; the last one has the digests alone.
     *
     * @param content for the machine; empty: Raft's own
     */
    record Logged(long index, long term, Optional<byte[]> content) {
    }

    /**
     * Reads this manager's log.
     *
     * @return the digest of the live state, and that of the log applied again up to the same entry
     */
    Digests readLog(Consumer<Logged> seen) throws IOException;

    /**
     * Of one state, twice.
     *
     * @param atIndex up to where
     */
    record Digests(long atIndex, String live, String replayed) {
    }

    /**
     * The authority and, while its root is being exchanged, how far that is.
     *
     * @param root           PEM
     * @param digest         of it, 64 hex digits
     * @param oldDigest      of the one that is to go; empty unless one is being exchanged
     * @param beganMillis    since 1970; 0 if none ever was
     * @param behind         ids of nodes without a certificate of the new root
     * @param why            what is waited for, a sentence
     * @param lifetimeMillis of certificates; 0 = as agents were told
     */
    record AuthorityStanding(String root, String digest, Optional<String> oldDigest, long beganMillis,
            List<String> behind, String why, long lifetimeMillis) {
    }

    /** As the state has it. */
    AuthorityStanding authority(ClusterState state) throws IOException;

    /**
     * Begins an exchange of the root.
     *
     * @param given          the operator's root and key, PEM; empty = a new one is made
     * @param lifetimeMillis of certificates given from then on; 0 = as before
     * @return digest of the new root
     * @throws IllegalArgumentException if the given root cannot be used
     * @throws IllegalStateException    if one is being exchanged
     */
    String rotate(Optional<PemRoot> given, long lifetimeMillis) throws IOException;

    /** A root and its key as an operator gives them, PEM. */
    record PemRoot(String certificate, String key) {
        /** Keys must not get into logs. */
        @Override
        public String toString() {
            return "PemRoot";
        }
    }

    /**
     * Ends the exchange under way without the nodes that are behind.
     *
     * @return digest of the root that stays
     * @throws IllegalStateException if none is under way
     */
    String finishRotation() throws IOException;

    /** {@code HOST:PORT} of managers. */
    List<String> addresses();

    /** This manager's audit log. */
    AuditLog audit();

    /** A channel to each manager that may be asked, itself included, by address; the caller closes them. */
    Map<String, ClusterChannel> managers();
}
