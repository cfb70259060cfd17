package runtime.files;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import runtime.image.TarEntry;
import runtime.image.TarEntry.Kind;
import runtime.store.TarReader;
import runtime.store.TarWriter;

/** Archives for tests. */
final class Tars {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarWriter tar = new TarWriter(bytes);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    Tars add(Kind kind, String name, String link, int mode, int owner, String content)
            throws IOException {
        byte[] data = bytes(content);
        tar.write(new TarEntry(kind, bytes(name), bytes(link), mode, owner, owner, data.length,
                data.length, 1000, 5, 0, 0, Map.of(), Optional.empty()),
                new ByteArrayInputStream(data));
        return this;
    }

    Tars file(String name, String content) throws IOException {
        return add(Kind.FILE, name, "", 0644, 0, content);
    }

    Tars folder(String name) throws IOException {
        return add(Kind.DIRECTORY, name, "", 0755, 0, "");
    }

    Tars link(String name, String target) throws IOException {
        return add(Kind.SYMBOLIC_LINK, name, target, 0777, 0, "");
    }

    ByteArrayInputStream stream() throws IOException {
        tar.close();
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    /** Kind, name, owner and content of each entry. */
    static List<String> list(byte[] archive) throws IOException {
        List<String> lines = new ArrayList<>();
        TarReader reader = new TarReader(new ByteArrayInputStream(archive));
        for (Optional<TarEntry> next = reader.next(); next.isPresent(); next = reader.next()) {
            TarEntry entry = next.get();
            byte[] content = new byte[(int) entry.storedBytes()];
            for (int filled = 0; filled < content.length; ) {
                filled += reader.read(content, filled, content.length - filled);
            }
            lines.add(entry.kind() + " " + new String(entry.name(), StandardCharsets.UTF_8)
                    + (entry.link().length == 0 ? ""
                            : " -> " + new String(entry.link(), StandardCharsets.UTF_8))
                    + " " + entry.userId() + ":" + entry.groupId()
                    + (content.length == 0 ? "" : " " + new String(content, StandardCharsets.UTF_8)));
        }
        return lines;
    }
}
