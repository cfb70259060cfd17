package runtime.image;

import static runtime.image.ImageFormatException.shown;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The full name of an image: {@code registry/repository:tag@digest}, by docker's grammar
 * (github.com/distribution/reference). A short name is completed as docker does it:
 * {@code debian} means {@code docker.io/library/debian:latest}.
 *
 * @param registry host, with {@code :port} if given, e.g. {@code docker.io}, {@code [::1]:5000}
 * @param repository path below the registry, lower case, e.g. {@code library/debian}
 * @param tag absent only where a digest is given
 * @param digest of the manifest or index, if the image is pinned
 */
public record Reference(
        String registry, String repository, Optional<String> tag, Optional<Digest> digest) {

    /** What a name without a registry belongs to. */
    public static final String DOCKER_HUB = "docker.io";
    public static final String DEFAULT_TAG = "latest";

    private static final String OFFICIAL_PREFIX = "library/";
    private static final int NAME_LIMIT_CHARACTERS = 255;
    private static final int PORT_LIMIT = 65_535;
    // Possessive quantifiers: a hostile name cannot make the matcher go back and forth.
    private static final Pattern HOST = Pattern.compile(
            "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
            + "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*+|\\[[0-9a-fA-F:.]+\\])"
            + "(?::([0-9]{1,5}))?");
    private static final Pattern COMPONENT =
            Pattern.compile("[a-z0-9]++(?:(?:\\.|__|_|-++)[a-z0-9]++)*+");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}+");

    /** @throws IllegalArgumentException if a part does not obey the grammar */
    public Reference {
        Optional<String> problem = problem(registry, repository, tag, digest);
        if (problem.isPresent()) {
            throw new IllegalArgumentException(problem.get());
        }
    }

    /** Reads a name as a user types it. */
    public static Reference parse(String text) throws ImageFormatException {
        if (text.isEmpty()) {
            throw new ImageFormatException("an image name must not be empty");
        }
        Optional<Digest> digest = Optional.empty();
        String rest = text;
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = Optional.of(Digest.parse(rest.substring(at + 1)));
            rest = rest.substring(0, at);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = Optional.of(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        } else if (digest.isEmpty()) {
            tag = Optional.of(DEFAULT_TAG);
        }
        String registry = DOCKER_HUB;
        String repository = rest;
        int slash = rest.indexOf('/');
        if (slash >= 0 && isHost(rest.substring(0, slash))) {
            registry = rest.substring(0, slash);
            repository = rest.substring(slash + 1);
        }
        if (registry.equals("index.docker.io")) {
            registry = DOCKER_HUB;
        }
        if (registry.equals(DOCKER_HUB) && repository.indexOf('/') < 0) {
            refuseBareDigest(repository);
            repository = OFFICIAL_PREFIX + repository;
        }
        Optional<String> problem = problem(registry, repository, tag, digest);
        if (problem.isPresent()) {
            throw new ImageFormatException("image name " + shown(text) + ": " + problem.get());
        }
        return new Reference(registry, repository, tag, digest);
    }

    /** This image pinned to {@code digest}; the tag stays as a remark for people. */
    public Reference withDigest(Digest pinned) {
        return new Reference(registry, repository, tag, Optional.of(pinned));
    }

    public Reference withTag(String other) {
        return new Reference(registry, repository, Optional.of(other), Optional.empty());
    }

    /** The name without tag and digest in its short form: {@code debian}, {@code host:5000/a/b}. */
    public String familiarName() {
        if (!registry.equals(DOCKER_HUB)) {
            return registry + "/" + repository;
        }
        return repository.startsWith(OFFICIAL_PREFIX)
                && repository.indexOf('/', OFFICIAL_PREFIX.length()) < 0
                ? repository.substring(OFFICIAL_PREFIX.length()) : repository;
    }

    /** The short form for printing: {@code debian:latest}; {@link #parse} reads it back. */
    public String familiar() {
        return familiarName() + suffix();
    }

    /** The full form: {@code docker.io/library/debian:latest}. */
    @Override
    public String toString() {
        return registry + "/" + repository + suffix();
    }

    private String suffix() {
        return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
    }

    // docker's rule: the first part is a host if nothing else could be meant.
    private static boolean isHost(String first) {
        return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost")
                || !first.equals(first.toLowerCase(java.util.Locale.ROOT));
    }

    private static void refuseBareDigest(String repository) throws ImageFormatException {
        if (Digest.isHex(repository, Digest.Algorithm.SHA256.hexDigits())) {
            throw new ImageFormatException("image name " + shown(repository)
                    + " is an image id; a name of 64 hex digits is not allowed");
        }
    }

    private static Optional<String> problem(String registry, String repository,
            Optional<String> tag, Optional<Digest> digest) {
        if (registry.length() + 1 + repository.length() > NAME_LIMIT_CHARACTERS) {
            return Optional.of("longer than " + NAME_LIMIT_CHARACTERS + " characters");
        }
        var host = HOST.matcher(registry);
        if (!host.matches()) {
            return Optional.of("registry " + shown(registry) + " is not a host name or host:port");
        }
        if (host.group(1) != null && !isPort(Integer.parseInt(host.group(1)))) {
            return Optional.of("port " + host.group(1) + " is not between 1 and " + PORT_LIMIT);
        }
        if (repository.isEmpty()) {
            return Optional.of("no repository is named");
        }
        for (String component : repository.split("/", -1)) {
            if (!COMPONENT.matcher(component).matches()) {
                return Optional.of("repository part " + shown(component) + " must be lower-case"
                        + " letters and digits, joined by '.', '_', '__' or '-'");
            }
        }
        if (tag.isPresent() && !TAG.matcher(tag.get()).matches()) {
            return Optional.of("tag " + shown(tag.get()) + " must be 1 to 128 letters, digits,"
                    + " '_', '.' or '-', not starting with '.' or '-'");
        }
        if (tag.isEmpty() && digest.isEmpty()) {
            return Optional.of("neither tag nor digest is given");
        }
        return Optional.empty();
    }

    private static boolean isPort(int port) {
        return port >= 1 && port <= PORT_LIMIT;
    }
}
