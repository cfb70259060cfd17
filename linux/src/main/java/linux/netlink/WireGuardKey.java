package linux.netlink;

import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** A public key of WireGuard: a point of Curve25519 (RFC 7748, 5), 32 bytes. Whoever has it may be told of it. */
public final class WireGuardKey {
    /** How many there are of each key. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    private WireGuardKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * The key of those bytes.
     *
     * @throws IllegalArgumentException if they are not 32
     */
    public static WireGuardKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a WireGuard key has " + BYTES + " bytes, not " + bytes.length);
        }
        return new WireGuardKey(bytes.clone());
    }

    /** Reads what {@link #toString} writes, as {@code wg(8)} does; empty if it is no key. */
    public static Optional<WireGuardKey> parse(String text) {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            return bytes.length == BYTES ? Optional.of(new WireGuardKey(bytes)) : Optional.empty();
        } catch (IllegalArgumentException noKey) {
            return Optional.empty();
        }
    }

    /** A copy of its bytes. */
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WireGuardKey that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** Base64 of its bytes, 44 characters. */
    @Override
    public String toString() {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
