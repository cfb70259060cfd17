package runtime.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import runtime.cgroup.Counter;
import runtime.cgroup.Usage;
import runtime.container.ContainerRecord;
import runtime.container.ContainerState;

@Timeout(60)
class SamplerTest {
    private final List<ContainerRecord> records = Collections.synchronizedList(new ArrayList<>());
    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private final AtomicLong open = new AtomicLong();
    private final AtomicLong readings = new AtomicLong();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean fails;
    private final Sampler sampler = new Sampler(() -> List.copyOf(records), this::open,
            journal::add, TimeUnit.MILLISECONDS.toNanos(1));

    private Sampler.Counters open(ContainerRecord running) throws IOException {
        if (fails) {
            throw new IOException("too many open files");
        }
        open.incrementAndGet();
        return new Sampler.Counters() {
            @Override
            public Usage read(ReadBuffer buffer) {
                long[] row = Usage.emptyRow();
                row[Counter.CPU_NANOS.ordinal()] = readings.incrementAndGet();
                return Usage.of(row);
            }

            @Override
            public void close() {
                open.decrementAndGet();
                closed.countDown();
            }
        };
    }

    private static String id(int number) {
        return String.format("%064x", number);
    }

    private static ContainerRecord record(int number, ContainerState state) {
        return new ContainerRecord(id(number), "c" + number, "sha256:1", List.of(), List.of(),
                Map.of(), 15, OptionalLong.empty(), runtime.container.ObservedSamples.options(),
                Instant.EPOCH, state, Optional.of(new ContainerRecord.Run(
                        number, Instant.EPOCH, List.of(), Optional.empty())), "", 0, false, 0,
                Optional.empty());
    }

    @AfterEach
    void end() {
        sampler.close();
    }

    @Test
    void runningContainersAreRead() throws Exception {
        records.add(record(1, ContainerState.RUNNING));
        records.add(record(2, ContainerState.PAUSED));
        records.add(record(3, ContainerState.EXITED));
        try (Sampler.Watch watch = sampler.watch(Set.of())) {
            Sampler.Tick tick = watch.next(0);
            assertEquals(Set.of(id(1), id(2)), tick.usages().keySet());
            assertTrue(watch.next(tick.number()).number() > tick.number());
        }
    }

    @Test
    void onlyThoseSomebodyWantsAreRead() throws Exception {
        records.add(record(1, ContainerState.RUNNING));
        records.add(record(2, ContainerState.RUNNING));
        try (Sampler.Watch watch = sampler.watch(Set.of(id(2)))) {
            assertEquals(Set.of(id(2)), watch.next(0).usages().keySet());
        }
    }

    @Test
    void aSlowWatcherGetsTheNewestReading() throws Exception {
        records.add(record(1, ContainerState.RUNNING));
        try (Sampler.Watch slow = sampler.watch(Set.of());
                Sampler.Watch quick = sampler.watch(Set.of())) {
            long first = slow.next(0).number();
            long seen = first;
            for (int i = 0; i < 5; i++) {
                seen = quick.next(seen).number();
            }
            assertTrue(slow.next(first).number() >= seen);
        }
    }

    @Test
    void nothingStaysOpenWhenNobodyWatches() throws Exception {
        records.add(record(1, ContainerState.RUNNING));
        try (Sampler.Watch watch = sampler.watch(Set.of())) {
            assertNotNull(watch.next(0).usages().get(id(1)));
        }
        assertTrue(closed.await(60, TimeUnit.SECONDS));
        try (Sampler.Watch again = sampler.watch(Set.of())) {
            assertFalse(again.next(0).usages().isEmpty());
        }
    }

    @Test
    void theCountersOfOneThatEndedAreClosed() throws Exception {
        records.add(record(1, ContainerState.RUNNING));
        try (Sampler.Watch watch = sampler.watch(Set.of())) {
            Sampler.Tick tick = watch.next(0);
            records.clear();
            while (!tick.usages().isEmpty()) {
                tick = watch.next(tick.number());
            }
            assertTrue(closed.await(60, TimeUnit.SECONDS));
            assertEquals(0, open.get());
        }
    }

    @Test
    void theEndOfAContainerClosesItsCountersAtOnce() throws Exception {
        records.add(record(1, ContainerState.RUNNING));
        try (Sampler.Watch watch = sampler.watch(Set.of())) {
            watch.next(0);
            records.clear();
            sampler.ended(id(1));
            assertTrue(closed.await(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void whatCannotBeReadIsToldOnceAndTheOthersAreRead() throws Exception {
        fails = true;
        records.add(record(1, ContainerState.RUNNING));
        try (Sampler.Watch watch = sampler.watch(Set.of())) {
            Sampler.Tick tick = watch.next(0);
            tick = watch.next(tick.number());
            assertTrue(tick.usages().isEmpty());
            assertEquals(1, journal.size(), journal.toString());
            fails = false;
            while (tick.usages().isEmpty()) {
                tick = watch.next(tick.number());
            }
            assertEquals(Set.of(id(1)), tick.usages().keySet());
        }
    }

    @Test
    void watchersEndWithTheDaemon() {
        Sampler.Watch watch = sampler.watch(Set.of());
        sampler.close();
        assertThrows(InterruptedException.class, () -> watch.next(Long.MAX_VALUE - 1));
    }
}
