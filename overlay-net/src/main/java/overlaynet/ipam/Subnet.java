package overlaynet.ipam;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A block of IPv4 or IPv6 addresses (RFC 4632, RFC 4291).
 *
 * @param network      the first address, all bits after the prefix zero
 * @param prefixLength bits that name the network
 */
public record Subnet(InetAddress network, int prefixLength) {
    /** Larger networks are cut off here: nobody gives out more addresses. */
    private static final int MAX_OFFSET_BITS = 62;

    /** @throws IllegalArgumentException if the prefix does not fit, or bits after it are set */
    public Subnet {
        int bits = network.getAddress().length * 8;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("prefix length of " + network.getHostAddress() + "/"
                    + prefixLength + " is not from 0 to " + bits);
        }
        InetAddress first = masked(network, prefixLength);
        if (!first.equals(network)) {
            throw new IllegalArgumentException(network.getHostAddress() + "/" + prefixLength
                    + " has bits set after the prefix; the network is " + first.getHostAddress()
                    + "/" + prefixLength);
        }
    }

    /**
     * Reads {@code 10.88.0.0/16} or {@code fd00:88::/64}.
     *
     * @throws IllegalArgumentException saying what is wrong with the text
     */
    public static Subnet parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("not a subnet such as 10.88.0.0/16: \"" + text
                    + "\"");
        }
        return new Subnet(literal(text.substring(0, slash)),
                Integer.parseInt(text.substring(slash + 1)));
    }

    /**
     * Reads an address without a zone: what {@code %eth0} means hangs on the host that reads it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static InetAddress literal(String text) {
        if (text.indexOf('%') >= 0) {
            throw new IllegalArgumentException("an address without a zone is expected, not \"" + text + "\"");
        }
        return InetAddress.ofLiteral(text);
    }

    /** The subnet of that prefix length an address lies in. */
    public static Subnet containing(InetAddress address, int prefixLength) {
        return new Subnet(masked(address, prefixLength), prefixLength);
    }

    /** Whether the address lies in the subnet; one of the other family never does. */
    public boolean contains(InetAddress address) {
        return sameFamily(address) && masked(address, prefixLength).equals(network);
    }

    /** Whether the two have an address in common. */
    public boolean overlaps(Subnet other) {
        return prefixLength <= other.prefixLength
                ? contains(other.network) : other.contains(network);
    }

    /** Bits that tell the addresses apart, at most 62. */
    public int offsetBits() {
        return Math.min(MAX_OFFSET_BITS, network.getAddress().length * 8 - prefixLength);
    }

    /**
     * The first offset a host may have. In IPv4 offset 0 is the network itself (except in a /31 and
     * a /32, RFC 3021); in IPv6 it is the routers' anycast address (RFC 4291, 2.6.1).
     */
    public long firstHostOffset() {
        return offsetBits() <= 1 ? 0 : 1;
    }

    /** The last offset a host may have: in IPv4 the one after it is the broadcast address. */
    public long lastHostOffset() {
        long last = (1L << offsetBits()) - 1;
        return ipv4() && offsetBits() > 1 ? last - 1 : last;
    }

    /**
     * The address that many places after the first.
     *
     * @throws IllegalArgumentException if the subnet is smaller
     */
    public InetAddress at(long offset) {
        if (offset < 0 || offset >= 1L << offsetBits()) {
            throw new IllegalArgumentException("offset " + offset + " is outside of " + this);
        }
        return toAddress(toNumber(network).add(BigInteger.valueOf(offset)), width());
    }

    /**
     * How many places after the first an address is.
     *
     * @throws IllegalArgumentException if it is not in the subnet, or further than 2^62 into it
     */
    public long offsetOf(InetAddress address) {
        if (!contains(address)) {
            throw new IllegalArgumentException(address.getHostAddress() + " is not in " + this);
        }
        BigInteger offset = toNumber(address).subtract(toNumber(network));
        if (offset.bitLength() > MAX_OFFSET_BITS) {
            throw new IllegalArgumentException(address.getHostAddress() + " is too far into "
                    + this);
        }
        return offset.longValueExact();
    }

    /** Whether it is a block of IPv4 addresses. */
    public boolean ipv4() {
        return width() == 4;
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return network.getHostAddress() + "/" + prefixLength;
    }

    private int width() {
        return network.getAddress().length;
    }

    private boolean sameFamily(InetAddress address) {
        return address.getAddress().length == width();
    }

    private static InetAddress masked(InetAddress address, int prefixLength) {
        byte[] bytes = address.getAddress();
        for (int i = 0; i < bytes.length; i++) {
            int kept = Math.clamp(prefixLength - 8L * i, 0, 8);
            bytes[i] &= (byte) (0xff << 8 - kept);
        }
        return toAddress(bytes);
    }

    private static BigInteger toNumber(InetAddress address) {
        return new BigInteger(1, address.getAddress());
    }

    private static InetAddress toAddress(BigInteger number, int width) {
        byte[] bytes = new byte[width];
        byte[] digits = number.toByteArray();
        int copied = Math.min(width, digits.length);
        System.arraycopy(digits, digits.length - copied, bytes, width - copied, copied);
        return toAddress(bytes);
    }

    private static InetAddress toAddress(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", impossible);
        }
    }
}
