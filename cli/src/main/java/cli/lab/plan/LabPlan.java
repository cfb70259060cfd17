package cli.lab.plan;

import java.util.ArrayList;
import java.util.List;

/** What is to be done for a lab, in order. */
public final class LabPlan {
    private LabPlan() {}

    /** Makes all of it. Agents start side by side, and are waited for at the end. */
    public static List<LabStep> create(LabDescription lab) {
        List<LabStep> steps = new ArrayList<>();
        steps.add(new LabStep.WriteDescription("the first thing on disk says what the rest belongs to, so that"
                + " whatever a kill leaves can be taken away"));
        steps.add(new LabStep.MakeBridge("the switch between the hosts; its address is this machine's in the lab"));
        lab.hosts().forEach(host -> steps.addAll(beginning(host)));
        lab.hosts().forEach(host -> steps.add(awaited(host)));
        return List.copyOf(steps);
    }

    /** Turns one host on. */
    public static List<LabStep> powerOn(VirtualHost host) {
        List<LabStep> steps = beginning(host);
        steps.add(awaited(host));
        return List.copyOf(steps);
    }

    /** Starts the agent of a host that is on. */
    public static List<LabStep> start(VirtualHost host) {
        return List.of(started(host), awaited(host));
    }

    private static List<LabStep> beginning(VirtualHost host) {
        return new ArrayList<>(List.of(
                new LabStep.MakeFolders(host, "what the host keeps on its disk, and its /etc/hosts"),
                new LabStep.StartInit(host, "namespaces live as long as a process is in them; the first process"
                        + " of a pid namespace adopts and reaps what others leave, and takes all with it when"
                        + " it is killed, as a power failure does"),
                new LabStep.Furnish(host, "a host has a name of its own, and /sys shows the links of the network"
                        + " namespace it was mounted in"),
                new LabStep.NameNamespace(host, "`ip netns exec` and `nsenter --net` find it by that name"),
                new LabStep.PlugIn(host, "one end of the cable in the bridge, the other, with the address, in the"
                        + " host"),
                new LabStep.ApplyFaults(host, "a cut cable is still cut after a reboot"),
                started(host)));
    }

    private static LabStep started(VirtualHost host) {
        return new LabStep.StartAgent(host, "the node daemon, in the host's namespaces and folders");
    }

    private static LabStep awaited(VirtualHost host) {
        return new LabStep.AwaitAgent(host, "a host is ready when its agent answers");
    }

    /**
     * Turns one host off as a power failure does: nothing is told to end, nothing is written any more. What
     * its disk held stays.
     */
    public static List<LabStep> powerOff(VirtualHost host) {
        return List.of(
                new LabStep.KillAll(host, "the kernel kills every process of a pid namespace whose first process"
                        + " is killed: agent, keepers, containers"),
                new LabStep.UnnameNamespace(host, "the name holds the network namespace, which would live on"),
                new LabStep.Unplug(host, "a namespace is taken apart some time after its last process; the name of"
                        + " the cable is wanted before"),
                new LabStep.DeleteCgroups(host, "the hierarchy is this machine's, and remembers after a reboot that"
                        + " was none for it"),
                new LabStep.DeleteRunFolder(host, "/run is in memory, and lost with the power"));
    }

    /** Takes everything away, whatever there is of it. */
    public static List<LabStep> remove(LabDescription lab) {
        List<LabStep> steps = new ArrayList<>();
        lab.hosts().forEach(host -> steps.addAll(powerOff(host)));
        steps.add(new LabStep.DeleteBridge("no host hangs on it any more"));
        steps.add(new LabStep.DeleteFolder("last, since the description in it says what is to be taken away"));
        return List.copyOf(steps);
    }
}
