package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.Chunk;
import api.node.CommitContainerRequest;
import api.node.ContainerState;
import api.node.CopyFromContainerRequest;
import api.node.CopyToContainerRequest;
import api.node.CopyToContainerResponse;
import api.node.CopyToOptions;
import api.node.CreateContainerRequest;
import api.node.CreateVolumeRequest;
import api.node.DiffContainerReply;
import api.node.DiffContainerRequest;
import api.node.ExportContainerRequest;
import api.node.InspectContainerRequest;
import api.node.ListContainersRequest;
import api.node.ListVolumesRequest;
import api.node.Mount;
import api.node.Reason;
import api.node.RemoveContainerRequest;
import api.node.RemoveVolumeRequest;
import api.node.RunOptions;
import api.node.StartContainerRequest;
import api.node.StatContainerPathRequest;
import api.node.StopContainerRequest;
import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.image.TarEntry;
import runtime.launch.HostRoot;
import runtime.registry.RegistrySettings;
import runtime.store.TarReader;
import runtime.store.TarWriter;
import testkit.NeedsKernel;
import testkit.Requires;

/** Files of real containers, and volumes, as a daemon's clients see them. */
@NeedsKernel
class NodeFilesTest {
    @TempDir Path temporary;
    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private NodeFolders folders;
    private Node node;
    private TestClient client;

    @BeforeEach
    void open() throws Exception {
        Requires.root();
        folders = new NodeFolders(temporary.resolve("data"), temporary.resolve("run"));
        Path root = HostRoot.make(temporary.resolve("root"), "sh", "cat", "ls", "sleep", "touch",
                "rm", "stat", "mkdir");
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
            client.calls().listContainers(ListContainersRequest.newBuilder().setAll(true).build())
                    .getContainersList().forEach(each -> client.calls().removeContainer(
                            RemoveContainerRequest.newBuilder().setContainer(each.getId())
                                    .setForce(true).build()));
            stop();
        }
    }

    private void stop() throws Exception {
        client.close();
        node.close();
        node = null;
    }

    private static CreateContainerRequest.Builder container(String... args) {
        return CreateContainerRequest.newBuilder().setImage("test").setNetworkMode("none")
                .addAllArgs(List.of(args));
    }

    private void running(String name, CreateContainerRequest.Builder container) throws Exception {
        TestClient.Outcome outcome = client.run(container.setName(name),
                RunOptions.Until.UNTIL_STARTED).finish();
        assertEquals(null, outcome.error());
    }

    private static byte[] tar(String name, String content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] data = content.getBytes(StandardCharsets.UTF_8);
        try (TarWriter tar = new TarWriter(bytes)) {
            tar.write(new TarEntry(TarEntry.Kind.FILE, name.getBytes(StandardCharsets.UTF_8),
                    new byte[0], 0640, 1000, 1000, data.length, data.length, 1000, 0, 0, 0,
                    Map.of(), Optional.empty()), new ByteArrayInputStream(data));
        }
        return bytes.toByteArray();
    }

    private static List<String> names(Iterator<Chunk> chunks) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (chunks.hasNext()) {
            chunks.next().getData().writeTo(bytes);
        }
        List<String> names = new ArrayList<>();
        TarReader tar = new TarReader(new ByteArrayInputStream(bytes.toByteArray()));
        for (Optional<TarEntry> next = tar.next(); next.isPresent(); next = tar.next()) {
            names.add(new String(next.get().name(), StandardCharsets.UTF_8) + " "
                    + next.get().userId());
        }
        return names;
    }

    private CopyToContainerResponse copyTo(String container, String path, boolean keep,
            byte[] archive) throws Exception {
        return client.upload(CopyToContainerRequest.newBuilder().setOptions(
                CopyToOptions.newBuilder().setContainer(container).setPath(path)
                        .setKeepOwners(keep)).build(), CopyToContainerRequest.newBuilder()
                .setData(ByteString.copyFrom(archive)).build());
    }

    private static Reason reason(StatusRuntimeException failure) {
        return Reason.valueOf(failure.getTrailers().get(Failures.REASON));
    }

    private String output(String container, String... args) throws Exception {
        return client.session(api.node.SessionRequest.newBuilder().setExec(
                api.node.ExecOptions.newBuilder().setContainer(container)
                        .addAllArgs(List.of(args)))).finish().stdout();
    }

    @Test
    void filesGoInAndComeOut() throws Exception {
        running("box", container("sleep", "1000"));
        copyTo("box", "/", false, tar("plain", "hello"));
        copyTo("box", "/", true, tar("kept", "hello"));
        assertEquals("0 1000\n", output("box", "stat", "-c", "%u", "/plain").strip() + " "
                + output("box", "stat", "-c", "%u", "/kept"));
        assertEquals("hello", output("box", "cat", "/plain"));
        copyTo("box", "/etc", false, tar("hosts", "10.0.0.1 mine"));
        assertEquals("10.0.0.1 mine", output("box", "cat", "/etc/hosts"));
        assertEquals("0 " + "0\n", output("box", "stat", "-c", "%u %g", "/etc/hosts"));
        assertEquals(List.of("kept 1000"), names(client.calls().copyFromContainer(
                CopyFromContainerRequest.newBuilder().setContainer("box").setPath("/kept")
                        .build())));
        assertEquals(5, client.calls().statContainerPath(StatContainerPathRequest.newBuilder()
                .setContainer("box").setPath("plain").build()).getSizeBytes());
        assertEquals(List.of(), journal);
    }

    @Test
    void whatIsWrongIsSaid() throws Exception {
        running("box", container("sleep", "1000"));
        assertEquals(Reason.PATH_NOT_FOUND, reason(assertThrows(StatusRuntimeException.class,
                () -> client.calls().statContainerPath(StatContainerPathRequest.newBuilder()
                        .setContainer("box").setPath("/absent").build()))));
        assertEquals(Reason.CONTAINER_NOT_FOUND, reason(assertThrows(
                StatusRuntimeException.class, () -> client.calls().statContainerPath(
                        StatContainerPathRequest.newBuilder().setContainer("absent")
                                .setPath("/").build()))));
        assertEquals(Reason.PATH_NOT_FOUND, reason(assertThrows(StatusRuntimeException.class,
                () -> copyTo("box", "/absent", false, tar("f", "x")))));
        assertEquals(Reason.PATH_UNFIT, reason(assertThrows(StatusRuntimeException.class,
                () -> copyTo("box", "/", false, tar("etc", "x")))));
        assertEquals(Reason.BAD_ARCHIVE, reason(assertThrows(StatusRuntimeException.class,
                () -> copyTo("box", "/", false, tar("../f", "x")))));
        assertEquals(Reason.PATH_UNFIT, reason(assertThrows(StatusRuntimeException.class,
                () -> copyTo("box", "/proc/1", false, tar("f", "x")))));
    }

    @Test
    void changesAreToldExportedAndCommitted() throws Exception {
        running("box", container("sh", "-c", "touch /made; rm /bin/rm; sleep 1000 & wait"));
        while (output("box", "ls", "/bin").contains("rm\n")) {
            Thread.onSpinWait();
        }
        List<String> changes = new ArrayList<>();
        Iterator<DiffContainerReply> diff = client.calls().diffContainer(
                DiffContainerRequest.newBuilder().setContainer("box").build());
        while (diff.hasNext()) {
            diff.next().getChangesList().forEach(each ->
                    changes.add(each.getKind() + " " + each.getPath().toStringUtf8()));
        }
        assertTrue(changes.contains("ADDED /made"), changes.toString());
        assertTrue(changes.stream().anyMatch(each -> each.matches("DELETED (/usr)?/bin/rm")),
                changes.toString());
        List<String> exported = names(client.calls().exportContainer(
                ExportContainerRequest.newBuilder().setContainer("box").build()));
        assertTrue(exported.contains("made 0"), exported.toString());
        assertFalse(exported.stream().anyMatch(each -> each.matches("(usr/)?bin/rm 0")
                || each.startsWith("proc/1")), exported.toString());
        client.calls().commitContainer(CommitContainerRequest.newBuilder().setContainer("box")
                .setReference("made").addChanges("CMD [\"ls\", \"/made\"]").build());
        assertEquals(ContainerState.RUNNING, client.calls().inspectContainer(
                InspectContainerRequest.newBuilder().setContainer("box").build()).getSummary()
                .getState());
        assertEquals("/made\n", client.run(CreateContainerRequest.newBuilder().setImage("made")
                .setNetworkMode("none").setAutoRemove(true)).finish().stdout());
        assertFalse(client.run(container("rm", "--version").setImage("made").setAutoRemove(true))
                .finish().error() == null);
    }

    @Test
    void whatIsCopiedToAStoppedContainerIsThereWhenItStarts() throws Exception {
        client.calls().createVolume(CreateVolumeRequest.newBuilder().setName("db").build());
        running("box", container("sleep", "1000").addMounts(Mount.newBuilder()
                .setKind(Mount.Kind.VOLUME).setSource("db").setTarget("/data")));
        client.calls().stopContainer(StopContainerRequest.newBuilder().setContainer("box")
                .setTimeoutSeconds(0).build());
        copyTo("box", "/", false, tar("late", "r"));
        copyTo("box", "/data", false, tar("volume", "v"));
        assertEquals("v", Files.readString(folders.data().resolve("volumes/db/data/volume")));
        stop();
        start();
        client.calls().startContainer(
                StartContainerRequest.newBuilder().setContainer("box").build());
        assertEquals("rv", output("box", "cat", "/late", "/data/volume"));
        assertEquals("0\n", output("box", "stat", "-c", "%u", "/data/volume"));
        assertEquals(Reason.VOLUME_IN_USE, reason(assertThrows(StatusRuntimeException.class,
                () -> client.calls().removeVolume(
                        RemoveVolumeRequest.newBuilder().setVolume("db").build()))));
        assertEquals(List.of("box"), client.calls().listVolumes(
                ListVolumesRequest.getDefaultInstance()).getVolumes(0).getContainersList());
    }

    /** {@code struct vfs_cap_data} of revision 2: cap_net_raw, effective and permitted. */
    private static final byte[] NET_RAW = java.util.HexFormat.of().parseHex(
            "0100000200200000000000000000000000000000");

    private static byte[] capableTar() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarWriter tar = new TarWriter(bytes)) {
            tar.write(new TarEntry(TarEntry.Kind.FILE, "ping".getBytes(StandardCharsets.UTF_8),
                    new byte[0], 0755, 0, 0, 2, 2, 1000, 0, 0, 0,
                    Map.of("security.capability", NET_RAW), Optional.empty()),
                    new ByteArrayInputStream(new byte[] {'x', '\n'}));
        }
        return bytes.toByteArray();
    }

    private Optional<byte[]> capabilityOf(String path) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Iterator<Chunk> chunks = client.calls().copyFromContainer(
                CopyFromContainerRequest.newBuilder().setContainer("box").setPath(path).build());
        while (chunks.hasNext()) {
            chunks.next().getData().writeTo(bytes);
        }
        return Optional.ofNullable(new TarReader(new ByteArrayInputStream(bytes.toByteArray()))
                .next().orElseThrow().attributes().get("security.capability"));
    }

    @Test
    void capabilitiesGoWithTheirOwnerAndCountInTheContainerAlone() throws Exception {
        running("box", container("sleep", "1000"));
        copyTo("box", "/tmp", true, capableTar());
        assertEquals(java.util.HexFormat.of().formatHex(NET_RAW),
                java.util.HexFormat.of().formatHex(capabilityOf("/tmp/ping").orElseThrow()));
        int pid = client.calls().inspectContainer(InspectContainerRequest.newBuilder()
                .setContainer("box").build()).getSummary().getPid();
        byte[] held = linux.syscall.Files.lgetxattr(linux.abi.FileFlags.AT_FDCWD,
                linux.syscall.Files.name("/proc/" + pid + "/root/tmp/ping"),
                linux.syscall.Files.name("security.capability")).orElseThrow();
        assertEquals(24, held.length, "with the container's own root");
        assertEquals(3, held[3]);
        copyTo("box", "/root", false, capableTar());
        assertEquals(Optional.empty(), capabilityOf("/root/ping"));
    }

    @Test
    void aSlowReaderKeepsNobodyFromTheContainer() throws Exception {
        client.calls().createContainer(container("sleep", "1000").setName("box").build())
                .forEachRemaining(reply -> { });
        for (int number = 0; number < 6; number++) {
            copyTo("box", "/", false, tar("large" + number, "x".repeat(3_000_000)));
        }
        Iterator<Chunk> slow = client.calls().exportContainer(
                ExportContainerRequest.newBuilder().setContainer("box").build());
        assertTrue(slow.hasNext());
        client.calls().startContainer(StartContainerRequest.newBuilder().setContainer("box").build());
        assertTrue(names(slow).contains("large5 0"));
        client.calls().stopContainer(StopContainerRequest.newBuilder().setContainer("box")
                .setTimeoutSeconds(0).build());
        slow = client.calls().exportContainer(
                ExportContainerRequest.newBuilder().setContainer("box").build());
        assertTrue(slow.hasNext());
        client.calls().removeContainer(
                RemoveContainerRequest.newBuilder().setContainer("box").build());
    }
}
