package linux.netlink;

import java.net.InetAddress;

/** Address families ({@code address_families(7)}). */
final class Family {
    static final int INET = 2;
    static final int INET6 = 10;

    private Family() {}

    static int of(InetAddress address) {
        return address.getAddress().length == 4 ? INET : INET6;
    }

    static void checkPrefix(InetAddress address, int prefixLength) {
        if (prefixLength < 0 || prefixLength > address.getAddress().length * 8) {
            throw new IllegalArgumentException("prefix length of " + address.getHostAddress() + "/"
                    + prefixLength);
        }
    }
}
