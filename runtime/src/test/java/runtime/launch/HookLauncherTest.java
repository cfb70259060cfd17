package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.spec.Hooks;
import testkit.NeedsKernel;

/** Hooks as real processes, in this one's namespaces. */
@NeedsKernel
class HookLauncherTest {
    @TempDir Path folder;

    private void run(String script, int timeoutSeconds) throws IOException {
        new HookLauncher().run(new Hooks.Hook("/bin/sh", List.of("sh", "-c", script),
                List.of("PATH=/bin:/usr/bin"), OptionalInt.of(timeoutSeconds)),
                "state".getBytes(StandardCharsets.UTF_8),
                new HookLauncher.Place(folder, OptionalInt.empty(), List.of()));
    }

    private String failure(String script, int timeoutSeconds) {
        return assertThrows(IOException.class, () -> run(script, timeoutSeconds)).getMessage();
    }

    @Test
    void aHookReadsTheStateAndWhatItPrintedIsTold() {
        assertEquals("hook /bin/sh ended with exit status 3; it printed: state and more",
                failure("cat; echo ' and more' >&2; exit 3", 20));
    }

    @Test
    void onlyTheBeginningOfMuchIsTold() {
        String told = failure("head -c 1000000 /dev/zero | tr '\\0' x; exit 3", 20);
        assertTrue(told.endsWith("; it printed: " + "x".repeat(HookOutput.MAX_BYTES) + " […]"),
                told.substring(0, 100));
    }

    /** A file would grow as long as anybody prints to it. */
    @Test
    void whatIsPrintedIsKeptInNoFile() {
        assertDoesNotThrow(() -> run("head -c 1000000 /dev/zero && exec 3>&1"
                + " && test \"$(stat -Lc %s /proc/self/fd/3)\" = 0", 20));
    }

    @Test
    void aHookMayOpenItsOutputByName() {
        assertTrue(failure("echo said > /dev/stdout; exit 1", 20).endsWith("it printed: said"));
    }

    @Test
    void aChildThatKeepsTheOutputOpenIsNotWaitedFor() {
        String told = failure("sleep 1000 & echo $!; exit 3", 100);
        ProcessHandle child = ProcessHandle.of(Long.parseLong(told.substring(told.lastIndexOf(' ') + 1)))
                .orElseThrow();
        assertTrue(child.isAlive(), told);
        child.destroyForcibly();
    }

    @Test
    void oneThatTakesTooLongIsKilledAlsoWhilePrintingForEver() {
        String told = failure("while :; do echo on; done", 1);
        assertTrue(told.startsWith("hook /bin/sh took longer than 1 s and was killed; it printed: on\non\n"),
                told);
    }

    @Test
    void oneThatClosesItsOutputIsWaitedFor() {
        assertEquals("hook /bin/sh ended with exit status 4",
                failure("exec > /dev/null 2>&1; sleep 0.1; exit 4", 20));
    }
}
