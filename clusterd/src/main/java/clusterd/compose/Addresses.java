package clusterd.compose;

import java.net.InetAddress;

/** Addresses and subnets as numbers; never looked up. */
final class Addresses {
    private Addresses() {
    }

    /** The subnet of a key in the form {@code 10.1.0.0/16}; {@code ""} if there is none. */
    static String subnet(Section section, String key) {
        return section.get(key).map(value -> {
            String text = value.text();
            int slash = text.indexOf('/');
            int bits = slash < 0 ? 0 : isAddress(text.substring(0, slash)) ? text.contains(":") ? 128 : 32 : 0;
            boolean fits = bits > 0 && text.substring(slash + 1).matches("[0-9]{1,3}")
                    && Integer.parseInt(text.substring(slash + 1)) <= bits;
            if (!fits) {
                value.error("expected a subnet such as 10.1.0.0/16, found " + value.tree().describe());
            }
            return text;
        }).orElse("");
    }

    /** The address of a key; {@code ""} if there is none. */
    static String address(Section section, String key) {
        return section.get(key).map(Addresses::address).orElse("");
    }

    static String address(Value value) {
        String text = value.text();
        if (!isAddress(text)) {
            value.error("expected an IP address, found " + value.tree().describe());
        }
        return text;
    }

    /** Whether it is an address in numbers, IPv4 with all its dots, or IPv6. */
    static boolean isAddress(String text) {
        return isIpv4(text) || isIpv6(text);
    }

    static boolean isIpv4(String text) {
        String part = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
        return text.length() <= 15 && text.matches(part + "(\\." + part + "){3}");
    }

    static boolean isIpv6(String text) {
        if (text.length() > 45 || !text.contains(":") || !text.matches("[0-9a-fA-F:.]+")) {
            return false;
        }
        try {
            return InetAddress.ofLiteral(text) != null;
        } catch (IllegalArgumentException e) {
            return false; // the answer, not a failure
        }
    }
}
