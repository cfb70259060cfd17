package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.NodeGrpc;
import api.node.SessionRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskGuardTest {
    /** Calls that read, or free space, or write nothing that lasts; sessions by what they begin with. */
    private static final Set<String> NOT_WRITING = Set.of("Version", "Info", "ListContainers", "InspectContainer",
            "StopContainer", "KillContainer", "PauseContainer", "UnpauseContainer", "RemoveContainer",
            "WaitContainer", "Logs", "Explain", "ListImages", "InspectImage", "HistoryImage", "RemoveImage",
            "PruneImages", "SaveImage", "PushImage", "StatContainerPath", "CopyFromContainer", "DiffContainer",
            "ExportContainer", "ListVolumes", "InspectVolume", "RemoveVolume", "PruneVolumes", "ExportVolume",
            "ListNetworks", "InspectNetwork", "RemoveNetwork", "DisconnectNetwork", "PruneNetworks",
            "StatsContainers", "TopContainer", "Events", "DiskUsage", "PruneContainers", "ListDevices",
            "TraceNetwork", "ExamineNetworks", "NetworkFlows", "ListResources", "ListVirtualFunctions", "DivideFunction", "ResetFunction", "Run", "Attach", "Exec");

    @TempDir
    private Path folder;
    private final List<String> said = new ArrayList<>();
    private final List<String> told = new ArrayList<>();

    private DiskGuard guard(Path watched) {
        return new DiskGuard(watched, said::add, (type, action, id, attributes) -> told.add(action));
    }

    @Test
    void everyCallIsKnownToWriteOrNot() {
        Set<String> known = new TreeSet<>(NOT_WRITING);
        for (String call : DiskGuard.WRITING) {
            assertTrue(known.add(call), call + " both writes and does not");
        }
        assertTrue(known.remove(SessionRequest.KindCase.RUN.name()), "a session that runs writes");
        assertTrue(known.remove(SessionRequest.KindCase.EXEC.name()), "so does a further process");
        assertTrue(known.remove(DiskGuard.ATTACH_STARTING), "and who starts what he attaches to");
        Set<String> calls = new TreeSet<>();
        NodeGrpc.getServiceDescriptor().getMethods().forEach(each -> calls.add(each.getBareMethodName()));
        assertEquals(calls, known);
    }

    @Test
    void whatWritesIsRefusedAndWhatReadsGoesOn() {
        DiskGuard guard = guard(folder.resolve("gone"));
        StatusRuntimeException refused =
                assertThrows(StatusRuntimeException.class, () -> guard.admit("CreateContainer"));
        assertTrue(refused.getMessage().contains(folder.resolve("gone").toString()), refused.getMessage());
        guard.admit("ListContainers");
        guard.admit("RemoveContainer");
        for (String writing : List.of("RUN", "EXEC", DiskGuard.ATTACH_STARTING)) {
            assertThrows(StatusRuntimeException.class, () -> guard.admit(writing), writing);
        }
        guard.admit("ATTACH");
        assertEquals(List.of("disk_full"), told);
        assertEquals(1, said.size(), said::toString);
    }

    @Test
    void roomIsFoundByItself() throws IOException {
        Path watched = folder.resolve("away");
        DiskGuard guard = guard(watched);
        assertTrue(guard.look().isPresent());
        Files.createDirectory(watched);
        guard.admit("CreateContainer");
        assertEquals(List.of("disk_full", "disk_room"), told);
    }

    @Test
    void aFailedWriteIsBelievedUntilOneSucceeds() throws IOException {
        Path watched = Files.createDirectory(folder.resolve("data"));
        DiskGuard guard = guard(watched);
        // Where the probe is to be, so that it cannot be written.
        Path inTheWay = Files.createDirectories(watched.resolve(".room.tmp/kept")).getParent();
        guard.heed(new IOException("write of x: No space left on device"));
        assertThrows(Exception.class, () -> guard.admit("CreateVolume"));
        Files.delete(inTheWay.resolve("kept"));
        Files.delete(inTheWay);
        guard.admit("CreateVolume");
        assertEquals(List.of("disk_full", "disk_room"), told);
    }

    /** Who hears of it may look himself, and may wait for another who does. */
    @Test
    void aChangeIsToldOutsideOfTheLockAndInOrder() {
        Path watched = folder.resolve("away");
        AtomicReference<DiskGuard> guard = new AtomicReference<>();
        List<String> begun = new ArrayList<>();
        guard.set(new DiskGuard(watched, said::add, (type, action, id, attributes) -> {
            assertFalse(Thread.holdsLock(guard.get()), action);
            begun.add(action);
            if (action.equals("disk_full")) {
                assertTrue(watched.toFile().mkdir());
                assertTrue(guard.get().look().isEmpty());
            }
            told.add(action);
        }));
        guard.get().look();
        assertEquals(List.of("disk_full", "disk_room"), begun);
        assertEquals(begun, told);
    }
}
