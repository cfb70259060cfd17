package overlaynet.mesh;

import linux.netlink.WireGuardKey;
import linux.netlink.WireGuardSecret;

/**
 * What a node alone knows of its ends of encrypted tunnels. No text it is part of shows it.
 *
 * @param secret of WireGuard
 */
public record TunnelSecret(WireGuardSecret secret) {
    /** How many bytes there are of it. */
    public static final int BYTES = WireGuardKey.BYTES;

    /**
     * The one of those bytes, which nobody can guess.
     *
     * @throws IllegalArgumentException if they are not {@value #BYTES}
     */
    public static TunnelSecret of(byte[] bytes) {
        return new TunnelSecret(WireGuardSecret.of(bytes));
    }

    /** Whether that is the text of a public key. */
    public static boolean isPublicText(String text) {
        return WireGuardKey.parse(text).isPresent();
    }

    /** What others know it by. */
    public WireGuardKey publicKey() {
        return secret.publicKey();
    }

    /** The same as {@code wg(8)} writes it. */
    public String publicText() {
        return publicKey().toString();
    }

    /** A copy of the bytes, for a file of the owner's alone. */
    public byte[] bytes() {
        return secret.bytes();
    }
}
