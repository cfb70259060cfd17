package runtime.container;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import runtime.container.ContainerRecord.Run;
import runtime.launch.Launched;

/**
 * What a daemon does before it serves: takes up every container that still runs, records the end of those
 * that ended without it, finishes what its predecessor began, and clears what belongs to nobody.
 */
final class StartupRepair {
    private final Surroundings around;
    private final ContainerIndex index;
    private final ContainerRuns runs;

    StartupRepair(Surroundings around, ContainerIndex index, ContainerRuns runs) {
        this.around = around;
        this.index = index;
        this.runs = runs;
    }

    void repair() throws IOException {
        ContainerFiles.Found found = around.files().load();
        found.warnings().forEach(around.journal()::say);
        List<Container> containers = new ArrayList<>();
        for (ContainerRecord record : found.records()) {
            Container container = new Container(record, around.files().folders(record.id()));
            index.add(container);
            around.volumes().adopt(record.id(), VolumeMounts.of(record));
            containers.add(container);
        }
        // Each waits for the kernel more than it computes, and knows nothing of the others.
        containers.parallelStream().forEach(this::takeUp);
        removeOrphans();
        Set<String> alive = index.all().stream().filter(StartupRepair::isOrComesToLife)
                .map(Container::id).collect(Collectors.toSet());
        around.cgroups().reconcile(alive).forEach(around.journal()::say);
        around.network().reconcile(alive).forEach(around.journal()::say);
        around.plugins().reconcile(alive);
        try {
            new SharedProcessors(around, index).spread();
        } catch (IOException stays) {
            around.journal().say(stays.getMessage());
        }
        containers.forEach(this::restart);
    }

    /** One that ended since it was taken up may be started again at any moment. */
    private static boolean isOrComesToLife(Container container) {
        container.lock().lock();
        try {
            return container.launched() != null || container.isRestartPlanned();
        } finally {
            container.lock().unlock();
        }
    }

    /** What was to run and does not, since the host or the daemon went down, is started again. */
    private void restart(Container container) {
        container.lock().lock();
        try {
            ContainerRecord record = container.record();
            if (!container.isGone() && container.launched() == null
                    && !container.isRestartPlanned()
                    && RestartDecision.atStartUp(record.options().restartPolicy(), record)
                            instanceof RestartDecision.Restart(java.time.Duration delay)) {
                runs.restartLater(container, delay);
            }
        } finally {
            container.lock().unlock();
        }
    }

    private void takeUp(Container container) {
        container.lock().lock();
        try {
            ContainerRecord record = container.record();
            Path runFolder = around.files().folders(record.id()).run();
            Optional<Launched> adopted = Files.isDirectory(runFolder)
                    ? around.launcher().adopt(runFolder) : Optional.empty();
            if (adopted.isPresent() && isRun(record, adopted.get())) {
                if (!record.state().isAlive()) {
                    // The daemon died between the start and its note of it.
                    record = record.running(new Run(adopted.get().pid(), startOf(runFolder),
                            List.of(), Optional.empty()));
                    around.files().save(record);
                    container.record(record);
                }
                notePause(container);
                runs.watch(container, adopted.get());
                adoptExecs(around.files().folders(record.id()));
                return;
            }
            adopted.ifPresent(launched -> runs.kill(container.record(), launched));
            if (record.state().isAlive()) {
                runs.watch(container, new LostProcess(record.run().orElseThrow().pid()));
                return;
            }
            if (Files.exists(runFolder)) {
                runs.cleanUp(record, Optional.empty());
                runs.removeRunFolder(record);
            }
            if (record.options().autoRemove()) {
                runs.remove(container);
            } else if (record.run().isPresent()) {
                runs.forwardRest(container);
            }
        } catch (IOException failure) {
            around.journal().say("container " + container.record().shortId()
                    + " cannot be repaired: " + failure);
        } finally {
            container.lock().unlock();
        }
    }

    /**
     * A daemon may have died between the end of a pause and its note of it, or while it had a container
     * stand still that is not paused: one being paused, or committed.
     */
    private void notePause(Container container) throws IOException {
        ContainerRecord record = container.record();
        String cgroup = around.cgroups().path(record.id(), record.options().cgroupParent());
        boolean frozen = around.cgroups().isFrozen(cgroup);
        if (record.state() == ContainerState.PAUSED && !frozen) {
            container.record(record.become(ContainerState.RUNNING));
            around.files().save(container.record());
        } else if (record.state() == ContainerState.RUNNING && frozen) {
            around.cgroups().thaw(cgroup);
            around.journal().say("container " + record.shortId()
                    + " stood still without being paused and goes on");
        }
    }

    /** Whether the process is one whose end is still to be recorded. */
    private static boolean isRun(ContainerRecord record, Launched launched) {
        return switch (launched.phase()) {
            case CREATING, CREATED, FAILED -> false;
            case RUNNING -> true;
            case EXITED -> record.state().isAlive() || !isRecorded(record, launched);
        };
    }

    private static boolean isRecorded(ContainerRecord record, Launched launched) {
        Instant finished = launched.exit().join().finishedAt();
        return record.run().flatMap(Run::exit)
                .filter(exit -> exit.finishedAt().equals(finished)).isPresent();
    }

    private static Instant startOf(Path runFolder) throws IOException {
        return Files.getLastModifiedTime(runFolder).toInstant();
    }

    /** Further processes go on without a client; their folders go when they end. */
    private void adoptExecs(ContainerFolders folders) throws IOException {
        for (Path folder : entries(folders.execs())) {
            Path log = folders.data().resolve("execs").resolve(folder.getFileName());
            Optional<Launched> launched = around.launcher().adopt(folder);
            if (launched.isEmpty()) {
                removeExec(folder, log);
                continue;
            }
            launched.get().exit().whenComplete((exit, lost) -> Thread.startVirtualThread(() -> {
                launched.get().close();
                removeExec(folder, log);
            }));
        }
    }

    private void removeExec(Path runFolder, Path logFolder) {
        try {
            FolderRemoval.remove(runFolder);
            FolderRemoval.remove(logFolder);
        } catch (IOException failure) {
            around.journal().say(runFolder + " is left behind: " + failure);
        }
    }

    private void removeOrphans() throws IOException {
        Set<String> known =
                index.all().stream().map(Container::id).collect(Collectors.toSet());
        for (Path folder : entries(around.files().runFolders())) {
            if (known.contains(folder.getFileName().toString())) {
                continue;
            }
            around.launcher().adopt(folder).ifPresent(launched -> {
                try (launched) {
                    launched.signal(linux.abi.Signal.SIGKILL.number());
                    launched.exit().orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join();
                } catch (IOException | java.util.concurrent.CompletionException failure) {
                    around.journal().say("process " + launched.pid() + " of " + folder
                            + " cannot be killed: " + failure);
                }
            });
            FolderRemoval.remove(folder);
            around.journal().say("removed " + folder + ", which belonged to no container");
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
                stream.forEach(entries::add);
            }
        }
        return entries;
    }
}
