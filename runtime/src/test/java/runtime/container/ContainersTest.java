package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.container.ContainerException.Reason;
import runtime.spec.ContainerSpec;
import runtime.spec.Linux;
import runtime.spec.NamespaceType;

class ContainersTest {
    @TempDir Path temporary;
    private FakeHost host;
    private Containers containers;

    @BeforeEach
    void open() throws IOException {
        host = new FakeHost(temporary);
        containers = host.daemon();
    }

    private static ContainerOptions options(String name, String args) {
        return Samples.options("{\"image\":\"i\",\"name\":\"" + name + "\",\"args\":" + args + "}");
    }

    private static ContainerOptions passing(String args) {
        return Samples.options("{\"image\":\"i\",\"autoRemove\":true,\"args\":" + args + "}");
    }

    private ContainerException refused(Reason reason, Attempt attempt) {
        ContainerException failure = assertThrows(ContainerException.class, attempt::run);
        assertEquals(reason, failure.reason(), failure.getMessage());
        return failure;
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private static String read(Session session) throws Exception {
        StringBuilder text = new StringBuilder();
        session.follow(frame -> {
            text.append(new String(frame.payload(), StandardCharsets.UTF_8));
            return true;
        });
        return text.toString();
    }

    @Test
    void aContainerLivesAndEnds() throws Exception {
        Set<String> before = host.files();
        ContainerRecord record = containers.create(options("web", "[\"exit\",\"7\"]"));
        assertEquals(ContainerState.CREATED, record.state());
        assertEquals(0, containers.ended("web").join().code());
        Session session = containers.attach("web");
        containers.start(record.shortId());
        assertEquals(7, session.ended().join().code());
        session.close();
        assertEquals(7, containers.ended("web").join().code());
        assertEquals(ContainerState.EXITED, containers.get("web").state());
        assertEquals(Set.of(), host.wired);
        containers.remove("web", false);
        refused(Reason.NOT_FOUND, () -> containers.get("web"));
        assertEquals(before, host.files());
        assertEquals(List.of(), host.journal);
    }

    private ContainerRecord unwritten(ContainerOptions options) throws Exception {
        return containers.createToStart(options, host.open("i"));
    }

    @Test
    void whatIsMadeToBeStartedIsOnDiskOnceItRuns() throws Exception {
        ContainerRecord record = unwritten(options("web", "[\"sleep\"]"));
        ContainerFolders folders = containers.folders(record.id());
        assertFalse(Files.exists(folders.state()));
        containers.start("web");
        assertTrue(Files.exists(folders.state()) && Files.exists(folders.spec()));
        assertFalse(Files.exists(folders.unwrittenMark()));
        assertEquals(ContainerState.RUNNING, host.daemon().get("web").state());
    }

    @Test
    void aStartThatFailsLeavesWhatWasMadeForItOnDisk() throws Exception {
        unwritten(options("web", "[\"missing\"]"));
        refused(Reason.COMMAND_NOT_FOUND, () -> containers.start("web"));
        assertEquals(ContainerState.CREATED, host.daemon().get("web").state());
    }

    @Test
    void whatIsNeverStartedIsSettled() throws Exception {
        Set<String> before = host.files();
        containers.settle(unwritten(options("web", "[\"sleep\"]")).id());
        assertEquals(ContainerState.CREATED, host.daemon().get("web").state());
        containers.remove("web", false);
        containers.settle(unwritten(passing("[\"sleep\"]")).id());
        assertEquals(List.of(), containers.list());
        assertEquals(before, host.files());
    }

    @Test
    void aDaemonKilledBeforeTheRecordWasWrittenLeavesNothing() throws Exception {
        Set<String> before = host.files();
        ContainerRecord record = unwritten(options("web", "[\"sleep\"]"));
        // The keeper makes mount points before the program may run.
        Files.createDirectories(containers.folders(record.id()).upper().resolve("etc"));
        assertEquals(List.of(), host.daemon().list());
        assertEquals(before, host.files());
    }

    @Test
    void aFullDiskRefusesTheStartAndLeavesNothing() throws Exception {
        Set<String> before = host.files();
        ContainerRecord record = unwritten(options("web", "[\"sleep\"]"));
        // A folder in place of the file: the record cannot be renamed to it.
        Files.createDirectories(containers.folders(record.id()).state().resolve("in/the/way"));
        assertThrows(IOException.class, () -> containers.start("web"));
        assertEquals(List.of(), containers.list());
        assertEquals(0, host.world.alive());
        assertEquals(before, host.files());
        containers.create(options("web", "[\"sleep\"]"));
    }

    @Test
    void theTerminalsSizeIsPartOfThePlan() throws Exception {
        containers.create(Samples.options(
                "{\"image\":\"i\",\"name\":\"web\",\"terminal\":true,\"args\":[\"sleep\"]}"));
        containers.start("web", new TerminalSize(24, 80));
        assertEquals(java.util.Optional.of(new runtime.spec.Process.ConsoleSize(24, 80)),
                host.starts.getLast().spec().process().consoleSize());
    }

    @Test
    void everythingWrongWithTheOptionsIsOneErrorAndNothingStays() throws Exception {
        Set<String> before = host.files();
        ContainerException failure = refused(Reason.INVALID_OPTION, () -> containers.create(
                Samples.options("{\"image\":\"i\",\"args\":[\"sh\",\"a\\u0000b\"],"
                        + "\"sysctls\":{\"vm.swappiness\":\"1\"},\"timeOffsets\":{\"tai\":1}}")));
        for (String part : List.of("$.process.args[1]", "vm.swappiness", "timeOffsets.tai")) {
            assertTrue(failure.getMessage().contains(part), failure.getMessage());
        }
        assertEquals(before, host.files());
    }

    @Test
    void clocksAndLabelsReachTheSpec() throws Exception {
        containers.start(containers.create(Samples.options("{\"image\":\"i\",\"args\":[\"run\"],"
                + "\"timeOffsets\":{\"boottime\":7},\"security\":{\"apparmorProfile\":\"p\","
                + "\"selinuxLabels\":[\"type:t\",\"level:s0\"]}}")).shortId());
        ContainerSpec spec = host.starts.getFirst().spec();
        assertTrue(spec.linux().namespace(NamespaceType.TIME).isPresent());
        assertEquals(Map.of("boottime", new Linux.TimeOffset(7, 0)), spec.linux().timeOffsets());
        assertEquals(Optional.of("p"), spec.process().apparmorProfile());
        assertEquals(Optional.of("system_u:system_r:t:s0"), spec.process().selinuxLabel());
        assertEquals(Optional.of("system_u:object_r:container_file_t:s0"),
                spec.linux().mountLabel());
    }

    @Test
    void unconfinedAndDisabledMeanNothingIsDone() throws Exception {
        containers.start(containers.create(Samples.options("{\"image\":\"i\",\"args\":[\"run\"],"
                + "\"security\":{\"apparmorProfile\":\"unconfined\","
                + "\"selinuxLabels\":[\"disable\"]}}")).shortId());
        ContainerSpec spec = host.starts.getFirst().spec();
        assertEquals(Optional.empty(), spec.process().apparmorProfile());
        assertEquals(Optional.empty(), spec.process().selinuxLabel());
        assertEquals(Optional.empty(), spec.linux().mountLabel());
    }

    @Test
    void isolationMayLeaveOutTheMountNamespace() throws Exception {
        ContainerRecord record = containers.create(Samples.options(
                "{\"image\":\"i\",\"args\":[\"run\"],\"isolate\":[\"chroot\"]}"));
        assertEquals(ContainerState.CREATED, record.state());
    }

    @Test
    void aContainerCanBeStartedAgain() throws Exception {
        containers.create(options("web", "[\"echo\",\"hi\"]"));
        for (int run = 0; run < 3; run++) {
            Session session = containers.attach("web");
            containers.start("web");
            assertEquals("hi\n", read(session));
            session.close();
        }
        List<String> log = new ArrayList<>();
        containers.logs("web", LogQuery.ALL,
                frame -> log.add(new String(frame.payload(), StandardCharsets.UTF_8)));
        assertEquals(List.of("hi\n", "hi\n", "hi\n"), log);
    }

    @Test
    void namesAndPrefixesAreResolved() throws Exception {
        ContainerRecord first = containers.create(options("web", "[\"sleep\"]"));
        refused(Reason.NAME_IN_USE, () -> containers.create(options("web", "[\"sleep\"]")));
        refused(Reason.INVALID_OPTION, () -> containers.create(options("-x", "[\"sleep\"]")));
        assertEquals(first, containers.get("/web"));
        assertEquals(first, containers.get(first.id()));
        List<String> made = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            made.add(containers.create(options("", "[\"sleep\"]")).name());
        }
        assertEquals(20, Set.copyOf(made).size());
        int ambiguous = 0;
        for (char digit : "0123456789abcdef".toCharArray()) {
            try {
                containers.get(String.valueOf(digit));
            } catch (ContainerException failure) {
                ambiguous += failure.reason() == Reason.AMBIGUOUS_NAME ? 1 : 0;
            }
        }
        assertTrue(ambiguous > 0);
        refused(Reason.NOT_FOUND, () -> containers.get("nobody"));
    }

    @Test
    void stopAsksFirstAndThenKills() throws Exception {
        containers.create(options("meek", "[\"sleep\"]"));
        containers.create(options("stubborn", "[\"stubborn\"]"));
        containers.stop("meek", OptionalInt.empty(), "");
        for (String name : List.of("meek", "stubborn")) {
            containers.start(name);
            containers.start(name);
            containers.stop(name, OptionalInt.of(1), "");
            containers.stop(name, OptionalInt.of(1), "");
        }
        assertEquals(143, containers.ended("meek").join().code());
        assertEquals(137, containers.ended("stubborn").join().code());
        refused(Reason.NOT_RUNNING, () -> containers.kill("meek", ""));
        refused(Reason.INVALID_OPTION, () -> containers.kill("meek", "SIGNONSENSE"));
    }

    @Test
    void aRunningContainerIsRemovedByForceOnly() throws Exception {
        containers.create(options("web", "[\"sleep\"]"));
        containers.start("web");
        refused(Reason.RUNNING, () -> containers.remove("web", false));
        containers.remove("web", true);
        assertEquals(List.of(), containers.list());
        assertEquals(0, host.world.alive());
    }

    @Test
    void aFailedStartLeavesTheContainerAsItWas() throws Exception {
        containers.create(options("web", "[\"missing\"]"));
        assertEquals(OptionalInt.of(127),
                refused(Reason.COMMAND_NOT_FOUND, () -> containers.start("web")).exitCode());
        containers.create(options("bad", "[\"unexecutable\"]"));
        assertEquals(OptionalInt.of(126),
                refused(Reason.COMMAND_NOT_EXECUTABLE, () -> containers.start("bad")).exitCode());
        assertEquals(ContainerState.CREATED, containers.get("web").state());
        assertEquals(127, containers.ended("web").join().code());
        host.networkFails = true;
        containers.create(options("cut", "[\"sleep\"]"));
        assertThrows(IOException.class, () -> containers.start("cut"));
        host.networkFails = false;
        assertEquals(0, host.world.alive());
        assertEquals(Set.of(), host.wired);
        containers.start("cut");
        assertEquals(ContainerState.RUNNING, containers.get("cut").state());
    }

    @Test
    void aNetworkOfPluginsIsMadeBetweenCreationAndProgram() throws Exception {
        ContainerOptions options = Samples.options("{\"image\":\"i\",\"args\":[\"sleep\"],"
                + "\"name\":\"web\",\"network\":{\"mode\":\"cni:net\"}}");
        containers.create(options);
        host.networkFails = true;
        assertThrows(IOException.class, () -> containers.start("web"));
        assertEquals(0, host.world.alive());
        assertEquals(ContainerState.CREATED, containers.get("web").state());
        host.networkFails = false;
        ContainerRecord running = containers.start("web");
        assertEquals(List.of("web create", "wire 1", "wire 1", "web start"), host.events);
        assertEquals(List.of("10.88.0.2"), running.run().orElseThrow().addresses());
        assertTrue(Files.readString(containers.folders(running.id()).hosts())
                .contains("10.88.0.2\t"));
        assertEquals(Set.of(running.id()), host.wired);
        refused(Reason.INVALID_OPTION, () -> containers.networks().connect(
                runtime.network.NetworkChoice.of("bridge"), "web"));
        refused(Reason.INVALID_OPTION, () -> containers.networks().disconnect("bridge", "web"));
        containers.remove("web", true);
        assertEquals(Set.of(), host.wired);
    }

    @Test
    void aFailedCreateLeavesNothing() throws Exception {
        Set<String> before = host.files();
        refused(Reason.IMAGE_NOT_FOUND,
                () -> containers.create(Samples.options("{\"image\":\"absent\"}")));
        refused(Reason.INVALID_OPTION, () -> containers.create(Samples.options(
                "{\"image\":\"i\",\"args\":[\"sleep\"],\"user\":\"nobody-here\"}")));
        refused(Reason.INVALID_OPTION, () -> containers.create(options("web", "[]")));
        assertEquals(before, host.files());
        containers.create(options("web", "[\"sleep\"]"));
    }

    @Test
    void withRmItIsGoneOnceReadAndEnded() throws Exception {
        Set<String> before = host.files();
        ContainerRecord record = containers.create(passing("[\"echo\",\"bye\"]"));
        Session session = containers.attach(record.id());
        containers.start(record.id());
        session.ended().join();
        assertEquals("bye\n", read(session));
        session.close();
        session.settled().join();
        assertEquals(before, host.files());
        ContainerRecord failing = containers.create(passing("[\"missing\"]"));
        refused(Reason.COMMAND_NOT_FOUND, () -> containers.start(failing.id()));
        refused(Reason.NOT_FOUND, () -> containers.get(failing.id()));
        assertEquals(before, host.files());
    }

    @Test
    void outOfMemoryIsReportedAsSuch() throws Exception {
        ContainerRecord record = containers.create(options("web", "[\"sleep\"]"));
        host.oomKilled.add("/jctl/" + record.id());
        containers.start("web");
        containers.kill("web", "");
        assertTrue(containers.ended("web").join().oomKilled());
    }

    @Test
    void furtherProcessesHaveTheirOwnInputAndOutput() throws Exception {
        refused(Reason.NOT_FOUND, () -> exec("cat"));
        containers.create(options("web", "[\"sleep\"]"));
        refused(Reason.NOT_RUNNING, () -> exec("cat"));
        containers.start("web");
        Set<String> before = host.files();
        Session cat = exec("cat");
        cat.writeInput(ByteBuffer.wrap("meow".getBytes(StandardCharsets.UTF_8)));
        cat.closeInput();
        assertEquals("meow", read(cat));
        cat.close();
        refused(Reason.COMMAND_NOT_FOUND, () -> exec("missing"));
        containers.remove("web", true);
        assertTrue(before.size() > host.files().size());
    }

    private Session exec(String program) throws ContainerException, IOException {
        return containers.exec("web", new ExecOptions(List.of(program), false, true, List.of(), "",
                "", false), TerminalSize.UNKNOWN);
    }

    @Test
    void aSuccessorGoesOnWhereTheDaemonWasKilled() throws Exception {
        containers.create(options("runs", "[\"sleep\"]"));
        containers.create(options("ends", "[\"sleep\"]"));
        containers.create(options("idle", "[\"sleep\"]"));
        int pid = containers.start("runs").run().orElseThrow().pid();
        containers.start("ends");
        Containers next = host.daemon();
        assertEquals(pid, next.get("runs").run().orElseThrow().pid());
        assertEquals(ContainerState.RUNNING, next.get("ends").state());
        next.kill("ends", "TERM");
        assertEquals(143, next.ended("ends").join().code());
        assertEquals(ContainerState.CREATED, next.get("idle").state());
        assertEquals(143, host.daemon().ended("ends").join().code());
    }

    @Test
    void aStartThatWasNotNotedIsNotedBySuccessor() throws Exception {
        ContainerRecord record = containers.create(options("web", "[\"sleep\"]"));
        byte[] created = Files.readAllBytes(containers.folders(record.id()).state());
        containers.start("web");
        Files.write(containers.folders(record.id()).state(), created);
        Containers next = host.daemon();
        assertEquals(ContainerState.RUNNING, next.get("web").state());
        next.remove("web", true);
        assertEquals(0, host.world.alive());
    }

    @Test
    void afterARebootEverythingHasEnded() throws Exception {
        containers.create(options("web", "[\"sleep\"]"));
        containers.start("web");
        ContainerRecord passing = containers.create(passing("[\"sleep\"]"));
        containers.start(passing.id());
        host.world.reboot();
        Containers next = host.daemon();
        assertEquals(255, next.ended("web").join().code());
        next.start("web");
        assertEquals(ContainerState.RUNNING, next.get("web").state());
    }

    @Test
    void whatBelongsToNoContainerIsKilledAndRemoved() throws Exception {
        ContainerRecord record = containers.create(options("web", "[\"sleep\"]"));
        containers.start("web");
        FolderRemoval.remove(containers.folders(record.id()).data());
        Containers next = host.daemon();
        assertEquals(List.of(), next.list());
        assertEquals(0, host.world.alive());
        assertFalse(Files.exists(next.folders(record.id()).run()));
        assertEquals(Set.of(), host.wired);
    }

    @Test
    void manyOperationsAtOnceDoNotMix() throws Exception {
        containers.create(options("web", "[\"sleep\"]"));
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < 40; number++) {
            boolean starts = number % 2 == 0;
            threads.add(Thread.startVirtualThread(() -> {
                try {
                    if (starts) {
                        containers.start("web");
                    } else {
                        containers.stop("web", OptionalInt.of(1), "");
                    }
                } catch (ContainerException | IOException | InterruptedException failure) {
                    host.journal.add(failure.toString());
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        containers.remove("web", true);
        assertEquals(List.of(), host.journal);
        assertEquals(0, host.world.alive());
    }

    private static ContainerOptions mounting(String name, String mounts) {
        return Samples.options("{\"image\":\"i\",\"name\":\"" + name
                + "\",\"args\":[\"sleep\"],\"mounts\":" + mounts + "}");
    }

    @Test
    void volumesAreClaimedFilledAndReleased() throws Exception {
        containers.create(mounting("web", "[{\"kind\":\"VOLUME\",\"source\":\"db\","
                + "\"target\":\"/data/deep\"},{\"kind\":\"VOLUME\",\"target\":\"/data\"}]"));
        ContainerRecord record = containers.get("web");
        assertEquals(List.of("anonymous-1", "db"), record.options().mounts().stream()
                .map(ContainerOptions.MountOption::source).toList());
        assertEquals(List.of("anonymous-1 /data", "db /data/deep"), host.volumes.filled);
        host.volumes.holders.clear();
        containers = host.daemon();
        assertEquals(Set.of("anonymous-1", "db"), host.volumes.holders.keySet());
        containers.remove("web", false, true);
        assertEquals(Map.of("db", Set.of()), host.volumes.holders);
    }

    @Test
    void aContainerThatCannotBeMadeHasNoVolume() throws Exception {
        Set<String> before = host.files();
        refused(Reason.INVALID_OPTION, () -> containers.create(mounting("web",
                "[{\"kind\":\"VOLUME\",\"target\":\"/data\"},"
                + "{\"kind\":\"VOLUME\",\"source\":\"../../etc\",\"target\":\"/x\"}]")));
        assertEquals(Map.of(), host.volumes.holders);
        assertEquals(before, host.files());
    }

    @Test
    void twoMountsDoNotShareAPlace() {
        refused(Reason.INVALID_OPTION, () -> containers.create(mounting("web",
                "[{\"kind\":\"VOLUME\",\"source\":\"one\",\"target\":\"/data\"},"
                + "{\"kind\":\"TMPFS\",\"target\":\"/data/\"}]")));
        assertEquals(Map.of(), host.volumes.holders);
    }

    @Test
    void aMountAboveAnotherComesFirst() throws Exception {
        ContainerRecord record = containers.create(mounting("web",
                "[{\"kind\":\"VOLUME\",\"source\":\"all\",\"target\":\"/etc\"}]"));
        List<String> targets = runtime.spec.SpecParser.parse(Files.readString(
                containers.folders(record.id()).spec())).mounts().stream()
                .map(runtime.spec.Mount::destination).toList();
        assertTrue(targets.indexOf("/etc") < targets.indexOf("/etc/hosts"), targets.toString());
        assertTrue(targets.indexOf("/etc") < targets.indexOf("/etc/resolv.conf"));
    }
}
