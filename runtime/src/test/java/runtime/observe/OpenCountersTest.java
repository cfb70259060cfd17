package runtime.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.Counter;
import runtime.cgroup.Usage;

/** Counters read from files like the kernel's: this process stands for the container's first one. */
class OpenCountersTest {
    @TempDir Path group;
    private final ReadBuffer buffer = new ReadBuffer();
    private OpenCounters counters;

    @BeforeEach
    void open() throws IOException {
        cpu(10);
        write("memory.current", "4096\n");
        write("memory.stat", "inactive_file 96\n");
        write("memory.max", "max\n");
        write("pids.current", "2\n");
        pressure("0.00");
        counters = OpenCounters.open(new CgroupPlace(Map.of(), Optional.of(group.toString()),
                Set.of("memory", "pids", "cpu")), (int) ProcessHandle.current().pid(), true);
    }

    @AfterEach
    void close() {
        counters.close();
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(group.resolve(name), text);
    }

    private void cpu(long micros) throws IOException {
        write("cpu.stat", "usage_usec " + micros + "\n");
    }

    private void pressure(String percent) throws IOException {
        write("cpu.pressure", "some avg10=" + percent + " avg60=0.00 avg300=0.00 total=0\n");
    }

    private OptionalLong read(Counter counter) {
        return counters.read(buffer).get(counter);
    }

    @Test
    void whatIsThereIsRead() {
        Usage usage = counters.read(buffer);
        assertEquals(OptionalLong.of(10_000), usage.get(Counter.CPU_NANOS));
        assertEquals(OptionalLong.of(4000), usage.workingSetBytes());
        assertEquals(OptionalLong.of(2), usage.get(Counter.TASKS));
        assertEquals(OptionalLong.empty(), usage.get(Counter.TASKS_LIMIT), "no such file");
        assertEquals(OptionalLong.of(0), usage.get(Counter.CPU_PRESSURE_HUNDREDTHS));
        assertTrue(usage.get(Counter.NETWORK_RECEIVED_BYTES).isPresent());
        assertTrue(usage.get(Counter.DISK_WRITTEN_BYTES).isPresent());
    }

    @Test
    void whatAContainerDoesIsSeenAtOnce() throws IOException {
        counters.read(buffer);
        cpu(11);
        write("pids.current", "3\n");
        assertEquals(OptionalLong.of(3), read(Counter.TASKS));
    }

    @Test
    void everythingIsSeenAfterTenReadings() throws IOException {
        counters.read(buffer);
        write("pids.current", "4\n");
        write("memory.max", "8192\n");
        for (int i = 0; i < 9; i++) {
            counters.read(buffer);
        }
        Usage usage = counters.read(buffer);
        assertEquals(OptionalLong.of(4), usage.get(Counter.TASKS));
        assertEquals(OptionalLong.of(8192), usage.get(Counter.MEMORY_LIMIT_BYTES));
    }

    @Test
    void pressureIsFollowedForSomeSecondsAfterActivityAndWhileThereIsSome() throws IOException {
        counters.read(buffer);
        cpu(11);
        counters.read(buffer);
        counters.read(buffer);
        pressure("12.00");
        assertEquals(OptionalLong.of(1200), read(Counter.CPU_PRESSURE_HUNDREDTHS));
        for (int i = 0; i < 7; i++) {
            counters.read(buffer);
        }
        pressure("3.00");
        assertEquals(OptionalLong.of(300), read(Counter.CPU_PRESSURE_HUNDREDTHS));
    }

    @Test
    void nothingIsReadOnceItIsClosed() {
        counters.read(buffer);
        counters.close();
        assertEquals(OptionalLong.empty(), read(Counter.CPU_NANOS));
    }
}
