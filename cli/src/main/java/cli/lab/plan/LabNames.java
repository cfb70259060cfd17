package cli.lab.plan;

import java.util.regex.Pattern;

/**
 * What a lab may be called, and what its links are called after it. A link's name has at most 15 bytes
 * ({@code IFNAMSIZ}), of which a host's {@code -n250} takes five.
 */
public final class LabNames {
    /** The name of a lab that was given none. */
    public static final String USUAL = "lab";
    static final int MOST_CHARACTERS = 10;

    private static final Pattern NAME = Pattern.compile("[a-z]([a-z0-9-]*[a-z0-9])?");

    private LabNames() {}

    /**
     * The name, if it can be one.
     *
     * @throws LabRefusal if it cannot
     */
    public static String check(String name) throws LabRefusal {
        if (name.length() > MOST_CHARACTERS || !NAME.matcher(name).matches()) {
            throw new LabRefusal("a lab cannot be called \"" + name + "\": links and host names are called"
                    + " after it, so it has at most " + MOST_CHARACTERS + " of a-z, 0-9 and -, begins with a"
                    + " letter and does not end with -");
        }
        return name;
    }

    /** The bridge of a lab. */
    public static String bridge(String lab) {
        return lab + "-br";
    }

    /** The machine's end of a host's cable. */
    public static String link(String lab, int number) {
        return lab + "-n" + number;
    }
}
