package runtime.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.Requires;

/** Holds our reading of config.json against what other runtimes write and accept. */
class SpecContractTest {
    @TempDir
    private Path bundle;

    private String specOf(String runtime, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(Requires.program(runtime).toString(), "spec"));
        command.addAll(List.of(options));
        java.lang.Process process = new ProcessBuilder(command).directory(bundle.toFile())
                .redirectErrorStream(true).start();
        String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return Files.readString(bundle.resolve("config.json"));
    }

    private static void assertSound(String json) throws SpecException {
        ContainerSpec spec = SpecParser.parse(json);
        assertEquals(List.of(), SpecValidator.validate(spec));
        assertEquals(spec, SpecParser.parse(SpecWriter.write(spec)));
        assertTrue(spec.linux().namespace(NamespaceType.MOUNT).isPresent());
    }

    @Test
    void readsWhatRuncWrites() throws Exception {
        assertSound(specOf("runc"));
    }

    @Test
    void readsWhatRuncWritesForUsersWithoutRoot() throws Exception {
        assertSound(specOf("runc", "--rootless"));
    }

    @Test
    void readsWhatCrunWrites() throws Exception {
        assertSound(specOf("crun"));
    }
}
