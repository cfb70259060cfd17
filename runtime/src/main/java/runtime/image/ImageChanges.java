package runtime.image;

import static runtime.image.ImageFormatException.shown;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import linux.abi.Signal;

/**
 * Instructions of a Dockerfile that change an image's configuration, as {@code docker import
 * --change} takes them, read as Dockerfile's reference has them. {@code ENTRYPOINT} leaves
 * {@code CMD} alone: the image is new, so there is no older command that would not fit it.
 */
public final class ImageChanges {
    private static final String SUPPORTED =
            "CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, STOPSIGNAL, USER, VOLUME and WORKDIR";
    private static final List<String> SHELL = List.of("/bin/sh", "-c");
    // Reading a configuration stops at as many: ImageDefaults.
    private static final int PORTS_LIMIT = 10_000;
    private static final JsonMapper JSON = new JsonMapper();

    private final ImageDefaults base;
    private final Map<String, String> environment = new TreeMap<>();
    private final List<String> environmentOrder = new ArrayList<>();
    private final Map<String, String> labels;
    private final SortedSet<String> ports;
    private final SortedSet<String> volumes;
    private List<String> entrypoint;
    private List<String> command;
    private String user;
    private String workingFolder;
    private String stopSignal;

    private ImageChanges(ImageDefaults base) {
        this.base = base;
        this.labels = new TreeMap<>(base.labels());
        this.ports = new TreeSet<>(base.exposedPorts());
        this.volumes = new TreeSet<>(base.volumes());
        this.entrypoint = base.entrypoint();
        this.command = base.command();
        this.user = base.user();
        this.workingFolder = base.workingFolder();
        this.stopSignal = base.stopSignal();
        for (String entry : base.environment()) {
            int equals = entry.indexOf('=');
            setVariable(equals < 0 ? entry : entry.substring(0, equals),
                    equals < 0 ? "" : entry.substring(equals + 1));
        }
    }

    /**
     * The configuration after all {@code instructions}, applied in their order.
     *
     * @param instructions such as {@code CMD ["sh"]}; one may have several lines
     * @throws ImageFormatException names an instruction that is not supported or not well formed
     */
    public static ImageDefaults apply(ImageDefaults base, List<String> instructions)
            throws ImageFormatException {
        ImageChanges changes = new ImageChanges(base);
        for (String instruction : instructions) {
            if (instruction.isBlank()) {
                throw new ImageFormatException("--change got an empty instruction; give one of "
                        + SUPPORTED);
            }
            // A backslash at the end of a line joins it with the next, as in a Dockerfile.
            String joined = instruction.replaceAll("\\\\[ \\t]*\\R", "");
            for (String line : joined.lines().map(String::strip).toList()) {
                if (!line.isEmpty() && !line.startsWith("#")) {
                    changes.take(line);
                }
            }
        }
        return changes.result();
    }

    private ImageDefaults result() {
        List<String> variables = environmentOrder.stream()
                .map(name -> name + "=" + environment.get(name)).toList();
        return new ImageDefaults(user, ports, variables, entrypoint, command, volumes,
                workingFolder, labels, stopSignal, base.healthCheck(), base.shell());
    }

    private void take(String line) throws ImageFormatException {
        String[] parts = line.split("\\s+", 2);
        String name = parts[0].toUpperCase(Locale.ROOT);
        String rest = parts.length > 1 ? parts[1].strip() : "";
        try {
            apply(name, rest);
        } catch (ImageFormatException e) {
            throw new ImageFormatException("--change " + shown(line) + ": " + e.getMessage(), e);
        }
    }

    private void apply(String name, String rest) throws ImageFormatException {
        boolean known = switch (name) {
            case "CMD", "ENTRYPOINT", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME",
                 "WORKDIR" -> true;
            default -> false;
        };
        if (!known) {
            throw new ImageFormatException("the instruction " + shown(name)
                    + " is not supported here; " + SUPPORTED + " are");
        }
        if (rest.isEmpty()) {
            throw new ImageFormatException(name + " needs an argument");
        }
        switch (name) {
            case "CMD" -> command = program(rest);
            case "ENTRYPOINT" -> entrypoint = program(rest);
            case "ENV" -> pairs(name, rest).forEach(pair -> setVariable(pair.name(), pair.value()));
            case "LABEL" -> pairs(name, rest).forEach(
                    pair -> labels.put(pair.name(), pair.value()));
            case "EXPOSE" -> expose(rest);
            case "STOPSIGNAL" -> stopSignal = signal(single(name, rest));
            case "USER" -> user = single(name, rest);
            case "VOLUME" -> addVolumes(rest);
            default -> changeFolder(rest);
        }
    }

    private void setVariable(String name, String value) {
        if (environment.put(name, value) == null) {
            environmentOrder.add(name);
        }
    }

    /** The exec form, or a line for the shell, which anything is that is not JSON (as docker). */
    private List<String> program(String rest) {
        return array(rest).orElseGet(() -> {
            List<String> words = new ArrayList<>(base.shell().isEmpty() ? SHELL : base.shell());
            words.add(rest);
            return words;
        });
    }

    private static Optional<List<String>> array(String text) {
        if (!text.startsWith("[")) {
            return Optional.empty();
        }
        try (var parser = JSON.createParser(text)) {
            JsonNode node = JSON.readTree(parser);
            List<String> words = new ArrayList<>();
            for (JsonNode word : node) {
                if (!word.isTextual()) {
                    return Optional.empty();
                }
                words.add(word.textValue());
            }
            boolean whole = node.isArray() && parser.nextToken() == null;
            return whole ? Optional.of(words) : Optional.empty();
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        } catch (java.io.IOException e) {
            throw new IllegalStateException("reading a string cannot fail", e);
        }
    }

    private record Pair(String name, String value) {
    }

    /** {@code k=v k2="v 2"}, or the older {@code k everything that follows}. */
    private List<Pair> pairs(String instruction, String rest) throws ImageFormatException {
        DockerfileWords words = new DockerfileWords(environment);
        List<String> raw = DockerfileWords.split(rest);
        List<Pair> pairs = new ArrayList<>();
        if (!raw.getFirst().contains("=")) {
            String[] parts = rest.split("\\s+", 2);
            if (parts.length < 2) {
                throw new ImageFormatException(instruction + " needs NAME=VALUE");
            }
            return List.of(pair(instruction, words.expand(parts[0]), words.expand(parts[1])));
        }
        for (String word : raw) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw new ImageFormatException(shown(word) + " has no '='; write NAME=VALUE, with"
                        + " quotes around a value that has spaces");
            }
            pairs.add(pair(instruction, words.expand(word.substring(0, equals)),
                    words.expand(word.substring(equals + 1))));
        }
        return pairs;
    }

    private static Pair pair(String instruction, String name, String value)
            throws ImageFormatException {
        if (name.isBlank() || name.indexOf('\0') >= 0 || value.indexOf('\0') >= 0) {
            throw new ImageFormatException(instruction + " needs a name before the '=', and no"
                    + " zero byte");
        }
        return new Pair(name, value);
    }

    private String single(String instruction, String rest) throws ImageFormatException {
        List<String> words = new DockerfileWords(environment).words(rest);
        if (words.size() != 1 || words.getFirst().isBlank()) {
            throw new ImageFormatException(instruction + " needs exactly one argument");
        }
        return words.getFirst();
    }

    private static String signal(String text) throws ImageFormatException {
        if (Signal.parse(text).isEmpty()) {
            throw new ImageFormatException("there is no signal " + shown(text)
                    + "; give a name such as SIGTERM, or a number");
        }
        return text;
    }

    private void expose(String rest) throws ImageFormatException {
        for (String word : new DockerfileWords(environment).words(rest)) {
            ports.addAll(PortWord.parse(word));
            if (ports.size() > PORTS_LIMIT) {
                throw new ImageFormatException("more than " + PORTS_LIMIT + " ports; an image"
                        + " cannot list so many");
            }
        }
    }

    private void addVolumes(String rest) throws ImageFormatException {
        List<String> words = new ArrayList<>();
        Optional<List<String>> array = array(rest);
        if (array.isPresent()) {
            for (String word : array.get()) {
                words.add(new DockerfileWords(environment).expand(word));
            }
        } else {
            words.addAll(new DockerfileWords(environment).words(rest));
        }
        for (String word : words) {
            if (!word.startsWith("/")) {
                throw new ImageFormatException("VOLUME needs absolute paths, not " + shown(word));
            }
            volumes.add(word);
        }
    }

    /** A path that is not absolute goes on from the folder before, at first from the root. */
    private void changeFolder(String rest) throws ImageFormatException {
        String path = new DockerfileWords(environment).expand(rest);
        if (path.isEmpty()) {
            throw new ImageFormatException("WORKDIR needs a path");
        }
        List<String> parts = new ArrayList<>();
        for (String part : (path.startsWith("/") ? path : workingFolder + "/" + path).split("/")) {
            if (part.equals("..")) {
                if (!parts.isEmpty()) {
                    parts.removeLast();
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        workingFolder = "/" + String.join("/", parts);
    }
}
