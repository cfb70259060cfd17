package runtime.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The hash that names a blob, {@code algorithm:hex} (OCI image-spec descriptor.md#digests).
 * Only the two registered algorithms exist here; the hex digits are lower case, as the
 * specification demands, since the text is also a file name.
 */
public record Digest(Algorithm algorithm, String hex) implements Comparable<Digest> {

    /** A registered digest algorithm. */
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String label;
        private final String javaName;
        private final int hexDigits;

        Algorithm(String label, String javaName, int hexDigits) {
            this.label = label;
            this.javaName = javaName;
            this.hexDigits = hexDigits;
        }

        /** The name as written in a digest, also the folder name below {@code blobs/}. */
        public String label() {
            return label;
        }

        public int hexDigits() {
            return hexDigits;
        }

        /** A fresh hash computation. */
        public MessageDigest newHash() {
            try {
                return MessageDigest.getInstance(javaName);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("this JDK lacks " + javaName, e);
            }
        }

        /** The digest made of a finished hash. */
        public Digest finish(MessageDigest hash) {
            return new Digest(this, HexFormat.of().formatHex(hash.digest()));
        }
    }

    /** @throws IllegalArgumentException if {@code hex} is not lower-case hex of the right length */
    public Digest {
        if (!isHex(hex, algorithm.hexDigits)) {
            throw new IllegalArgumentException("not " + algorithm.hexDigits
                    + " lower-case hex digits: " + ImageFormatException.shown(hex));
        }
    }

    /** Reads {@code sha256:…} or {@code sha512:…}. */
    public static Digest parse(String text) throws ImageFormatException {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new ImageFormatException("digest " + ImageFormatException.shown(text)
                    + " has no algorithm; expected sha256:<64 hex digits>");
        }
        String label = text.substring(0, colon);
        String hex = text.substring(colon + 1);
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.label.equals(label)) {
                if (!isHex(hex, algorithm.hexDigits)) {
                    throw new ImageFormatException("digest " + ImageFormatException.shown(text)
                            + " must have " + algorithm.hexDigits + " lower-case hex digits after "
                            + label + ":");
                }
                return new Digest(algorithm, hex);
            }
        }
        throw new ImageFormatException("digest " + ImageFormatException.shown(text)
                + " uses an unknown algorithm; known are sha256 and sha512");
    }

    /** The SHA-256 digest of {@code content}. */
    public static Digest of(byte[] content) {
        return of(Algorithm.SHA256, content);
    }

    public static Digest of(Algorithm algorithm, byte[] content) {
        MessageDigest hash = algorithm.newHash();
        hash.update(content);
        return algorithm.finish(hash);
    }

    /** True if {@code content} has this digest. */
    public boolean matches(byte[] content) {
        return of(algorithm, content).equals(this);
    }

    /** The first 12 hex digits, as docker prints ids. */
    public String shortHex() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    /** {@code sha256:…}, the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return algorithm.label + ":" + hex;
    }

    static boolean isHex(String text, int digits) {
        return text.length() == digits && text.chars().allMatch(
                c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
