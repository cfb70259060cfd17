package clusterd.spec;

import java.util.Optional;
import java.util.regex.Pattern;

/** How a site may be called. */
public final class SiteName {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9](?:[-_.a-zA-Z0-9]{0,61}[a-zA-Z0-9])?");

    private SiteName() {
    }

    /** What is wrong with a name; empty if nothing is. */
    public static Optional<String> problem(String name) {
        return NAME.matcher(name).matches() ? Optional.empty() : Optional.of("\"" + name
                + "\" is no name of a site: 1 to 63 letters a-z, digits, and within it -, _ and . are expected");
    }
}
