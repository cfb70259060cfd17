package runtime.image;

import static runtime.image.ImageFormatException.shown;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A word of {@code EXPOSE}: {@code 80}, {@code 53/udp}, {@code 8000-8010/tcp}. */
final class PortWord {
    private static final int HIGHEST = 65_535;
    private static final Pattern FORM = Pattern.compile(
            "([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(tcp|udp|sctp))?", Pattern.CASE_INSENSITIVE);

    private PortWord() {
    }

    /** Each port with its protocol, as {@code ExposedPorts} of OCI image-spec config.md has it. */
    static List<String> parse(String word) throws ImageFormatException {
        Matcher form = FORM.matcher(word);
        if (!form.matches()) {
            throw invalid(word);
        }
        int first = Integer.parseInt(form.group(1));
        int last = form.group(2) == null ? first : Integer.parseInt(form.group(2));
        if (first < 1 || last < first || last > HIGHEST) {
            throw invalid(word);
        }
        String protocol = form.group(3) == null ? "tcp" : form.group(3).toLowerCase(Locale.ROOT);
        List<String> ports = new ArrayList<>();
        for (int port = first; port <= last; port++) {
            ports.add(port + "/" + protocol);
        }
        return ports;
    }

    private static ImageFormatException invalid(String word) {
        return new ImageFormatException(shown(word) + " is no port; give PORT[-LAST][/tcp|udp|sctp]"
                + " between 1 and " + HIGHEST);
    }
}
