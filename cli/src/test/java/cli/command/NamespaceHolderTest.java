package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import testkit.NeedsKernel;
import testkit.Requires;

class NamespaceHolderTest {
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

    /** A shell that is started by these words, says that it is there, and sleeps. */
    private Process sleeper(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(words));
        command.addAll(List.of("sh", "-c", "echo there && exec sleep 1000"));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        started.add(process);
        String said = process.inputReader().readLine();
        Requires.fact("there".equals(said), String.join(" ", words) + " (it says: " + said + ")");
        return process;
    }

    /** One in a user namespace of its own. */
    private Process holder() throws IOException {
        return sleeper("unshare", "--user", "--map-root-user");
    }

    /** One in another's. */
    private Process within(Process holder) throws IOException {
        return sleeper("nsenter", "--target", Long.toString(holder.pid()), "--user");
    }

    @Test
    void withoutALauncherThereIsNone() {
        assertEquals(Optional.empty(), NamespaceHolder.ofLauncher());
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

    /** The words of an agent, which the launcher started for a holder that it made, and what is said of them. */
    private String agent(Process holder, String... words) {
        Map<String, String> named = Map.of("jctl.holder", Long.toString(holder.pid()), "jctl.run",
                folder.toString());
        TestConsole console = new TestConsole();
        named.forEach(System::setProperty);
        try {
            console.run(words);
        } finally {
            named.keySet().forEach(System::clearProperty);
        }
        return console.err() + console.out();
    }

    @Test
    @NeedsKernel
    void anAgentThatDoesNotBeginLeavesNone() throws Exception {
        Files.createFile(folder.resolve("holder"));
        Process refused = holder();
        assertTrue(agent(refused, "agent", "--bogus").contains("unknown flag: --bogus"));
        refused.waitFor();
        assertFalse(Files.exists(folder.resolve("holder")));
        Process asked = holder();
        assertTrue(agent(asked, "agent", "--userns", "host", "--help").contains("Usage"));
        asked.waitFor();
    }

    @Test
    @NeedsKernel
    void anAgentThatDoesNotBeginLeavesAnothersContainers() throws Exception {
        Process holder = holder();
        Process container = within(holder);
        assertTrue(agent(holder, "agent", "--bogus").startsWith("jctl: unknown flag: --bogus"));
        assertTrue(holder.isAlive() && container.isAlive());
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
