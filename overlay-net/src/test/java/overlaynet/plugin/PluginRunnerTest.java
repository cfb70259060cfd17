package overlaynet.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import overlaynet.cni.CniException;
import overlaynet.cni.PluginList;

/** Plug-ins that do not behave. */
class PluginRunnerTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    private String run(Duration limit, String script) throws Exception {
        Path program = folder.resolve("plug");
        Files.writeString(program, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        PluginList list = PluginList.parse(
                "{\"cniVersion\": \"1.0.0\", \"name\": \"net\", \"type\": \"plug\"}");
        return new PluginRunner(List.of(folder.resolve("missing"), folder), limit).run(list,
                list.plugins().getFirst(), Map.of("CNI_COMMAND", "ADD"),
                "input".getBytes(StandardCharsets.UTF_8));
    }

    private String failure(Duration limit, String script) {
        return assertThrows(CniException.class, () -> run(limit, script)).getMessage();
    }

    @Test
    void aPluginReadsItsInputAndKnowsWhereTheOthersAre() throws Exception {
        assertEquals("ADD input " + folder.resolve("missing") + ":" + folder + "\n",
                run(LONG, "echo $CNI_COMMAND $(cat) $CNI_PATH"));
    }

    @Test
    void onePluginThatDoesNotEndIsKilledWithItsChildren() throws Exception {
        String why = failure(SHORT, "sleep 1000 & echo $! > " + folder.resolve("child") + "; wait");

        assertTrue(why.endsWith("it took longer than 0 s and was killed"), why);
        long child = Long.parseLong(Files.readString(folder.resolve("child")).strip());
        ProcessHandle.of(child).ifPresent(handle -> handle.onExit().join());
        assertTrue(ProcessHandle.of(child).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    void onePluginThatPrintsWithoutEndIsStopped() {
        String why = failure(LONG, "exec yes");

        assertTrue(why.endsWith("it printed more than 1048576 bytes"), why);
    }

    @Test
    void itsErrorIsTold() {
        assertEquals("the CNI plugin plug of the network net failed at ADD, code 5: no",
                failure(LONG, "echo '{\"code\": 5, \"msg\": \"no\"}'; exit 1"));
        assertTrue(failure(LONG, "yes error | head -n 100000 >&2; exit 3")
                .contains("exit status 3"));
    }

    @Test
    void aProgramThatIsMissingIsTold() throws Exception {
        PluginList list = PluginList.parse(
                "{\"cniVersion\": \"1.0.0\", \"name\": \"net\", \"type\": \"absent\"}");

        CniException missing = assertThrows(CniException.class, () ->
                new PluginRunner(List.of(folder), LONG).run(list, list.plugins().getFirst(),
                        Map.of("CNI_COMMAND", "ADD"), new byte[0]));

        assertTrue(missing.getMessage().contains("which is not in " + folder), missing.getMessage());
    }
}
