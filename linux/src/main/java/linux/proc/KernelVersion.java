package linux.proc;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first two numbers of a kernel's release ({@code uname(2)},
 * {@code /proc/sys/kernel/osrelease}).
 *
 * @param major for example 6
 * @param minor for example 18
 */
public record KernelVersion(int major, int minor) implements Comparable<KernelVersion> {
    private static final Pattern RELEASE = Pattern.compile("(\\d{1,5})\\.(\\d{1,5})([^\\d].*)?",
            Pattern.DOTALL);

    /** The version a release such as {@code 6.18.0-1-amd64} begins with; empty if it has none. */
    public static Optional<KernelVersion> parse(String release) {
        Matcher matcher = RELEASE.matcher(release.strip());
        return matcher.matches()
                ? Optional.of(new KernelVersion(Integer.parseInt(matcher.group(1)),
                        Integer.parseInt(matcher.group(2))))
                : Optional.empty();
    }

    /** Whether this kernel is that one or a later one. */
    public boolean isAtLeast(int otherMajor, int otherMinor) {
        return compareTo(new KernelVersion(otherMajor, otherMinor)) >= 0;
    }

    @Override
    public int compareTo(KernelVersion other) {
        return major != other.major
                ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
