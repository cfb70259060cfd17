package clusterd.security;

import clusterd.credential.CredentialException;
import clusterd.credential.UnlockKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A cluster in one file: its state and its authority, sealed.
 *
 * <p>Bytes: {@code JCTLBAK1}; what opens it (1 byte: 0 the unlock key, 1 a passphrase); salt (16) and rounds (4) of
 * PBKDF2 (RFC 8018, HMAC-SHA-256); time of the backup (8); the cluster's id (2 of length, then UTF-8); AES-256-GCM of the deflated content,
 * bound to all of that; SHA-256 over everything before it.
 */
public final class BackupFile {
    private static final byte[] MAGIC = "JCTLBAK1".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT_BYTES = 16;
    private static final int DIGEST_BYTES = 32;
    private static final int ROUNDS = 600_000;
    private static final int MOST_ROUNDS = 10_000_000;
    private static final int MOST_CONTENT_BYTES = 1 << 30;
    private static final int SHORTEST_PASSPHRASE_BYTES = 8;

    /**
     * What is kept.
     *
     * @param clusterId   the cluster
     * @param takenMillis since 1970
     * @param handover    authority, data keys and the key that opens them
     * @param state       as a snapshot has it
     */
    public record Content(String clusterId, long takenMillis, AuthorityFolder.Handover handover, byte[] state) {
        /** Copies the bytes. */
        public Content {
            state = state.clone();
        }

        @Override
        public byte[] state() {
            return state.clone();
        }
    }

    /** What opens a file. */
    public sealed interface Key {
        /** The cluster's own key, as it was when the backup was made. */
        record OfCluster(UnlockKey key) implements Key {
        }

        /** What the operator chose. */
        record Passphrase(byte[] bytes) implements Key {
            /** Without white space at its end: an editor ends a file with a line feed. */
            public Passphrase {
                bytes = new String(bytes, StandardCharsets.UTF_8).strip().getBytes(StandardCharsets.UTF_8);
            }
        }
    }

    private BackupFile() {
    }

    /**
     * The file's bytes.
     *
     * @throws IllegalArgumentException if the passphrase is too short
     */
    public static byte[] seal(Content content, Key key, SecureRandom random) {
        if (key instanceof Key.Passphrase phrase && phrase.bytes().length < SHORTEST_PASSPHRASE_BYTES) {
            throw new IllegalArgumentException("the passphrase has " + phrase.bytes().length
                    + " bytes; at least " + SHORTEST_PASSPHRASE_BYTES + " are expected");
        }
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        try {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            DataOutputStream head = new DataOutputStream(all);
            head.write(MAGIC);
            head.writeByte(key instanceof Key.OfCluster ? 0 : 1);
            head.write(salt);
            head.writeInt(ROUNDS);
            head.writeLong(content.takenMillis());
            head.writeUTF(content.clusterId());
            byte[] header = all.toByteArray();
            all.write(AesGcm.seal(derived(key, salt, ROUNDS), deflated(content), header, random));
            all.write(sha256(all.toByteArray()));
            return all.toByteArray();
        } catch (IOException impossible) {
            throw new IllegalStateException("memory refused bytes", impossible);
        }
    }

    private static byte[] deflated(Content content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream deflater = new DeflaterOutputStream(bytes);
                DataOutputStream out = new DataOutputStream(deflater)) {
            out.writeUTF(content.handover().authority());
            write(out, content.handover().dataKeys());
            out.writeUTF(content.handover().unlockKey());
            write(out, content.state());
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = length < 0 || length > MOST_CONTENT_BYTES ? new byte[0] : in.readNBytes(length);
        if (bytes.length != length) {
            throw new IOException("a part of " + length + " bytes");
        }
        return bytes;
    }

    /**
     * What {@link #seal} sealed.
     *
     * @param key the text of an unlock key, or a passphrase: the file says which it wants
     * @throws SealException if the file is damaged or no backup, or the key is another
     */
    public static Content open(byte[] file, byte[] key) throws SealException {
        int sealedEnd = file.length - DIGEST_BYTES;
        if (sealedEnd < MAGIC.length || !Arrays.equals(MAGIC, Arrays.copyOf(file, MAGIC.length))) {
            throw new SealException("these " + file.length + " bytes are no backup of a cluster of this version");
        }
        if (!MessageDigest.isEqual(sha256(Arrays.copyOf(file, sealedEnd)),
                Arrays.copyOfRange(file, sealedEnd, file.length))) {
            throw new SealException("the backup is damaged or cut short: its check sum is another; take an older one");
        }
        ByteArrayInputStream bytes = new ByteArrayInputStream(file, 0, sealedEnd);
        DataInputStream in = new DataInputStream(bytes);
        try {
            in.skipNBytes(MAGIC.length);
            boolean byPassphrase = in.readByte() == 1;
            byte[] salt = in.readNBytes(SALT_BYTES);
            int rounds = in.readInt();
            long takenMillis = in.readLong();
            String clusterId = in.readUTF();
            if (rounds < 1 || rounds > MOST_ROUNDS) {
                throw new SealException("the backup wants " + rounds + " rounds of PBKDF2; it is damaged");
            }
            byte[] header = Arrays.copyOf(file, sealedEnd - bytes.available());
            byte[] secret = derived(key(byPassphrase, key, clusterId), salt, rounds);
            return content(clusterId, takenMillis, AesGcm.open(secret, in.readAllBytes(), header));
        } catch (AEADBadTagException wrong) {
            throw new SealException("the key or passphrase is not the one this backup was sealed by", wrong);
        } catch (IOException cut) {
            throw new SealException("the backup is damaged: " + cut.getMessage(), cut);
        }
    }

    private static Content content(String clusterId, long takenMillis, byte[] deflated) throws IOException {
        try (DataInputStream in = new DataInputStream(
                new InflaterInputStream(new ByteArrayInputStream(deflated)))) {
            return new Content(clusterId, takenMillis, new AuthorityFolder.Handover(in.readUTF(), read(in),
                    in.readUTF()), read(in));
        }
    }

    private static Key key(boolean byPassphrase, byte[] key, String clusterId) throws SealException {
        if (byPassphrase) {
            return new Key.Passphrase(key);
        }
        try {
            return new Key.OfCluster(UnlockKey.parse(new String(key, StandardCharsets.UTF_8)));
        } catch (CredentialException wrong) {
            throw new SealException("the backup of cluster " + clusterId + " was sealed by its unlock key, and what"
                    + " was given is none: " + wrong.getMessage(), wrong);
        }
    }

    private static byte[] derived(Key key, byte[] salt, int rounds) {
        return switch (key) {
            case Key.OfCluster of -> of.key().bytes();
            case Key.Passphrase phrase -> {
                char[] letters = new String(phrase.bytes(), StandardCharsets.UTF_8).toCharArray();
                try {
                    yield SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(
                            new PBEKeySpec(letters, salt, rounds, AesGcm.KEY_BYTES * Byte.SIZE)).getEncoded();
                } catch (GeneralSecurityException missing) {
                    throw new IllegalStateException("this Java cannot derive keys from passphrases", missing);
                }
            }
        };
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
