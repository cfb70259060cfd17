package runtime.container;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.CoreSchema;
import runtime.device.CdiParser;
import runtime.device.CdiRegistry;
import runtime.device.CdiSpec;
import runtime.spec.JsonText;
import runtime.spec.Problem;
import runtime.spec.SpecException;

/** CDI specs in folders, {@code *.json} and {@code *.yaml}; a file is read again when it has changed. */
public final class CdiFolders implements DeviceSpecs {
    /** Where CDI's SPEC.md has them, the one with the least precedence first. */
    public static final List<Path> STANDARD = List.of(Path.of("/etc/cdi"), Path.of("/var/run/cdi"));

    private static final int MAX_BYTES = 4 << 20;
    private static final int MAX_DEPTH = 64;
    private static final int MAX_VALUES = 100_000;

    private final List<Path> folders;
    private Map<Path, Stamp> stamps = Map.of();
    private CdiRegistry latest;

    /** What changes when a file does. */
    private record Stamp(FileTime modified, long bytes, Object key) {}

    /** @param folders the one with the least precedence first; one may be missing */
    public CdiFolders(List<Path> folders) {
        this.folders = List.copyOf(folders);
    }

    /** The usual folders. */
    static CdiFolders standard() {
        return new CdiFolders(STANDARD);
    }

    @Override
    public synchronized CdiRegistry read() throws IOException {
        Map<Path, Stamp> now = new TreeMap<>();
        for (Path folder : folders) {
            look(folder, now);
        }
        if (latest == null || !now.equals(stamps)) {
            List<CdiRegistry.Folder> contents = new ArrayList<>();
            for (Path folder : folders) {
                contents.add(read(folder, now.keySet().stream()
                        .filter(file -> folder.equals(file.getParent())).toList()));
            }
            latest = new CdiRegistry(contents);
            stamps = now;
        }
        return latest;
    }

    private static void look(Path folder, Map<Path, Stamp> stamps) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{json,yaml}")) {
            for (Path file : files) {
                try {
                    BasicFileAttributes found =
                            Files.readAttributes(file, BasicFileAttributes.class);
                    stamps.put(file, new Stamp(
                            found.lastModifiedTime(), found.size(), found.fileKey()));
                } catch (NoSuchFileException gone) {
                    continue; // a link to nowhere, or removed since
                }
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            return; // most hosts have none
        }
    }

    private static CdiRegistry.Folder read(Path folder, List<Path> files) {
        List<CdiSpec> specs = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                specs.add(CdiParser.parse(file.toString(), tree(file)));
            } catch (SpecException wrong) {
                problems.add(file + " is no CDI spec: " + wrong.problems().stream()
                        .map(Problem::toString).collect(Collectors.joining("; ")));
            } catch (IOException unreadable) {
                problems.add(file + " cannot be read: " + unreadable.getMessage());
            }
        }
        return new CdiRegistry.Folder(folder.toString(), specs, problems);
    }

    private static ObjectNode tree(Path file) throws IOException, SpecException {
        String text = JsonText.decode(bytes(file));
        return file.toString().endsWith(".json") ? JsonText.parseObject(text) : Yaml.tree(text);
    }

    private static byte[] bytes(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("not a file");
        }
        try (InputStream input = Files.newInputStream(file)) {
            byte[] bytes = input.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new IOException("larger than " + MAX_BYTES + " bytes");
            }
            return bytes;
        }
    }

    /** Loaded with the first file in YAML only. */
    private static final class Yaml {
        private static final ObjectMapper MAPPER = new ObjectMapper();

        static ObjectNode tree(String text) throws IOException {
            try {
                Object value = new Load(LoadSettings.builder().setMaxAliasesForCollections(50)
                        .setSchema(new CoreSchema())
                        .setCodePointLimit(MAX_BYTES).build()).loadFromString(text);
                check(value, 0, 0);
                if (MAPPER.valueToTree(value) instanceof ObjectNode object) {
                    return object;
                }
                throw new IOException("a mapping is expected");
            } catch (YamlEngineException | IllegalArgumentException malformed) {
                throw new IOException("not valid YAML: "
                        + String.valueOf(malformed.getMessage()).replaceAll("\\s+", " "), malformed);
            }
        }

        /** An alias may lead back to what holds it, or stand for much. */
        private static int check(Object value, int depth, int before) throws IOException {
            int count = before + 1;
            if (depth > MAX_DEPTH || count > MAX_VALUES) {
                throw new IOException("nested deeper than " + MAX_DEPTH + ", or more than "
                        + MAX_VALUES + " values");
            }
            Collection<?> parts = switch (value) {
                case Map<?, ?> map -> map.values();
                case List<?> list -> list;
                case null, default -> List.of();
            };
            for (Object part : parts) {
                count = check(part, depth + 1, count);
            }
            return count;
        }
    }
}
