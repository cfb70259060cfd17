package runtime.node;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import runtime.cgroup.CgroupControl;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.CgroupPlanner;
import runtime.cgroup.CgroupStep;
import runtime.container.ContainerRecord;
import runtime.container.ContainerState;
import runtime.container.HostCgroups;
import runtime.spec.Resources;

/** A container whose processes stand still until this is closed. */
final class Frozen implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Optional<CgroupPlace> place;

    private Frozen(Optional<CgroupPlace> place) {
        this.place = place;
    }

    /** One that is left as it is. */
    static Frozen notAtAll() {
        return new Frozen(Optional.empty());
    }

    /** Stops a container that runs; one that is paused stays so afterwards. */
    static Frozen of(ContainerRecord record, HostCgroups cgroups) throws IOException {
        if (record.state() != ContainerState.RUNNING) {
            return notAtAll();
        }
        CgroupPlace place = place(record, cgroups);
        Optional<CgroupStep.WriteFile> freeze = CgroupControl.freeze(place);
        Optional<String> file = CgroupControl.frozenFile(place);
        if (freeze.isEmpty() || file.isEmpty()) {
            throw Failures.of(api.node.Reason.HOST_LACKS_FEATURE, "container " + record.name()
                    + " cannot be paused: the host has neither cgroup v2 nor v1's freezer; commit with"
                    + " --pause=false", OptionalInt.empty());
        }
        Frozen frozen = new Frozen(Optional.of(place));
        boolean done = false;
        try {
            write(freeze.get());
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!CgroupControl.isFrozen(read(file.get()))) {
                if (System.nanoTime() > deadline) {
                    throw new IOException("container " + record.name() + " does not stand still: a"
                            + " process waits for a device or a file server; commit with"
                            + " --pause=false");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            done = true;
            return frozen;
        } finally {
            if (!done) {
                frozen.close();
            }
        }
    }

    /** Lets one go on that a daemon froze and was killed before it could; whether there was need. */
    static boolean thaw(ContainerRecord record, HostCgroups cgroups) throws IOException {
        CgroupPlace place = place(record, cgroups);
        Optional<String> file = CgroupControl.frozenFile(place);
        if (record.state() != ContainerState.RUNNING || file.isEmpty()
                || !Files.exists(Path.of(file.get()))
                || !CgroupControl.isFrozen(read(file.get()))) {
            return false;
        }
        new Frozen(Optional.of(place)).close();
        return true;
    }

    private static CgroupPlace place(ContainerRecord record, HostCgroups cgroups) {
        String path = cgroups.path(record.id(), record.options().cgroupParent());
        int slash = path.lastIndexOf('/');
        return CgroupPlanner.plan(cgroups.layout(), path.substring(0, slash),
                path.substring(slash + 1), Resources.none()).place();
    }

    private static void write(CgroupStep.WriteFile step) throws IOException {
        Files.writeString(Path.of(step.path()), step.value(), StandardOpenOption.WRITE);
    }

    /** Files of the kernel have no length to go by. */
    private static String read(String file) throws IOException {
        try (InputStream stream = Files.newInputStream(Path.of(file))) {
            return new String(stream.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Override
    public void close() throws IOException {
        if (place.isPresent()) {
            write(CgroupControl.thaw(place.get()).orElseThrow());
        }
    }
}
