package sriov.pool;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a pool is asked for by, {@code intel.com/media}: as Kubernetes names extended resources.
 *
 * @param prefix a domain
 * @param name   within it
 */
public record ResourceName(String prefix, String name) implements Comparable<ResourceName> {
    /** Of pools that say of none. */
    public static final String PREFIX = "sriov";
    private static final Pattern DOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?");
    private static final int MOST_PREFIX = 253;
    private static final int MOST_NAME = 63;

    /** That text, whose prefix may be left out; empty if it is none. */
    public static Optional<ResourceName> parse(String text) {
        String[] parts = text.split("/", 2);
        ResourceName name = parts.length == 2 ? new ResourceName(parts[0], parts[1]) : new ResourceName(PREFIX, parts[0]);
        return name.problem().isEmpty() ? Optional.of(name) : Optional.empty();
    }

    /** Why Kubernetes would not take it; empty if it would. */
    Optional<String> problem() {
        if (prefix.length() > MOST_PREFIX || !DOMAIN.matcher(prefix).matches()) {
            return Optional.of("the prefix \"" + prefix + "\" is no domain: small letters, digits, and - and . between them");
        }
        if (name.length() > MOST_NAME || !NAME.matcher(name).matches()) {
            return Optional.of("the name \"" + name + "\" is not 1 to 63 letters and digits, with - _ . between them");
        }
        return prefix.equals("kubernetes.io") || prefix.endsWith(".kubernetes.io") || prefix.startsWith("requests.")
                ? Optional.of("the prefix \"" + prefix + "\" is Kubernetes' own") : Optional.empty();
    }

    /** The environment variable that tells a container which functions it got. */
    public String variable() {
        return ("PCIDEVICE_" + prefix + "_" + name).toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    }

    @Override
    public int compareTo(ResourceName other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return prefix + "/" + name;
    }
}
