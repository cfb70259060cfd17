package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.NeedsKernel;
import testkit.Requires;

class NamespaceHolderTest {
    private static final String USER_NAMESPACE = "ns/user";

    @TempDir
    Path folder;
    private final List<Process> started = new ArrayList<>();
    private final List<String> said = new ArrayList<>();

    @AfterEach
    void end() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process start(String... words) throws IOException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        started.add(process);
        return process;
    }

    private static Path namespace(long pid) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), USER_NAMESPACE));
    }

    /** A process that sleeps in a user namespace of its own. */
    private Process holder() throws Exception {
        Process holder = start("unshare", "--user", "--map-root-user", "sleep", "1000");
        Path ours = namespace(ProcessHandle.current().pid());
        while (namespace(holder.pid()).equals(ours)) {
            Requires.fact(holder.isAlive(), "user namespaces");
            Thread.sleep(5);
        }
        return holder;
    }

    /** One that sleeps in another's. */
    private Process within(Process holder) throws Exception {
        Process process = start("nsenter", "--target", Long.toString(holder.pid()), "--user", "sleep", "1000");
        while (!namespace(process.pid()).equals(namespace(holder.pid()))) {
            Requires.fact(process.isAlive(), "nsenter of a user namespace");
            Thread.sleep(5);
        }
        return process;
    }

    @Test
    void withoutALauncherThereIsNone() {
        assertEquals(Optional.empty(), NamespaceHolder.ofLauncher(folder));
        assertEquals(Path.of("/r/slirp.sock"), new NamespaceHolder(1, 2, Path.of("/r")).forwarderSocket());
    }

    @Test
    @NeedsKernel
    void whatALivingContainerIsInStays() throws Exception {
        Process holder = holder();
        Process container = within(holder);
        Files.createFile(folder.resolve("holder"));
        NamespaceHolder namespaces = new NamespaceHolder(holder.pid(), 0, folder);
        assertFalse(namespaces.endIfUnused(said::add));
        assertTrue(holder.isAlive() && container.isAlive());
        assertTrue(Files.exists(folder.resolve("holder")));
        assertEquals(List.of("processes go on in the namespaces that process " + holder.pid() + " holds"),
                said);
        container.destroyForcibly().waitFor();
        assertTrue(namespaces.endIfUnused(said::add));
        holder.waitFor();
        assertFalse(Files.exists(folder.resolve("holder")));
    }

    @Test
    @NeedsKernel
    void slirpDoesNotKeepWhatItConnects() throws Exception {
        Process holder = holder();
        Process forwarder = within(holder);
        NamespaceHolder namespaces = new NamespaceHolder(holder.pid(), forwarder.pid(), folder);
        assertTrue(namespaces.endIfUnused(said::add));
        holder.waitFor();
        // This one does not hear of the end, so it is made to.
        forwarder.waitFor();
        assertEquals(List.of("slirp4netns (process " + forwarder.pid()
                + ") did not end by itself and is killed"), said);
        assertTrue(namespaces.endIfUnused(said::add), "there is nothing left to end");
    }
}
