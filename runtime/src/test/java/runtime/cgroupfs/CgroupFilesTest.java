package runtime.cgroupfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.cgroup.CgroupLayout;
import testkit.NeedsKernel;
import testkit.Requires;

/** What is asked of cgroups that come and go. */
class CgroupFilesTest {
    @Test
    void nothingIsReadWhereNothingIs(@TempDir Path folder) throws IOException {
        assertEquals("", CgroupFiles.read(folder.resolve("cgroup.procs")));
        assertEquals(List.of(), CgroupFiles.entries(folder.resolve("gone")));
        Path file = Files.writeString(folder.resolve("file"), "text");
        assertEquals(List.of(), CgroupFiles.entries(file));
        CgroupFiles.remove(folder.resolve("gone"));
    }

    /** The one that notices a container's end and the one that looks for orphans take the same cgroup away. */
    @Test
    @NeedsKernel
    void severalRemoveTheSameCgroup() throws Exception {
        Requires.root();
        CgroupLayout layout = CgroupFiles.layout();
        String name = "/jctl-test-removal-" + ProcessHandle.current().pid();
        Path folder = Path.of(layout.probeFolders(name).getFirst());
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            for (int round = 0; round < 3000; round++) {
                Files.createDirectories(folder.resolve("of-the-container"));
                CyclicBarrier together = new CyclicBarrier(3);
                List<Future<?>> removals = new ArrayList<>();
                for (int each = 0; each < 2; each++) {
                    removals.add(threads.submit(() -> {
                        together.await();
                        CgroupFiles.remove(folder);
                        return null;
                    }));
                }
                Future<String> reader = threads.submit(() -> {
                    together.await();
                    return CgroupFiles.read(folder.resolve("cgroup.procs"));
                });
                for (Future<?> removal : removals) {
                    removal.get();
                }
                assertEquals("", reader.get());
                assertFalse(Files.exists(folder));
            }
        } catch (ExecutionException failure) {
            throw new AssertionError("a removal that meets another fails", failure);
        } finally {
            CgroupFiles.remove(folder);
        }
    }
}
