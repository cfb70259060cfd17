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

    /** {@code HOST:PORT} of managers. */
    List<String> addresses();

    /** This manager's audit log. */
    AuditLog audit();

    /** A channel to each manager that may be asked, itself included, by address; the caller closes them. */
    Map<String, ClusterChannel> managers();
}
