package clusterd.credential;

import java.util.HexFormat;
import java.util.Locale;

/**
 * SHA-256 over the DER of a root certificate: which root is meant.
 *
 * @param hex 64 hex digits, small letters
 */
public record RootDigest(String hex) {
    static final int BYTES = 32;

    public RootDigest {
        if (hex.length() != BYTES * 2 || !hex.equals(hex.toLowerCase(Locale.ROOT))) {
            throw new CredentialException("a root's digest has 64 hex digits: '" + Shown.of(hex) + "'");
        }
        parse(hex);
    }

    private static byte[] parse(String hex) {
        try {
            return HexFormat.of().parseHex(hex);
        } catch (IllegalArgumentException bad) {
            throw new CredentialException("a root's digest has hex digits only: '" + Shown.of(hex) + "', "
                    + bad.getMessage());
        }
    }

    /** The digest of a certificate. */
    public static RootDigest ofCertificate(byte[] der) {
        return of(Letters.sha256(der));
    }

    static RootDigest of(byte[] digest) {
        return new RootDigest(HexFormat.of().formatHex(digest));
    }

    byte[] bytes() {
        return parse(hex);
    }

    /** The first digits, for people. */
    public String brief() {
        return hex.substring(0, 12);
    }
}
