package cli.command;

import clusterd.compose.ComposeInput;
import clusterd.compose.ComposeOutcome;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeReader;
import clusterd.compose.Problem;
import clusterd.compose.SourceFile;
import cli.stack.ProjectName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The Compose files a command is given, and what they name: local files and nothing else. */
final class ComposeFiles {
    private static final int LIMIT_BYTES = 4 << 20;
    private static final String[] NAMES =
            {"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"};

    private final Console console;
    private final List<String> unread = new ArrayList<>();

    private ComposeFiles(Console console) {
        this.console = console;
    }

    /**
     * The project they make. Warnings, and all that is wrong, are said.
     *
     * @param files    paths, or "-" for standard input; each changes those before it
     * @param profiles services of these are active, too; those of COMPOSE_PROFILES if none is given
     * @return empty if something is wrong
     */
    static Optional<ComposeProject> read(List<String> files, String name, List<String> profiles, Console console)
            throws UsageException, IOException {
        ComposeFiles reading = new ComposeFiles(console);
        ComposeInput input = reading.input(files, name, profiles);
        return reading.said(ComposeReader.read(input));
    }

    /** The same of a project that is named as given, by its files, by COMPOSE_PROJECT_NAME or after its folder. */
    static Optional<ComposeProject> readNamed(List<String> files, String name, List<String> profiles,
            Console console) throws UsageException, IOException {
        ComposeFiles reading = new ComposeFiles(console);
        ComposeInput input = reading.input(files, name(name, console), profiles);
        if (input.name().isEmpty() && ComposeReader.declaredName(input).isEmpty()) {
            input = named(input, ProjectName.ofFolder(input.directory()));
        }
        return reading.said(ComposeReader.read(input));
    }

    /** The name alone, as {@link #readNamed} finds it. */
    static String nameOf(List<String> files, String name, Console console) throws UsageException, IOException {
        String given = name(name, console);
        if (!given.isEmpty()) {
            return given;
        }
        ComposeInput input = new ComposeFiles(console).input(files, "", List.of());
        String declared = ComposeReader.declaredName(input);
        return declared.isEmpty() ? ProjectName.ofFolder(input.directory()) : declared;
    }

    private static String name(String given, Console console) {
        return given.isEmpty() ? console.environment("COMPOSE_PROJECT_NAME") : given;
    }

    private static ComposeInput named(ComposeInput input, String name) {
        return new ComposeInput(name, input.directory(), input.files(), input.environment(), input.dotEnv(),
                input.profiles(), input.otherFiles());
    }

    /** The files that are meant where none is named: those of the current folder, with their override. */
    static List<String> usual() throws UsageException {
        for (String name : NAMES) {
            if (Files.exists(Path.of(name))) {
                int dot = name.lastIndexOf('.');
                List<String> files = new ArrayList<>(List.of(name));
                for (String ending : List.of(".yaml", ".yml")) {
                    String override = name.substring(0, dot) + ".override" + ending;
                    if (files.size() == 1 && Files.exists(Path.of(override))) {
                        files.add(override);
                    }
                }
                return files;
            }
        }
        throw new UsageException("there is no " + String.join(", ", NAMES) + " in "
                + Path.of("").toAbsolutePath() + ": name a Compose file with -f");
    }

    private ComposeInput input(List<String> files, String name, List<String> profiles)
            throws UsageException, IOException {
        List<SourceFile> sources = new ArrayList<>();
        Path directory = null;
        for (String file : files) {
            if (file.equals("-")) {
                sources.add(new SourceFile("<stdin>", text("standard input", console.in())));
            } else {
                Path path = Path.of(file);
                directory = directory == null ? path.toAbsolutePath().normalize().getParent() : directory;
                try {
                    sources.add(new SourceFile(file, text(path)));
                } catch (NoSuchFileException missing) {
                    throw new UsageException("open " + file + ": no such file or directory");
                }
            }
        }
        Path folder = directory == null ? Path.of("").toAbsolutePath() : directory;
        Path dotEnv = folder.resolve(".env");
        return new ComposeInput(name, folder.toString(), sources, console.environment(),
                Files.exists(dotEnv) ? text(dotEnv) : "", active(profiles), this::other);
    }

    private Set<String> active(List<String> profiles) {
        Set<String> active = new TreeSet<>(profiles);
        if (profiles.isEmpty()) {
            for (String each : console.environment("COMPOSE_PROFILES").split(",")) {
                if (!each.isBlank()) {
                    active.add(each.strip());
                }
            }
        }
        return active;
    }

    /** What the files name; why one cannot be read is said with all else. */
    private Optional<String> other(String path) {
        try {
            return Optional.of(text(Path.of(path)));
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        } catch (IOException e) {
            unread.add(e instanceof java.nio.file.AccessDeniedException ? path + ": permission denied"
                    : e.getMessage());
            return Optional.empty();
        }
    }

    /** Of an ordinary file: a device or a pipe may have no end. */
    private static String text(Path path) throws IOException {
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new IOException(path + " is no ordinary file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return text(path.toString(), in);
        }
    }

    private static String text(String name, InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(LIMIT_BYTES + 1);
        if (bytes.length > LIMIT_BYTES) {
            throw new IOException(name + " is larger than " + LIMIT_BYTES + " bytes");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new IOException(name + " is not UTF-8 text", e);
        }
    }

    private Optional<ComposeProject> said(ComposeOutcome outcome) throws IOException {
        for (Problem warning : outcome.warnings()) {
            console.say("WARNING: " + warning);
        }
        for (String each : unread) {
            console.say("jctl: " + each);
        }
        for (Problem error : outcome.errors()) {
            console.say("jctl: " + error);
        }
        return outcome.project();
    }
}
