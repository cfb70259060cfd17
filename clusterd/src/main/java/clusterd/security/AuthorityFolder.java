package clusterd.security;

import clusterd.credential.CredentialException;
import clusterd.credential.UnlockKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/**
 * A manager's keys on its disk: the authority and the sealed data keys and, unless it is locked, the key that
 * opens them. Locked, it needs the operator after each start.
 *
 * <p>Files, 0600 in a folder of 0700: {@code cluster} (the cluster's id), {@code data-keys} (see
 * {@link SealedKey}), {@code authority.pem} (see {@link Authority#toText}), {@code unlock-key} (text).
 */
public final class AuthorityFolder {
    private static final String CLUSTER = "cluster";
    private static final String DATA_KEYS = "data-keys";
    private static final String AUTHORITY = "authority.pem";
    private static final String UNLOCK_KEY = "unlock-key";

    private final Path folder;
    private final InstantSource clock;
    private final SecureRandom random;

    /**
     * What is kept.
     *
     * @param authority the authority
     * @param seal      what its key and the cluster's secrets are sealed by
     * @param unlockKey what opens the seal
     */
    public record Opened(Authority authority, Seal seal, UnlockKey unlockKey) {}

    /** @param folder made with the first write */
    public AuthorityFolder(Path folder, InstantSource clock, SecureRandom random) {
        this.folder = folder;
        this.clock = clock;
        this.random = random;
    }

    /** Whether there is an authority. */
    public boolean exists() {
        return Files.exists(folder.resolve(AUTHORITY));
    }

    /** Whether it needs the operator's key after a start. */
    public boolean isLocked() {
        return exists() && Files.notExists(folder.resolve(UNLOCK_KEY));
    }

    /** Keeps an authority of a new cluster, unlocked. */
    public Opened create(Authority authority) throws IOException {
        if (exists()) {
            throw new IOException("there is an authority in " + folder + "; it is not overwritten");
        }
        Opened opened = new Opened(authority, Seal.create(random), SealedKey.newUnlockKey(random));
        write(UNLOCK_KEY, opened.unlockKey().text());
        write(CLUSTER, authority.clusterId());
        PrivateFile.write(folder.resolve(DATA_KEYS),
                SealedKey.of(opened.seal(), opened.unlockKey(), random).bytes());
        save(opened);
        return opened;
    }

    /** What a manager that joins is given: the same three, as they are kept, and the key that opens them. */
    public record Handover(String authority, byte[] dataKeys, String unlockKey) {
        /** Copies the bytes. */
        public Handover {
            dataKeys = dataKeys.clone();
        }

        @Override
        public byte[] dataKeys() {
            return dataKeys.clone();
        }
    }

    /** For another manager, over a connection that nobody else reads. */
    public Handover handover(Opened opened) throws IOException {
        return new Handover(read(AUTHORITY), PrivateFile.read(folder.resolve(DATA_KEYS)),
                opened.unlockKey().text());
    }

    /**
     * Keeps what another manager handed over, unlocked.
     *
     * @throws SealException if it does not fit together
     */
    public Opened take(String clusterId, Handover handover) throws IOException, SealException {
        write(UNLOCK_KEY, handover.unlockKey());
        write(CLUSTER, clusterId);
        PrivateFile.write(folder.resolve(DATA_KEYS), handover.dataKeys());
        write(AUTHORITY, handover.authority());
        return open(Optional.empty());
    }

    /**
     * Opens what is kept.
     *
     * @param given the operator's key; not needed unless it is locked
     * @throws LockedException if it is locked and no key was given
     * @throws SealException   if the key is another, or a file is broken
     * @throws IOException     if a file is missing, or others may read it
     */
    public Opened open(Optional<UnlockKey> given) throws IOException, SealException {
        String clusterId = read(CLUSTER).strip();
        UnlockKey key;
        if (given.isPresent()) {
            key = given.get();
        } else if (isLocked()) {
            throw new LockedException("the authority of cluster " + clusterId);
        } else {
            key = kept();
        }
        Seal seal = new SealedKey(PrivateFile.read(folder.resolve(DATA_KEYS))).open(key, random);
        return new Opened(Authority.fromText(read(AUTHORITY), clusterId, seal, clock, random), seal, key);
    }

    private UnlockKey kept() throws IOException, SealException {
        try {
            return UnlockKey.parse(read(UNLOCK_KEY));
        } catch (CredentialException broken) {
            throw new SealException(folder.resolve(UNLOCK_KEY) + " is broken: " + broken.getMessage(), broken);
        }
    }

    /**
     * Another authority of the same cluster, sealed as this one is.
     *
     * @param text see {@link Authority#toText}
     * @throws SealException if it cannot be opened, or is broken
     */
    public Authority read(String text, Opened opened) throws SealException {
        return Authority.fromText(text, opened.authority().clusterId(), opened.seal(), clock, random);
    }

    /** Keeps an authority whose root is another, sealed as before. */
    public void save(Opened opened) throws IOException {
        write(AUTHORITY, opened.authority().toText(opened.seal()));
    }

    /**
     * Locks it from the next start on; done again with another key, exchanges the key.
     *
     * @param key a new one, {@link SealedKey#newUnlockKey}, which the operator has seen already: nobody
     *            else has it, and a crash in here may leave it the only one that opens
     */
    public Opened lock(Opened opened, UnlockKey key) throws IOException {
        PrivateFile.write(folder.resolve(DATA_KEYS), SealedKey.of(opened.seal(), key, random).bytes());
        PrivateFile.remove(folder.resolve(UNLOCK_KEY));
        return new Opened(opened.authority(), opened.seal(), key);
    }

    /** Keeps the key beside what it opens again, so that starts need nobody. */
    public void keepUnlocked(Opened opened) throws IOException {
        write(UNLOCK_KEY, opened.unlockKey().text());
    }

    /**
     * Seals by a new data key from now on.
     *
     * @return with the seal that opens the older sealed bytes, too
     */
    public Opened rotateDataKey(Opened opened) throws IOException {
        Opened rotated = new Opened(opened.authority(), opened.seal().rotate(), opened.unlockKey());
        PrivateFile.write(folder.resolve(DATA_KEYS),
                SealedKey.of(rotated.seal(), rotated.unlockKey(), random).bytes());
        save(rotated);
        return rotated;
    }

    private void write(String name, String text) throws IOException {
        PrivateFile.write(folder.resolve(name), text.getBytes(StandardCharsets.US_ASCII));
    }

    private String read(String name) throws IOException {
        return new String(PrivateFile.read(folder.resolve(name)), StandardCharsets.US_ASCII);
    }
}
