package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.cgroup.LimitOptions;
import runtime.container.ContainerOptions.HugetlbLimit;

/** {@code --hugepages}. */
class HugePagesTest {
    private static final LimitOptions.Machine COUNTS = new LimitOptions.Machine(4, true, true, true);
    private static final LimitOptions.Machine DOES_NOT = new LimitOptions.Machine(4, true, false, true);

    @TempDir
    Path folder;

    private void pool(String name, int kept, int more) throws IOException {
        Path pool = Files.createDirectories(folder.resolve(name));
        Files.writeString(pool.resolve("nr_hugepages"), kept + "\n");
        Files.writeString(pool.resolve("nr_overcommit_hugepages"), more + "\n");
    }

    private static ContainerOptions wanting(long pageBytes, long bytes, String more) {
        return Samples.options("{\"mounts\": [{\"kind\": \"HUGE_PAGES\", \"source\": \""
                + pageBytes + "\", \"target\": \"/dev/hugepages\", \"sizeBytes\": " + bytes + "}"
                + more + "]}");
    }

    private ContainerOptions granted(long pageBytes, long bytes, LimitOptions.Machine machine)
            throws ContainerException {
        return new HugePages(folder).granted(wanting(pageBytes, bytes, ""), machine);
    }

    private void refused(String words, long pageBytes, long bytes) {
        ContainerException refusal = assertThrows(ContainerException.class,
                () -> granted(pageBytes, bytes, COUNTS));
        assertTrue(refusal.getMessage().contains(words), refusal.getMessage());
    }

    @Test
    void aLimitGoesWithThePages() throws Exception {
        pool("hugepages-2048kB", 8, 0);
        assertEquals(List.of(new HugetlbLimit(2 << 20, 16 << 20)),
                granted(2 << 20, 16 << 20, COUNTS).limits().hugetlb());
        assertEquals(List.of(), granted(2 << 20, 16 << 20, DOES_NOT).limits().hugetlb());
        assertEquals(List.of(), granted(2 << 20, 0, COUNTS).limits().hugetlb(),
                "as many as there are");
    }

    @Test
    void theUsersOwnLimitStays() throws Exception {
        pool("hugepages-2048kB", 8, 0);
        ContainerOptions both = Samples.options("{\"mounts\": [{\"kind\": \"HUGE_PAGES\","
                + " \"source\": \"2097152\", \"target\": \"/h\", \"sizeBytes\": 4194304}],"
                + " \"limits\": {\"hugetlb\": [{\"pageSizeBytes\": 2097152,"
                + " \"limitBytes\": 2097152}]}}");
        assertEquals(List.of(new HugetlbLimit(2 << 20, 2 << 20)),
                new HugePages(folder).granted(both, COUNTS).limits().hugetlb());
        ContainerOptions none = Samples.options("{}");
        assertSame(none, new HugePages(folder).granted(none, COUNTS));
    }

    @Test
    void whatTheHostDoesNotHaveIsRefused() throws Exception {
        refused("it was built without huge pages (CONFIG_HUGETLBFS)", 2 << 20, 0);
        pool("hugepages-1048576kB", 1, 0);
        pool("hugepages-2048kB", 8, 2);
        refused("the kernel has no pages of 64K; it has pages of 2M, 1G", 64 << 10, 0);
        refused("no whole number of pages of 2M", 2 << 20, 3 << 20);
        refused("the host has 10 pages of 2M, and the container wants 11", 2 << 20, 22 << 20);
        refused("hugepagesz=1G", 1 << 30, 2L << 30);
        granted(2 << 20, 20 << 20, COUNTS);
        ContainerException twice = assertThrows(ContainerException.class,
                () -> new HugePages(folder).granted(wanting(2 << 20, 2 << 20,
                        ", {\"kind\": \"HUGE_PAGES\", \"source\": \"2097152\","
                                + " \"target\": \"/h\"}"), COUNTS));
        assertTrue(twice.getMessage().contains("twice"), twice.getMessage());
    }

    @Test
    void theMountIsOfOneSize() throws Exception {
        assertEquals(List.of("nosuid", "nodev", "rw", "pagesize=1G", "mode=1777", "size=1073741824"),
                HugePages.mount(wanting(1 << 30, 1 << 30, "").mounts().getFirst()).options());
    }
}
