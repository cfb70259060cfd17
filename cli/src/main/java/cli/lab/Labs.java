package cli.lab;

import cli.lab.plan.Fault;
import cli.lab.plan.FaultRules;
import cli.lab.plan.LabDescription;
import cli.lab.plan.LabNames;
import cli.lab.plan.LabPlan;
import cli.lab.plan.LabRefusal;
import cli.lab.plan.LabRequest;
import cli.lab.plan.LabStep;
import cli.lab.plan.VirtualHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import linux.abi.Signal;

/** The labs of this machine, and what can be done to them. Needs root. */
public final class Labs {
    /** Where labs are unless somebody says otherwise. */
    public static final Path USUAL_BASE = LabFolders.USUAL;

    private final LabFolders folders;
    private final List<String> launcher;
    private final Consumer<String> journal;

    /**
     * @param base     the folder of all labs
     * @param launcher the words before {@code agent} that start this very jctl
     * @param journal  hears what will not work, a sentence each
     */
    public Labs(Path base, List<String> launcher, Consumer<String> journal) throws IOException {
        this.folders = LabFolders.at(base);
        this.launcher = List.copyOf(launcher);
        this.journal = journal;
    }

    /** The names of all labs, of half-made ones too. */
    public List<String> names() throws IOException {
        return folders.names();
    }

    /**
     * A lab.
     *
     * @throws LabRefusal if there is none of that name
     */
    public LabDescription find(String name) throws IOException, LabRefusal {
        return folders.read(name);
    }

    /**
     * Makes a lab, and returns once every agent answers. If that fails, nothing of it stays.
     *
     * @throws LabRefusal if it cannot be made as asked
     */
    public LabDescription create(LabRequest request) throws IOException, LabRefusal {
        try (LabLock _ = LabLock.take()) {
            LabDescription lab = request.describe(folders.base(), LabBridge.taken());
            if (folders.exists(lab.name())) {
                throw new LabRefusal("there is a lab " + lab.name() + " already: remove it (jctl lab cluster rm "
                        + lab.name() + "), or choose another --name");
            }
            new LabBridge(lab).checkNames();
            try {
                executor(lab).run(LabPlan.create(lab));
            } catch (IOException failed) {
                undo(lab, failed);
                throw failed;
            }
            return lab;
        }
    }

    private void undo(LabDescription lab, IOException failed) {
        try {
            executor(lab).run(LabPlan.remove(lab));
        } catch (IOException alsoFailed) {
            failed.addSuppressed(alsoFailed);
            journal.accept("some of the lab is left (" + alsoFailed.getMessage() + "): jctl lab cluster rm "
                    + lab.name());
        }
    }

    /**
     * Takes a lab away, however much of it there is.
     *
     * @return false if there was none
     */
    public boolean remove(String name) throws IOException, LabRefusal {
        try (LabLock _ = LabLock.take()) {
            Optional<LabDescription> lab = folders.remains(LabNames.check(name));
            if (lab.isPresent()) {
                executor(lab.get()).run(LabPlan.remove(lab.get()));
            }
            return lab.isPresent();
        }
    }

    /** Adds faults, each in the place of one of the same kind on the same way. */
    public void add(String name, List<Fault> faults) throws IOException, LabRefusal {
        try (LabLock _ = LabLock.take()) {
            LabDescription lab = folders.read(name);
            for (Fault fault : faults) {
                lab = lab.with(fault);
            }
            for (VirtualHost host : lab.hosts()) {
                if (FaultRules.delays(lab, host).size() > FaultRules.MOST_DELAYS) {
                    throw new LabRefusal("what " + host.shortName() + " sends can have at most "
                            + FaultRules.MOST_DELAYS + " different delays: `heal` takes some away");
                }
            }
            apply(lab);
        }
    }

    /** Makes the network between two hosts whole again, in both directions. */
    public void heal(String name, String one, String other) throws IOException, LabRefusal {
        try (LabLock _ = LabLock.take()) {
            LabDescription lab = folders.read(name);
            apply(lab.healed(lab.host(one), lab.host(other)));
        }
    }

    /** Makes the whole network whole again. */
    public void heal(String name) throws IOException, LabRefusal {
        try (LabLock _ = LabLock.take()) {
            apply(folders.read(name).withFaults(List.of()));
        }
    }

    private void apply(LabDescription lab) throws IOException {
        for (VirtualHost host : lab.hosts()) {
            Optional<LabProcess> init = HostProcesses.of(lab, host).init();
            if (init.isPresent()) {
                new LabBridge(lab).applyFaults(host, init.get());
            }
        }
        folders.write(lab);
    }

    /**
     * Sends the agent of a host a signal.
     *
     * @param awaitEnd whether to wait until it has ended
     * @throws LabRefusal if no agent runs
     */
    public void signal(String name, String node, Signal signal, boolean awaitEnd)
            throws IOException, LabRefusal {
        try (LabLock _ = LabLock.take()) {
            LabDescription lab = folders.read(name);
            VirtualHost host = lab.host(node);
            LabProcess agent = HostProcesses.of(lab, host).agent().orElseThrow(() -> new LabRefusal(
                    "no agent runs on " + lab.hostName(host)));
            if (awaitEnd && agent.stopped()) {
                HostProcesses.signal(agent, Signal.SIGCONT);
            }
            if (awaitEnd) {
                HostProcesses.end(agent, signal);
            } else {
                HostProcesses.signal(agent, signal);
            }
        }
    }

    /**
     * Starts the agent of a host that is on and has none.
     *
     * @param agentOptions in place of those it had; empty for the same
     */
    public void start(String name, String node, Optional<List<String>> agentOptions)
            throws IOException, LabRefusal {
        try (LabLock _ = LabLock.take()) {
            LabDescription lab = folders.read(name);
            VirtualHost host = lab.host(node);
            HostProcesses processes = HostProcesses.of(lab, host);
            if (processes.init().isEmpty()) {
                throw new LabRefusal(lab.hostName(host) + " is off: turn it on with `jctl lab cluster power-on`");
            }
            if (processes.agent().isPresent()) {
                throw new LabRefusal("the agent of " + lab.hostName(host) + " runs already");
            }
            if (agentOptions.isPresent()) {
                LabRequest.checkOptions(agentOptions.get());
                host = host.withAgentOptions(agentOptions.get());
                lab = lab.with(host);
                folders.write(lab);
            }
            executor(lab).run(LabPlan.start(host));
        }
    }

    /**
     * Turns a host off and on as a power failure does; what was on its disk is what it begins with.
     *
     * @param off whether it is turned off, which it may be already
     * @param on  whether it is turned on; one that was not turned off must not be on
     */
    public void power(String name, String node, boolean off, boolean on) throws IOException, LabRefusal {
        try (LabLock _ = LabLock.take()) {
            LabDescription lab = folders.read(name);
            VirtualHost host = lab.host(node).powered(on);
            if (!off && HostProcesses.of(lab, host).init().isPresent()) {
                throw new LabRefusal(lab.hostName(host) + " is on already");
            }
            LabDescription changed = lab.with(host);
            // Also before it is turned on: it may have ended by itself, and left the names of its last life.
            List<LabStep> steps = new ArrayList<>(LabPlan.powerOff(host));
            if (on) {
                steps.addAll(LabPlan.powerOn(host));
            }
            folders.write(changed);
            executor(changed).run(steps);
        }
    }

    /**
     * The words that run a program in a host's namespaces, as a child of who says them.
     *
     * @throws IOException if the host is off
     */
    public List<String> entering(String name, String node, List<String> command)
            throws IOException, LabRefusal {
        LabDescription lab = folders.read(name);
        HostProcesses processes = HostProcesses.of(lab, lab.host(node));
        List<String> words = processes.entering(processes.presentInit());
        words.add("--");
        words.addAll(command);
        return words;
    }

    /** The hosts of a lab as they are now. */
    public List<HostView> views(LabDescription lab) throws IOException {
        List<HostView> views = new ArrayList<>();
        for (VirtualHost host : lab.hosts()) {
            HostProcesses processes = HostProcesses.of(lab, host);
            Optional<LabProcess> agent = processes.agent();
            HostView.State state = agent.isPresent()
                    ? agent.get().stopped() ? HostView.State.PAUSED : HostView.State.RUNNING
                    : processes.init().isPresent() ? HostView.State.NO_AGENT : HostView.State.OFF;
            views.add(new HostView(host.shortName(), lab.hostName(host), host.address(), state,
                    agent.map(LabProcess::pid).orElse(0), agent.map(LabProcess::residentBytes).orElse(0L),
                    lab.socket(host), lab.faults().stream().filter(fault -> fault.to() == host.number())
                            .map(Fault::seenByReceiver).toList()));
        }
        return views;
    }

    private LabExecutor executor(LabDescription lab) {
        return new LabExecutor(folders, lab, launcher, journal);
    }
}
