package runtime.device;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The full name of a device of the Container Device Interface: {@code vendor.com/class=name} (CDI's
 * SPEC.md, fully qualified device names).
 *
 * @param vendor      {@code vendor.com}
 * @param deviceClass {@code gpu}
 * @param device      {@code 0}, {@code all} …
 */
public record CdiName(String vendor, String deviceClass, String device)
        implements Comparable<CdiName> {
    private static final Pattern VENDOR = Pattern.compile("[A-Za-z]([A-Za-z0-9_.-]*[A-Za-z0-9])?");
    private static final Pattern DEVICE =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.:-]*[A-Za-z0-9])?");

    /** The name in a text; empty if it is none. */
    public static Optional<CdiName> parse(String text) {
        int slash = text.indexOf('/');
        int equals = text.indexOf('=');
        if (slash <= 0 || equals < slash) {
            return Optional.empty();
        }
        String kind = text.substring(0, equals);
        String device = text.substring(equals + 1);
        return isKind(kind) && isDevice(device)
                ? Optional.of(new CdiName(text.substring(0, slash),
                        text.substring(slash + 1, equals), device))
                : Optional.empty();
    }

    /** Whether a text is {@code vendor.com/class}. */
    static boolean isKind(String text) {
        int slash = text.indexOf('/');
        return slash > 0 && VENDOR.matcher(text.substring(0, slash)).matches()
                && VENDOR.matcher(text.substring(slash + 1)).matches();
    }

    /** Whether a text may be a device's name within its kind. */
    static boolean isDevice(String text) {
        return DEVICE.matcher(text).matches();
    }

    /** {@code vendor.com/class} */
    public String kind() {
        return vendor + "/" + deviceClass;
    }

    @Override
    public String toString() {
        return kind() + "=" + device;
    }

    @Override
    public int compareTo(CdiName other) {
        return toString().compareTo(other.toString());
    }
}
