package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.device.CdiRegistry;

/** Files with CDI specs. */
class CdiFoldersTest {
    private static final String YAML = """
            cdiVersion: "0.6.0"
            kind: vendor.com/thing
            devices:
            - name: "0"
              containerEdits:
                env: [THING=0]
            """;

    @TempDir
    Path folder;

    private static List<String> names(CdiRegistry registry) {
        return registry.devices().stream().map(each -> each.name().toString()).toList();
    }

    @Test
    void jsonAndYamlAreReadAndReadAgainWhenTheyChange() throws Exception {
        CdiFolders folders = new CdiFolders(List.of(folder, folder.resolve("missing")));
        assertEquals(List.of(), names(folders.read()));

        Files.writeString(folder.resolve("a.yaml"), YAML);
        Files.writeString(folder.resolve("b.json"), "{\"cdiVersion\": \"0.6.0\", \"kind\": \"v.com/x\","
                + "\"devices\": [{\"name\": \"y\", \"containerEdits\": {\"env\": [\"A=B\"]}}]}");
        Files.writeString(folder.resolve("c.txt"), "neither");
        CdiRegistry both = folders.read();
        assertEquals(List.of("v.com/x=y", "vendor.com/thing=0"), names(both));
        assertSame(both, folders.read());

        Files.delete(folder.resolve("b.json"));
        assertEquals(List.of("vendor.com/thing=0"), names(folders.read()));
    }

    @Test
    void aFileThatIsNoneIsNamedAndTheOthersCount() throws Exception {
        Files.writeString(folder.resolve("a.yaml"), YAML);
        Files.writeString(folder.resolve("b.yaml"), "x: [");
        Files.writeString(folder.resolve("c.json"), "{}");
        Files.writeString(folder.resolve("d.yaml"), "x: &x [*x]\n");
        Files.createDirectory(folder.resolve("e.json"));

        CdiRegistry registry = new CdiFolders(List.of(folder)).read();

        assertEquals(List.of("vendor.com/thing=0"), names(registry));
        assertEquals(4, registry.problems().size(), registry.problems().toString());
        for (String file : List.of("b.yaml", "c.json", "d.yaml", "e.json")) {
            assertTrue(registry.problems().stream().anyMatch(each ->
                    each.startsWith(folder.resolve(file).toString())), file);
        }
    }
}
