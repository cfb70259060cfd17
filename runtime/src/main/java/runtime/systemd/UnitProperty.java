package runtime.systemd;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Properties of a unit that a spec's annotations name: {@code org.systemd.property.NAME}. */
public final class UnitProperty {
    private static final String PREFIX = "org.systemd.property.";
    private static final Pattern NUMBER =
            Pattern.compile("(?:(uint64|uint32|int32) +)?(-?[0-9]{1,20})");

    private UnitProperty() {}

    /**
     * All of them.
     *
     * @throws IllegalArgumentException if a value is none of the kinds understood
     */
    public static Map<String, BusValue> of(Map<String, String> annotations) {
        Map<String, BusValue> properties = new LinkedHashMap<>();
        annotations.forEach((key, text) -> {
            if (key.startsWith(PREFIX)) {
                properties.put(key.substring(PREFIX.length()), value(text.strip())
                        .orElseThrow(() -> new IllegalArgumentException("annotation " + key + ": \"" + text
                                + "\" is not understood; 'text', true, false, 7, uint32 7 and uint64 7"
                                + " are")));
            }
        });
        return properties;
    }

    /** The text form of GVariant, as far as unit properties need it. */
    private static Optional<BusValue> value(String text) {
        if (text.equals("true") || text.equals("false")) {
            return Optional.of(new BusValue.Truth(text.equals("true")));
        }
        if (text.matches("'[^'\\\\]*'|\"[^\"\\\\]*\"")) {
            return Optional.of(new BusValue.Text(text.substring(1, text.length() - 1)));
        }
        Matcher number = NUMBER.matcher(text);
        if (!number.matches()) {
            return Optional.empty();
        }
        try {
            String digits = number.group(2);
            return Optional.of(switch (Optional.ofNullable(number.group(1)).orElse("int32")) {
                case "uint64" -> new BusValue.Unsigned64(Long.parseUnsignedLong(digits));
                case "uint32" -> new BusValue.Unsigned32(Integer.parseUnsignedInt(digits));
                default -> new BusValue.Signed32(Integer.parseInt(digits));
            });
        } catch (NumberFormatException large) {
            return Optional.empty();
        }
    }
}
