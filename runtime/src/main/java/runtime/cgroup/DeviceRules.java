package runtime.cgroup;

import java.util.List;
import java.util.OptionalLong;
import runtime.spec.Resources.DeviceRule;

/** Which devices a container may use. */
public final class DeviceRules {
    private static final List<DeviceRule> STANDARD = List.of(
            DeviceRule.denyAll(),
            // making a node is harmless while opening it is not allowed
            new DeviceRule(true, "c", OptionalLong.empty(), OptionalLong.empty(), "m"),
            new DeviceRule(true, "b", OptionalLong.empty(), OptionalLong.empty(), "m"),
            DeviceRule.allow("c", 1, 3, "rwm"), // null
            DeviceRule.allow("c", 1, 5, "rwm"), // zero
            DeviceRule.allow("c", 1, 7, "rwm"), // full
            DeviceRule.allow("c", 1, 8, "rwm"), // random
            DeviceRule.allow("c", 1, 9, "rwm"), // urandom
            DeviceRule.allow("c", 5, 0, "rwm"), // tty
            DeviceRule.allow("c", 5, 1, "rwm"), // console
            DeviceRule.allow("c", 5, 2, "rwm"), // ptmx
            new DeviceRule(true, "c", OptionalLong.of(136), OptionalLong.empty(), "rwm")); // pts

    private DeviceRules() {}

    /**
     * What every container begins with: nothing but the devices the OCI runtime-spec promises
     * (config-linux.md, default devices) and the making of nodes. Rules of its own come after.
     */
    public static List<DeviceRule> standard() {
        return STANDARD;
    }

    /** Whether a rule permits every access to every device, which no rule at all does too. */
    static boolean allowsAll(DeviceRule rule) {
        return rule.allow() && rule.type().equals("a") && rule.major().isEmpty()
                && rule.minor().isEmpty() && ordered(rule.access()).equals("rwm");
    }

    /** A rule as lines for {@code devices.allow} or {@code devices.deny}. */
    static List<String> legacyLines(DeviceRule rule) {
        boolean any = rule.major().isEmpty() && rule.minor().isEmpty();
        String access = ordered(rule.access());
        if (!rule.type().equals("a")) {
            return List.of(line(rule.type(), rule, access));
        }
        // "a" alone means every device and every access; the kernel reads nothing after it
        return any && access.equals("rwm")
                ? List.of("a")
                : List.of(line("c", rule, access), line("b", rule, access));
    }

    private static String line(String type, DeviceRule rule, String access) {
        return type + " " + number(rule.major()) + ":" + number(rule.minor()) + " " + access;
    }

    private static String number(OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : "*";
    }

    private static String ordered(String access) {
        StringBuilder letters = new StringBuilder();
        for (char letter : new char[] {'r', 'w', 'm'}) {
            if (access.indexOf(letter) >= 0) {
                letters.append(letter);
            }
        }
        return letters.toString();
    }
}
