package cli.command;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * By what a secret's content is known again although it is never given back: a salted, slow digest (PBKDF2 with
 * HMAC-SHA-256, RFC 8018) in a label, from which a good secret cannot be guessed.
 */
final class ContentMark {
    /** Of a salt. */
    static final int SALT_BYTES = 16;
    private static final int ROUNDS = 200_000;
    private static final int BITS = 256;

    private ContentMark() {
    }

    /** {@code SALT:DIGEST} in hexadecimal digits. */
    static String of(byte[] content, byte[] salt) {
        HexFormat hex = HexFormat.of();
        // Digits, since a password is characters and content is any bytes.
        PBEKeySpec key = new PBEKeySpec(hex.formatHex(content).toCharArray(), salt, ROUNDS, BITS);
        try {
            byte[] digest = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(key).getEncoded();
            return hex.formatHex(salt) + ":" + hex.formatHex(digest);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA256", missing);
        } finally {
            key.clearPassword();
        }
    }

    /** Whether a mark is of this content; not if it is damaged. */
    static boolean matches(String mark, byte[] content) {
        String salt = mark.substring(0, Math.max(0, mark.indexOf(':')));
        if (!salt.matches("([0-9a-f]{2}){1,64}")) {
            return false;
        }
        return MessageDigest.isEqual(mark.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                of(content, HexFormat.of().parseHex(salt)).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
