package cli.lab;

import cli.lab.plan.AgentWords;
import cli.lab.plan.LabDescription;
import cli.lab.plan.LabStep;
import cli.lab.plan.VirtualHost;
import cli.transport.Connection;
import clusterd.executor.TaskFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import runtime.container.FolderRemoval;
import runtime.node.NodeFolders;

/** Does the steps of a plan, one after the other. */
final class LabExecutor {
    /** Where agents have secrets whose run folder is on a disk. */
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private final LabFolders folders;
    private final LabDescription lab;
    private final LabBridge bridge;
    private final List<String> launcher;
    private final Consumer<String> journal;
    /** The agents started so far, by their host's number. */
    private final Map<Integer, Integer> agents = new HashMap<>();

    /**
     * @param launcher the words before {@code agent} that start this very jctl
     * @param journal  hears what will not work, a sentence each
     */
    LabExecutor(LabFolders folders, LabDescription lab, List<String> launcher, Consumer<String> journal) {
        this.folders = folders;
        this.lab = lab;
        this.bridge = new LabBridge(lab);
        this.launcher = launcher;
        this.journal = journal;
    }

    /** Does them. */
    void run(List<LabStep> steps) throws IOException {
        for (LabStep step : steps) {
            run(step);
        }
    }

    private void run(LabStep step) throws IOException {
        switch (step) {
            case LabStep.WriteDescription _ -> folders.write(lab);
            case LabStep.MakeBridge _ -> bridge.make().forEach(journal);
            case LabStep.DeleteBridge _ -> bridge.remove();
            case LabStep.DeleteFolder _ -> folders.delete(lab);
            case LabStep.OfHost ofHost -> run(ofHost, ofHost.host(), HostProcesses.of(lab, ofHost.host()));
        }
    }

    private void run(LabStep.OfHost step, VirtualHost host, HostProcesses processes) throws IOException {
        switch (step) {
            case LabStep.MakeFolders _ -> Furnishing.writeFiles(lab, host);
            case LabStep.StartInit _ -> processes.startInit();
            case LabStep.Furnish _ -> InsideHost.all(processes.presentInit(), () -> {
                Furnishing.furnish(lab, host);
                return null;
            });
            case LabStep.NameNamespace _ -> NamespaceNames.put(lab.hostName(host), processes.presentInit());
            case LabStep.PlugIn _ -> bridge.plugIn(host, processes.presentInit());
            case LabStep.ApplyFaults _ -> {
                if (lab.faults().stream().anyMatch(fault -> fault.to() == host.number()
                        || fault.from() == host.number())) {
                    bridge.applyFaults(host, processes.presentInit());
                }
            }
            case LabStep.StartAgent _ -> startAgent(host, processes);
            case LabStep.AwaitAgent _ -> awaitAgent(host);
            case LabStep.KillAll _ -> processes.killAll();
            case LabStep.UnnameNamespace _ -> NamespaceNames.remove(lab.hostName(host));
            case LabStep.Unplug _ -> bridge.unplug(host);
            case LabStep.DeleteCgroups _ -> LabCgroups.remove(new NodeFolders(lab.dataFolder(host),
                    lab.runFolder(host)).cgroupParent());
            case LabStep.DeleteRunFolder _ -> {
                FolderRemoval.remove(lab.runFolder(host));
                FolderRemoval.remove(TaskFiles.secretsIn(lab.runFolder(host).resolve("cluster").resolve("tasks"), MEMORY));
            }
        }
    }

    private void startAgent(VirtualHost host, HostProcesses processes) throws IOException {
        List<String> words = new ArrayList<>(launcher);
        words.addAll(AgentWords.of(lab, host));
        agents.put(host.number(), processes.startInside(words, lab.log(host)));
    }

    private void awaitAgent(VirtualHost host) throws IOException {
        int pid = agents.get(host.number());
        Path socket = lab.socket(host);
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (Optional<IOException> refusal = refusal(socket); refusal.isPresent(); refusal = refusal(socket)) {
            if (LabProcess.of(pid).isEmpty()) {
                throw new IOException("the agent of " + lab.hostName(host) + " ended before it answered; "
                        + HostProcesses.tail(lab.log(host)), refusal.get());
            }
            HostProcesses.pause(end, "the agent of " + lab.hostName(host) + " (process " + pid
                    + ") does not answer; " + HostProcesses.tail(lab.log(host)));
        }
    }

    /** Why nobody answers; empty if somebody does. */
    private static Optional<IOException> refusal(Path socket) {
        try (Connection answered = Connection.open(socket)) {
            return answered == null ? Optional.of(new IOException("no connection")) : Optional.empty();
        } catch (IOException notYet) {
            return Optional.of(notYet);
        }
    }
}
