package linux.netlink;

import java.util.HexFormat;

/**
 * An Ethernet address.
 *
 * @param bits the 48 bits, first byte highest
 */
public record HardwareAddress(long bits) {
    private static final int BYTES = 6;

    /** @throws IllegalArgumentException if more than 48 bits are set */
    public HardwareAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("hardware address of more than 48 bits: " + bits);
        }
    }

    /** @throws IllegalArgumentException if there are not 6 bytes */
    public static HardwareAddress of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("hardware address of " + bytes.length + " bytes");
        }
        long bits = 0;
        for (byte part : bytes) {
            bits = bits << 8 | part & 0xff;
        }
        return new HardwareAddress(bits);
    }

    /**
     * Reads {@code 02:6a:0a:58:00:02}.
     *
     * @throws IllegalArgumentException if the text is anything else
     */
    public static HardwareAddress parse(String text) {
        if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
            throw new IllegalArgumentException("not a hardware address: " + text);
        }
        return of(HexFormat.ofDelimiter(":").parseHex(text));
    }

    /** The six bytes, as sent. */
    public byte[] bytes() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (bits >>> 8 * (BYTES - 1 - i));
        }
        return bytes;
    }

    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(bytes());
    }
}
