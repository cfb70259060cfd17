package clusterd.credential;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * Bytes as letters that are hard to misread: Crockford's base 32 (no I, L, O or U), five bits a letter,
 * first bits first, filled up with zero bits; and checksums over text.
 */
final class Letters {
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int BITS = 5;
    /** 20 bits: one typo in a million goes unseen. */
    private static final int CHECKSUM_LETTERS = 4;
    private static final int CHECKSUM_BYTES = 3;

    private Letters() {}

    static String write(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        int held = 0;
        int bits = 0;
        for (byte b : bytes) {
            held = (held << Byte.SIZE) | (b & 0xff);
            bits += Byte.SIZE;
            while (bits >= BITS) {
                bits -= BITS;
                text.append(ALPHABET.charAt(held >>> bits & 31));
            }
            held &= (1 << bits) - 1;
        }
        if (bits > 0) {
            text.append(ALPHABET.charAt(held << (BITS - bits) & 31));
        }
        return text.toString();
    }

    /** How many letters stand for that many bytes. */
    static int length(int bytes) {
        return (bytes * Byte.SIZE + BITS - 1) / BITS;
    }

    /**
     * The bytes again. Each has one spelling only: the bits that fill up must be zero.
     *
     * @throws CredentialException if a letter is none of the alphabet's, or the spelling is not the one
     */
    static byte[] read(String text, String what) {
        byte[] bytes = new byte[text.length() * BITS / Byte.SIZE];
        int held = 0;
        int bits = 0;
        int filled = 0;
        for (int i = 0; i < text.length(); i++) {
            int value = ALPHABET.indexOf(text.charAt(i));
            if (value < 0) {
                throw new CredentialException("a letter of " + what + " is none that can stand there: '"
                        + Shown.of(text.substring(i, i + 1)) + "'; copy the whole " + what + " again");
            }
            held = (held << BITS) | value;
            bits += BITS;
            if (bits >= Byte.SIZE) {
                bits -= Byte.SIZE;
                bytes[filled++] = (byte) (held >>> bits);
            }
            held &= (1 << bits) - 1;
        }
        if (held != 0) {
            throw new CredentialException(what + " is not written as it was printed; copy the whole " + what
                    + " again");
        }
        return bytes;
    }

    /** Four letters that tell a typo in the text. */
    static String checksum(String text) {
        return write(Arrays.copyOf(sha256(text.getBytes(StandardCharsets.US_ASCII)), CHECKSUM_BYTES))
                .substring(0, CHECKSUM_LETTERS);
    }

    static int checksumLength() {
        return CHECKSUM_LETTERS;
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("every Java platform has SHA-256", missing);
        }
    }
}
