package cli.lab.plan;

/** One thing to do for a lab. Each is done or found done already, so that a list of them can be begun again. */
public sealed interface LabStep {
    /** Why. */
    String reason();

    /** Writes the lab's description. */
    record WriteDescription(String reason) implements LabStep {}

    /** Makes the bridge with its address and rules. */
    record MakeBridge(String reason) implements LabStep {}

    /** Deletes them. */
    record DeleteBridge(String reason) implements LabStep {}

    /** Deletes the lab's folder with all that is in it. */
    record DeleteFolder(String reason) implements LabStep {}

    /** What is done for one host. */
    sealed interface OfHost extends LabStep {
        /** Which. */
        VirtualHost host();
    }

    /** Makes its folders and the files it finds under {@code /etc}. */
    record MakeFolders(VirtualHost host, String reason) implements OfHost {}

    /** Starts its first process, in new namespaces. */
    record StartInit(VirtualHost host, String reason) implements OfHost {}

    /** Names it and gives it a view of the file system of its own. */
    record Furnish(VirtualHost host, String reason) implements OfHost {}

    /** Gives its network namespace a name in {@code /run/netns}. */
    record NameNamespace(VirtualHost host, String reason) implements OfHost {}

    /** Joins it to the bridge. */
    record PlugIn(VirtualHost host, String reason) implements OfHost {}

    /** Writes the rules of its faults. */
    record ApplyFaults(VirtualHost host, String reason) implements OfHost {}

    /** Starts its agent. */
    record StartAgent(VirtualHost host, String reason) implements OfHost {}

    /** Waits until its agent answers. */
    record AwaitAgent(VirtualHost host, String reason) implements OfHost {}

    /** Kills all of its processes at once. */
    record KillAll(VirtualHost host, String reason) implements OfHost {}

    /** Takes the name in {@code /run/netns} away. */
    record UnnameNamespace(VirtualHost host, String reason) implements OfHost {}

    /** Deletes its cable. */
    record Unplug(VirtualHost host, String reason) implements OfHost {}

    /** Deletes the cgroups of its containers. */
    record DeleteCgroups(VirtualHost host, String reason) implements OfHost {}

    /** Deletes its run folder. */
    record DeleteRunFolder(VirtualHost host, String reason) implements OfHost {}
}
