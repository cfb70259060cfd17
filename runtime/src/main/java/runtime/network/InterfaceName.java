package runtime.network;

import java.util.Optional;
import java.util.regex.Pattern;

/** What the link of a container may be called. */
public final class InterfaceName {
    /** Bytes of a name, without the zero at its end ({@code IFNAMSIZ}, linux/if.h). */
    private static final int LONGEST = 15;
    /** What names of sysctl(8) and of interfaces in other programs' files can be written with. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final Pattern USUAL = Pattern.compile("eth[0-9]+");

    private InterfaceName() {
    }

    /** What is wrong with a name; empty if it can be had. */
    public static Optional<String> problem(String name) {
        if (name.length() > LONGEST || !NAME.matcher(name).matches()) {
            return Optional.of("an interface's name has 1 to " + LONGEST + " letters, digits, and within it _, - and .");
        }
        if (name.equals("lo") || name.equals("all") || name.equals("default")) {
            return Optional.of(name + " is the kernel's own");
        }
        return USUAL.matcher(name).matches() ? Optional.of("eth0, eth1 and so on are what links without a name of their"
                + " own are called, in the order of the networks") : Optional.empty();
    }
}
