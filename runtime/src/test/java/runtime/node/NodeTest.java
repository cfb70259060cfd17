package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.AttachOptions;
import api.node.ContainerState;
import api.node.ContainerSummary;
import api.node.CreateContainerRequest;
import api.node.ExecOptions;
import api.node.InfoRequest;
import api.node.InfoResponse;
import api.node.InspectContainerRequest;
import api.node.KillContainerRequest;
import api.node.ListContainersRequest;
import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.RemoveContainerRequest;
import api.node.RunOptions;
import api.node.SessionRequest;
import api.node.StopContainerRequest;
import api.node.TerminalSize;
import api.node.VersionRequest;
import api.node.StartContainerRequest;
import api.node.WaitContainerRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.launch.HostRoot;
import runtime.registry.RegistrySettings;
import testkit.NeedsKernel;
import testkit.Requires;

/** A daemon with real containers, as its clients see it. */
@NeedsKernel
class NodeTest {
    @TempDir Path temporary;
    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private NodeFolders folders;
    private Node node;
    private TestClient client;

    @BeforeEach
    void open() throws Exception {
        Requires.root();
        folders = new NodeFolders(temporary.resolve("data"), temporary.resolve("run"));
        Path root = HostRoot.make(temporary.resolve("root"), "sh", "cat", "id", "hostname", "ls",
                "sleep", "stty", "head", "echo", "env", "tail", "seq", "touch");
        TestImage.add(folders.data(), "test", root);
        start();
    }

    private void start() throws IOException {
        node = Node.start(new Node.Settings("0.0", folders, RegistrySettings.standard(), true),
                new NoNetwork(), journal::add);
        client = new TestClient(folders.socket());
    }

    @AfterEach
    void close() throws Exception {
        if (node != null) {
            for (ContainerSummary each : list()) {
                client.calls().removeContainer(RemoveContainerRequest.newBuilder()
                        .setContainer(each.getId()).setForce(true).build());
            }
            stop();
            assertFalse(Files.exists(Path.of("/sys/fs/cgroup/memory" + folders.cgroupParent())));
        }
    }

    private void stop() throws Exception {
        client.close();
        node.close();
        node = null;
    }

    private List<ContainerSummary> list() {
        return client.calls().listContainers(ListContainersRequest.newBuilder().setAll(true).build())
                .getContainersList();
    }

    private static CreateContainerRequest.Builder container(String... args) {
        return CreateContainerRequest.newBuilder().setImage("test").setNetworkMode("none")
                .addAllArgs(List.of(args));
    }

    private static CreateContainerRequest.Builder shell(String script) {
        return container("sh", "-c", script);
    }

    @Test
    void aContainerRunsAndSaysSo() throws Exception {
        TestClient.Outcome outcome = client.run(shell(
                "id -u; hostname; echo $FROM; echo oops >&2; exit 5")
                .setHostname("inside").setAutoRemove(true)).finish();
        assertNull(outcome.error());
        assertEquals("0\ninside\nimage\n", outcome.stdout());
        assertEquals("oops\n", outcome.stderr());
        assertEquals(5, outcome.code());
        assertEquals(List.of(), list());
        assertEquals(List.of(), journal);
    }

    @Test
    void whatItChangesIsItsOwn() throws Exception {
        TestClient.Outcome first = client.run(shell("touch /made; ls /made").setName("one")).finish();
        assertEquals("/made\n", first.stdout());
        TestClient.Outcome second = client.run(shell("ls /made").setAutoRemove(true)).finish();
        assertFalse(second.code() == 0);
    }

    @Test
    void inputReachesItAndEnds() throws Exception {
        TestClient.Conversation cat = client.run(container("cat").setInteractive(true));
        cat.input("one\n");
        cat.until("one\n");
        cat.input("two\n");
        cat.until("two\n");
        cat.send(SessionRequest.newBuilder()
                .setCloseStdin(api.node.CloseStdin.getDefaultInstance()));
        assertEquals(0, cat.finish().code());
    }

    @Test
    void aTerminalHasASizeAndIsResized() throws Exception {
        TestClient.Conversation shell = client.run(container("sh").setTty(true).setInteractive(true)
                .addEnv("PS1=>"));
        shell.until(">");
        shell.send(SessionRequest.newBuilder().setResize(
                TerminalSize.newBuilder().setRows(33).setColumns(99)));
        shell.input("stty size\n");
        String output = shell.until(">").stdout();
        assertTrue(output.contains("33 99"), output);
        shell.input("exit 4\n");
        assertEquals(4, shell.finish().code());
    }

    @Test
    void aFailedStartHasTheRightExitCode() throws Exception {
        StatusRuntimeException missing = (StatusRuntimeException)
                client.run(container("no-such-program").setName("m")).finish().error();
        assertEquals(Status.Code.FAILED_PRECONDITION, missing.getStatus().getCode());
        assertEquals("127", missing.getTrailers().get(Failures.EXIT_CODE));
        assertEquals("COMMAND_NOT_FOUND", missing.getTrailers().get(Failures.REASON));
        assertEquals(ContainerState.CREATED, list().getFirst().getState());
        StatusRuntimeException folder = (StatusRuntimeException)
                client.run(container("/etc").setAutoRemove(true)).finish().error();
        assertEquals("126", folder.getTrailers().get(Failures.EXIT_CODE));
        assertEquals(1, list().size());
    }

    @Test
    void errorsSayWhy() {
        assertReason("CONTAINER_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.calls()
                .waitContainer(WaitContainerRequest.newBuilder().setContainer("nobody").build()));
        assertReason("INVALID_OPTION", Status.Code.INVALID_ARGUMENT, () -> client.calls()
                .createContainer(container("sh").addCapAdd("NONSENSE").build())
                .forEachRemaining(reply -> { }));
        assertReason("IMAGE_NOT_FOUND", Status.Code.NOT_FOUND, () -> client.calls()
                .createContainer(container("sh").setImage("absent")
                        .setPullPolicy(api.node.PullPolicy.NEVER).build())
                .forEachRemaining(reply -> { }));
        assertEquals(List.of(), list());
    }

    private void assertReason(String reason, Status.Code code,
            org.junit.jupiter.api.function.Executable call) {
        StatusRuntimeException failure = assertThrows(StatusRuntimeException.class, call);
        assertEquals(code, failure.getStatus().getCode(), failure.getMessage());
        assertEquals(reason, failure.getTrailers().get(Failures.REASON), failure.getMessage());
    }

    @Test
    void furtherProcessesShareTheContainer() throws Exception {
        client.run(container("sleep", "1000").setName("web"), RunOptions.Until.UNTIL_STARTED)
                .finish();
        TestClient.Outcome outcome = client.session(SessionRequest.newBuilder().setExec(
                ExecOptions.newBuilder().setContainer("web").addEnv("A=b")
                        .addArgs("sh").addArgs("-c")
                        .addArgs("echo $$ $A; cat /proc/1/comm; exit 3"))).finish();
        assertNull(outcome.error());
        assertTrue(outcome.stdout().endsWith(" b\nsleep\n"), outcome.stdout());
        assertEquals(3, outcome.code());
        TestClient.Conversation cat = client.session(SessionRequest.newBuilder().setExec(
                ExecOptions.newBuilder().setContainer("web").setInteractive(true).addArgs("cat")));
        cat.input("x\n");
        cat.until("x\n");
        cat.send(SessionRequest.newBuilder().setSignal("TERM"));
        assertEquals(143, cat.finish().code());
    }

    @Test
    void detachingLeavesItRunningAndAttachingFindsIt() throws Exception {
        TestClient.Conversation first = client.run(container("cat").setName("web")
                .setInteractive(true));
        first.input("hello\n");
        first.until("hello\n");
        first.detach();
        assertNull(first.finish().error());
        TestClient.Conversation second = client.session(SessionRequest.newBuilder().setAttach(
                AttachOptions.newBuilder().setContainer("web").setLogs(true)));
        second.until("hello\n");
        second.input("again\n");
        second.until("again\n");
        client.calls().stopContainer(StopContainerRequest.newBuilder().setContainer("web")
                .setTimeoutSeconds(0).build());
        assertEquals(137, second.finish().code());
    }

    @Test
    void aDaemonsEndChangesNothingForItsContainers() throws Exception {
        client.run(shell("echo before; cat; exit 9").setName("web").setInteractive(true),
                RunOptions.Until.UNTIL_STARTED).finish();
        int pid = list().getFirst().getPid();
        stop();
        start();
        assertEquals(pid, list().getFirst().getPid());
        TestClient.Conversation attached = client.session(SessionRequest.newBuilder().setAttach(
                AttachOptions.newBuilder().setContainer("web").setLogs(true)));
        attached.until("before\n");
        attached.input("after\n");
        attached.until("after\n");
        attached.send(SessionRequest.newBuilder()
                .setCloseStdin(api.node.CloseStdin.getDefaultInstance()));
        assertEquals(9, attached.finish().code());
        assertEquals(9, client.calls().waitContainer(
                WaitContainerRequest.newBuilder().setContainer("web").build()).getExit().getCode());
    }

    @Test
    void aLogIsFollowedFromBeforeTheFirstStart() throws Exception {
        client.calls().createContainer(shell("echo one").setName("web").build())
                .forEachRemaining(progress -> { });
        LogsRequest following = LogsRequest.newBuilder().setContainer("web").setFollow(true).build();
        assertFalse(client.calls().logs(following).hasNext());
        var entries = client.calls().logs(following.toBuilder().setAwaitStart(true).build());
        client.calls().startContainer(StartContainerRequest.newBuilder().setContainer("web").build());
        assertEquals("one\n", entries.next().getData().toStringUtf8());
        assertFalse(entries.hasNext());
        client.calls().createContainer(shell("echo two").setName("never").build())
                .forEachRemaining(progress -> { });
        var none = client.calls().logs(following.toBuilder().setContainer("never").setAwaitStart(true).build());
        client.calls().removeContainer(RemoveContainerRequest.newBuilder().setContainer("never").build());
        assertFalse(none.hasNext());
    }

    @Test
    void logsAreKeptAndFollowed() throws Exception {
        client.run(shell("seq 1 1000; cat").setName("web").setInteractive(true),
                RunOptions.Until.UNTIL_STARTED).finish();
        var entries = client.calls().logs(LogsRequest.newBuilder().setContainer("web")
                .setFollow(true).build());
        StringBuilder text = new StringBuilder();
        while (!text.toString().endsWith("\n1000\n")) {
            LogEntry entry = entries.next();
            assertTrue(entry.getUnixNanos() > 0);
            text.append(entry.getData().toStringUtf8());
        }
        client.calls().killContainer(
                KillContainerRequest.newBuilder().setContainer("web").build());
        assertFalse(entries.hasNext());
        StringBuilder tail = new StringBuilder();
        client.calls().logs(LogsRequest.newBuilder().setContainer("web").setTailLines(2).build())
                .forEachRemaining(entry -> tail.append(entry.getData().toStringUtf8()));
        assertEquals("999\n1000\n", tail.toString());
    }

    @Test
    void runningOutOfMemoryIsCalledThat() throws Exception {
        Requires.controller("memory");
        TestClient.Outcome outcome = client.run(shell("tail /dev/zero").setName("web").setResources(
                api.node.Resources.newBuilder().setMemoryLimitBytes(16 << 20)
                        .setMemorySwapLimitBytes(16 << 20))).finish();
        assertEquals(137, outcome.code());
        String json = client.calls().inspectContainer(InspectContainerRequest.newBuilder()
                .setContainer("web").build()).getJson();
        assertTrue(json.contains("\"OOMKilled\" : true"), json);
    }

    @Test
    void everythingIsGoneAfterwards() throws Exception {
        client.run(container("true").setAutoRemove(true)).finish();
        List<String> before = leftovers();
        for (int round = 0; round < 10; round++) {
            client.run(shell("echo $HOSTNAME").setAutoRemove(true)).finish();
        }
        assertEquals(before, leftovers());
    }

    private List<String> leftovers() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path folder : List.of(folders.data().resolve("containers"),
                folders.run().resolve("containers"),
                Path.of("/sys/fs/cgroup/memory" + folders.cgroupParent()))) {
            if (Files.isDirectory(folder)) {
                try (var entries = Files.list(folder)) {
                    entries.filter(Files::isDirectory).map(Path::toString).forEach(found::add);
                }
            }
        }
        return found;
    }

    @Test
    void whatTheDaemonSaysOfItselfAndItsHost() {
        InfoResponse info = client.calls().info(InfoRequest.getDefaultInstance());
        assertEquals(info.getId(), client.calls().info(InfoRequest.getDefaultInstance()).getId());
        assertEquals(36, java.util.UUID.fromString(info.getId()).toString().length());
        assertTrue(info.getLoggingDriversList().contains(info.getLoggingDriver()), info.toString());
        assertEquals(List.of("/etc/cdi", "/var/run/cdi"), info.getDeviceFoldersList());
        assertTrue(info.getTimeUnixNanos() >= info.getVersion().getStartedUnixNanos());
        assertTrue(!info.getSwapLimit() || info.getCgroupControllersList().contains("memory"));
    }

    @Test
    void theSocketIsPrivateAndTheFoldersAreTaken() throws Exception {
        assertEquals("rw-rw----", java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folders.socket())));
        assertEquals("rwx------", java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folders.data().resolve("containers"))));
        IOException second = assertThrows(IOException.class, () -> Node.start(new Node.Settings(
                "0.0", folders, RegistrySettings.standard(), true), new NoNetwork(), journal::add));
        assertTrue(second.getMessage().contains("another jctl agent"), second.getMessage());
        assertEquals("0.0", client.calls().version(VersionRequest.getDefaultInstance())
                .getVersion());
    }
}
