package runtime.container;

import static runtime.container.ContainerException.Reason.NOT_RUNNING;
import static runtime.container.ContainerException.Reason.RUNNING;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;
import runtime.container.ContainerOptions.Limits;
import runtime.spec.ContainerSpec;
import runtime.spec.Resources;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;
import runtime.spec.SpecWriter;

/** What changes a container without starting or ending it: pause, name, limits. */
final class ContainerControl {
    private final Surroundings around;
    private final ContainerIndex index;

    ContainerControl(Surroundings around, ContainerIndex index) {
        this.around = around;
        this.index = index;
    }

    private interface Change {
        void make(ContainerRecord record) throws ContainerException, IOException;
    }

    private static void locked(Container container, Change change)
            throws ContainerException, IOException {
        container.lock().lock();
        try {
            if (container.isGone()) {
                throw new ContainerException(ContainerException.Reason.NOT_FOUND,
                        "no such container: " + container.record().name());
            }
            change.make(container.record());
        } finally {
            container.lock().unlock();
        }
    }

    private String cgroup(ContainerRecord record) {
        return around.cgroups().path(record.id(), record.options().cgroupParent());
    }

    /** Stops its processes where they are. */
    void pause(Container container) throws ContainerException, IOException {
        locked(container, record -> {
            if (record.state() != ContainerState.RUNNING) {
                throw new ContainerException(NOT_RUNNING, "container " + record.name() + " is "
                        + record.state().word() + " and cannot be paused");
            }
            around.cgroups().freeze(cgroup(record));
            boolean done = false;
            try {
                save(container, record.become(ContainerState.PAUSED));
                done = true;
            } finally {
                if (!done) {
                    around.cgroups().thaw(cgroup(record));
                }
            }
            around.events().tell(container.record(), "pause");
        });
    }

    /** Lets them go on. */
    void unpause(Container container) throws ContainerException, IOException {
        locked(container, record -> {
            if (record.state() != ContainerState.PAUSED) {
                throw new ContainerException(NOT_RUNNING, "container " + record.name()
                        + " is not paused");
            }
            thaw(container);
        });
    }

    /** Lets them go on if they stand still: a signal reaches only what runs. */
    void thawIfPaused(Container container) throws IOException {
        container.lock().lock();
        try {
            if (container.record().state() == ContainerState.PAUSED) {
                thaw(container);
            }
        } finally {
            container.lock().unlock();
        }
    }

    private void thaw(Container container) throws IOException {
        ContainerRecord record = container.record();
        around.cgroups().thaw(cgroup(record));
        note(container, record.become(ContainerState.RUNNING));
        around.events().tell(container.record(), "unpause");
    }

    /** What has come to pass is so, also if it cannot be written down. */
    private void note(Container container, ContainerRecord next) {
        container.record(next);
        try {
            around.files().save(next);
        } catch (IOException full) {
            around.journal().say("container " + next.shortId() + ": that it is "
                    + next.state().word() + " now cannot be written down: " + full);
        }
    }

    private void save(Container container, ContainerRecord next) throws IOException {
        around.files().save(next);
        container.record(next);
    }

    /** Someone wants its end: no policy starts it again. A full disk must not keep it alive. */
    void stopping(Container container) {
        container.lock().lock();
        try {
            ContainerRecord record = container.record();
            if (container.isGone() || record.stopRequested()) {
                return;
            }
            ContainerRecord next = record.stopping();
            if (record.state() == ContainerState.RESTARTING) {
                container.cancelRestart();
                next = next.become(ContainerState.EXITED);
            }
            note(container, next);
        } finally {
            container.lock().unlock();
        }
    }

    /** Gives it another name. */
    void rename(Container container, String wanted) throws ContainerException, IOException {
        locked(container, record -> {
            String name = wanted.startsWith("/") ? wanted.substring(1) : wanted;
            if (name.isEmpty()) {
                throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                        "a container's new name cannot be empty");
            }
            if (name.equals(record.name())) {
                throw new ContainerException(ContainerException.Reason.INVALID_OPTION,
                        "container " + record.name() + " has that name already");
            }
            index.reserveName(name, record.id());
            boolean done = false;
            try {
                save(container, record.named(name));
                done = true;
            } finally {
                index.releaseName(done ? record.name() : name);
            }
            try {
                around.network().rename(record.id(), record.name(), name);
            } catch (IOException failure) {
                around.journal().say("container " + record.shortId() + " is found as "
                        + record.name() + " in its networks until its next start: " + failure);
            }
            around.events().tell(container.record(), "rename", "oldName", record.name());
        });
    }

    /**
     * Changes limits and restart policy; what is zero, empty or absent stays.
     *
     * @param restart empty for the present policy
     */
    void update(Container container, Limits changes, String restart)
            throws ContainerException, IOException {
        locked(container, record -> {
            if (record.state() == ContainerState.REMOVING || record.state() == ContainerState.DEAD) {
                throw new ContainerException(RUNNING, "container " + record.name() + " is "
                        + record.state().word() + " and cannot be updated");
            }
            if (!restart.isEmpty()) {
                ContainerCreation.checkRestart(restart, record.options().autoRemove());
            }
            ContainerOptions options = record.options().with(
                    LimitChange.of(record.options().limits(), changes),
                    restart.isEmpty() ? record.options().restart() : restart);
            ContainerSpec spec = spec(container, record);
            Resources current = spec.linux().resources();
            Resources wanted = LimitTranslation.resources(options.limits(), around.machine(),
                    current.devices());
            ContainerSpec changed = spec.withLinux(spec.linux().withResources(wanted));
            SpecCheck.check(changed, options);
            boolean alive = record.state().isAlive();
            if (alive) {
                around.cgroups().update(cgroup(record), current, LimitChange.between(current, wanted));
            }
            boolean done = false;
            try {
                around.files().saveSpec(record,
                        SpecWriter.write(changed).getBytes(StandardCharsets.UTF_8));
                save(container, record.withOptions(options));
                done = true;
            } finally {
                if (!done && alive) {
                    around.cgroups().update(cgroup(record), wanted,
                            LimitChange.between(wanted, current));
                }
            }
            around.events().tell(container.record(), "update");
        });
    }

    private ContainerSpec spec(Container container, ContainerRecord record) throws IOException {
        Optional<ContainerSpec> unwritten = container.unwritten();
        if (unwritten.isPresent()) {
            return unwritten.get();
        }
        ContainerFolders folders = around.files().folders(record.id());
        try {
            return SpecParser.parse(Files.readString(folders.spec()));
        } catch (SpecException damaged) {
            throw new IOException(folders.spec() + " is damaged: " + damaged.getMessage(), damaged);
        }
    }
}
