package clusterd.credential;

import java.util.HexFormat;
import java.util.List;

/**
 * What lets a machine join: it names the cluster by its root, which the joining side checks before it says
 * anything, and holds a secret, which the managers know the role of.
 *
 * <p>Text: {@code JCTL-1-<root digest>-<secret><checksum>} in Crockford's base 32: 52, 26 and 4 letters.
 */
public final class JoinToken {
    /** How many random bytes a token takes. */
    public static final int SECRET_BYTES = 16;
    private static final String PREFIX = "JCTL-1-";
    private static final String WHAT = "join token";

    private final RootDigest root;
    private final byte[] secret;

    private JoinToken(RootDigest root, byte[] secret) {
        this.root = root;
        this.secret = secret;
    }

    /**
     * A token.
     *
     * @param root   the root the joining side shall trust
     * @param secret 16 random bytes
     */
    public static JoinToken of(RootDigest root, byte[] secret) {
        if (secret.length != SECRET_BYTES) {
            throw new IllegalArgumentException("a token's secret has 16 bytes, not " + secret.length);
        }
        return new JoinToken(root, secret.clone());
    }

    /**
     * Reads a token's text; white space around it does not matter.
     *
     * @throws CredentialException on any mistake in it: one sentence, which does not repeat the token
     */
    public static JoinToken parse(String text) {
        List<byte[]> parts = Fields.read(WHAT, PREFIX, text, List.of(RootDigest.BYTES, SECRET_BYTES));
        return new JoinToken(RootDigest.of(parts.get(0)), parts.get(1));
    }

    /** The root the joining side trusts by it. */
    public RootDigest root() {
        return root;
    }

    /** What managers keep of the secret, 64 hex digits: with it nobody can join. */
    public String secretDigest() {
        return HexFormat.of().formatHex(Letters.sha256(secret));
    }

    /** The text to give to the joining side; secret. */
    public String text() {
        return Fields.write(PREFIX, List.of(root.bytes(), secret));
    }

    /** Tells the root alone: tokens must not get into logs. */
    @Override
    public String toString() {
        return "JoinToken[root " + root.brief() + "]";
    }
}
