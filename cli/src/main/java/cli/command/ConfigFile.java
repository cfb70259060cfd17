package cli.command;

import cli.render.Json;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The user's {@code config.json}, readable by its owner only, in JCTL_CONFIG, else {@code ~/.jctl}: logins
 * ({@code auths}, as docker's) and contexts. Members nobody here knows are kept.
 */
final class ConfigFile {
    private final Path file;
    private final Console console;

    private ConfigFile(Path file, Console console) {
        this.file = file;
        this.console = console;
    }

    static ConfigFile of(Console console) {
        String folder = console.environment("JCTL_CONFIG");
        // Without HOME it is not looked for in the working folder, which may be anybody's.
        return new ConfigFile(folder.isEmpty()
                ? Path.of("/" + console.environment("HOME"), ".jctl", "config.json")
                : Path.of(folder, "config.json"), console);
    }

    Path path() {
        return file;
    }

    /**
     * Its text, or null if there is no such file. One that may not be read is told and goes for none: after
     * {@code su} or {@code setpriv}, HOME may be another user's.
     */
    String text() throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException absent) {
            return null;
        } catch (AccessDeniedException denied) {
            console.sayOnce("warning: " + file + " may not be read by this user, and is not looked at (HOME and"
                    + " JCTL_CONFIG say where it is)");
            return null;
        }
    }

    /** What it holds; nothing if it is not there. */
    Map<String, Object> load() throws UsageException, IOException {
        String text = text();
        return text == null ? new LinkedHashMap<>() : parsed(text);
    }

    Map<String, Object> parsed(String text) throws UsageException {
        try {
            if (Json.parse(text) instanceof Map<?, ?> map) {
                return strings(map);
            }
        } catch (IllegalArgumentException e) {
            throw damaged(e.getMessage());
        }
        throw damaged("no JSON object");
    }

    UsageException damaged(String how) {
        return new UsageException(file + " is damaged: " + how);
    }

    /** A member that is an object; put there, empty, if it is not. */
    static Map<String, Object> member(Map<String, Object> object, String name) {
        Map<String, Object> member = object.get(name) instanceof Map<?, ?> map ? strings(map)
                : new LinkedHashMap<>();
        object.put(name, member);
        return member;
    }

    private static Map<String, Object> strings(Map<?, ?> map) {
        Map<String, Object> copy = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            copy.put(entry.getKey().toString(), entry.getValue());
        }
        return copy;
    }

    /** Replaces it by rename. */
    void save(Map<String, Object> config) throws IOException {
        Files.createDirectories(file.getParent());
        Path next = Files.createTempFile(file.getParent(), "config", ".json",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            Files.writeString(next, Json.indented(config) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(next);
            throw e;
        }
    }
}
