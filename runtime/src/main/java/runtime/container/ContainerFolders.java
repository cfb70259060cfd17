package runtime.container;

import java.nio.file.Path;

/**
 * Where everything of one container lies.
 *
 * @param data {@code D/containers/ID}: survives a reboot
 * @param run  {@code R/containers/ID}: does not
 */
public record ContainerFolders(Path data, Path run) {

    /** The OCI spec, config.json's content. */
    public Path spec() {
        return data.resolve("spec.json");
    }

    /** The record of a container that is to survive a loss of power. */
    public Path state() {
        return data.resolve("state.json");
    }

    /**
     * The record of a container that is removed when it exits: never waited for to reach the disk, since
     * after a loss of power there is nothing to keep of it.
     */
    public Path transientState() {
        return data.resolve("state.transient.json");
    }

    /** There from before the container could write anything until its record is written. */
    public Path unwrittenMark() {
        return data.resolve("unwritten");
    }

    /** What the container changed of its root file system: the overlay's upper folder. */
    public Path upper() {
        return data.resolve("upper");
    }

    /** The overlay's work folder, on the same file system as the upper one. */
    public Path work() {
        return data.resolve("work");
    }

    /** {@code D/volumes/NAME/data}: the files of a volume, this container's or another's. */
    public Path volume(String name) {
        return data.getParent().resolveSibling("volumes").resolve(name).resolve("data");
    }

    /**
     * {@code R/root}: where every keeper mounts its container's root file system, in a mount namespace of
     * its own.
     */
    public Path rootInside() {
        return run.getParent().resolveSibling("root");
    }

    /** Shown as /etc/hosts. */
    public Path hosts() {
        return data.resolve("hosts");
    }

    /** Shown as /etc/resolv.conf. */
    public Path resolvConf() {
        return data.resolve("resolv.conf");
    }

    /** Shown as /etc/hostname. */
    public Path hostname() {
        return data.resolve("hostname");
    }

    /** Holds the files of the log. */
    public Path log() {
        return data.resolve("log");
    }

    /** The file the keeper appends output to. */
    public Path logFile() {
        return log().resolve("output");
    }

    /**
     * The spec of its present run, where that is another than the one it was made with: with devices that plug-ins gave, or other processors.
     * Absent otherwise.
     */
    public Path runSpec() {
        return run.resolve("spec.json");
    }

    /** How it is by its probes; of its present run alone, so that it goes with its end. */
    public Path health() {
        return run.resolve("health.json");
    }

    /** Says how far the log is forwarded. */
    public Path forwarded() {
        return data.resolve("forwarded");
    }

    /** Holds the run folders of further processes. */
    public Path execs() {
        return run.resolve("execs");
    }

    /** The run folder of a further process. */
    public Path exec(String execId) {
        return execs().resolve(execId);
    }
}
