package sriov.inventory;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a function is on the PCI bus, as sysfs and {@code lspci -D} write it: {@code 0000:01:10.2}.
 *
 * @param domain   up to 32 bits (virtual ones have more than four digits)
 * @param bus      8 bits
 * @param device   5 bits
 * @param function 3 bits
 */
public record PciAddress(int domain, int bus, int device, int function) implements Comparable<PciAddress> {
    private static final Pattern WRITTEN = Pattern.compile("(?:([0-9a-fA-F]{4,8}):)?([0-9a-fA-F]{2}):([0-9a-fA-F]{2})\\.([0-7])");
    private static final Comparator<PciAddress> ORDER = Comparator.comparingInt(PciAddress::domain)
            .thenComparingInt(PciAddress::bus).thenComparingInt(PciAddress::device).thenComparingInt(PciAddress::function);
    private static final int DOMAIN_DIGITS = 4;
    private static final int MOST_DEVICES = 32;
    private static final int HEXADECIMAL = 16;

    /** That text, whose domain may be left out if it is 0; empty if it is none. */
    public static Optional<PciAddress> parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return Optional.empty();
        }
        int device = Integer.parseInt(written.group(3), HEXADECIMAL);
        int domain = written.group(1) == null ? 0 : Integer.parseUnsignedInt(written.group(1), HEXADECIMAL);
        return device >= MOST_DEVICES || domain < 0 ? Optional.empty() : Optional.of(new PciAddress(domain,
                Integer.parseInt(written.group(2), HEXADECIMAL), device, Integer.parseInt(written.group(4))));
    }

    @Override
    public int compareTo(PciAddress other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        String domains = Integer.toHexString(domain);
        HexFormat hex = HexFormat.of(); // of thousands, String.format would take longer than the kernel
        return "0".repeat(Math.max(0, DOMAIN_DIGITS - domains.length())) + domains + ':' + hex.toHexDigits((byte) bus) + ':'
                + hex.toHexDigits((byte) device) + '.' + function;
    }
}
