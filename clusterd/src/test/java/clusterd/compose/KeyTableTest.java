package clusterd.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class KeyTableTest {
    private static final String HEAD = "| key | | |\n|---|---|---|\n";

    private static String row(Key key) {
        String standing = switch (key.standing()) {
            case SUPPORTED -> "supported";
            case WARNED -> "**no effect**, warned of";
            case REFUSED -> "**refused**";
        };
        return "| `" + key.path() + "` | " + standing + " | " + key.note() + " |";
    }

    @Test
    void theDocumentationShowsTheTable() throws IOException {
        String page = Files.readString(Path.of("").toAbsolutePath().getParent().resolve("docs/compose.md"));
        String table = KeyTable.all().stream().map(KeyTableTest::row).collect(Collectors.joining("\n", HEAD, "\n"));
        int start = page.indexOf(HEAD);
        assertTrue(start >= 0, "docs/compose.md has no table that begins with " + HEAD);
        assertEquals(table, page.substring(start), "docs/compose.md shows another table than the reader has");
    }

    @Test
    void noKeyIsInTheTableTwiceOrWithoutItsParent() {
        Set<String> paths = new HashSet<>();
        for (Key key : KeyTable.all()) {
            assertTrue(paths.add(key.path()), key::path);
            assertFalse(key.standing() != Standing.SUPPORTED && key.note().isEmpty(), () -> key.path() + " says not why");
        }
        List<String> orphans = paths.stream().filter(path -> path.contains("."))
                .map(path -> path.substring(0, path.lastIndexOf('.')))
                .filter(parent -> !parent.endsWith(".*") && !paths.contains(parent)).toList();
        assertEquals(List.of(), orphans);
    }
}
