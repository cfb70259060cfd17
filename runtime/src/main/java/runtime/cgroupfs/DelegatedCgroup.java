package runtime.cgroupfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import runtime.cgroup.CgroupControl;
import runtime.cgroup.CgroupLayout;

/**
 * The cgroup of the v2 hierarchy that an ordinary user's agent was started in, if it is delegated to the user, as a
 * service manager does that was asked to (cgroup-v2.rst, "Delegation"). The agent moves to a group within it, since
 * only a cgroup without processes of its own hands controllers on ("No Internal Process Constraint").
 */
public final class DelegatedCgroup {
    /** The group within, which a service manager may start the agent in to begin with. */
    static final String AGENT = "jctl-agent";
    /** Whoever may write these owns the cgroup ("Model of Delegation"). */
    private static final List<String> OWNED = List.of("cgroup.procs", "cgroup.subtree_control");

    private DelegatedCgroup() {}

    /**
     * Takes the cgroup this process is in.
     *
     * @param host the hierarchies as they are mounted
     * @return them as far as they are this process's to use
     */
    public static CgroupLayout take(CgroupLayout host) throws IOException {
        if (host.unifiedMount().isEmpty() || host.ownUnifiedPath().isEmpty()
                || host.ownUnifiedPath().get().startsWith("/..")) {
            return host.undelegated();
        }
        Path own = Path.of(host.unifiedMount().get() + host.ownUnifiedPath().get());
        Path root = own.endsWith(AGENT) ? own.getParent() : own;
        if (!isOwned(root)) {
            return host.undelegated();
        }
        moveWithin(root);
        for (String controller : words(root.resolve("cgroup.controllers"))) {
            try {
                write(root.resolve("cgroup.subtree_control"), "+" + controller);
            } catch (IOException refused) {
                continue; // processes of others are in the cgroup; what is not on is not offered
            }
        }
        return host.delegated(root.toString(),
                String.join(" ", words(root.resolve("cgroup.subtree_control"))));
    }

    private static boolean isOwned(Path root) {
        return Files.isWritable(root)
                && OWNED.stream().allMatch(file -> Files.isWritable(root.resolve(file)));
    }

    /** This process and those of the same user namespace: what holds and connects the namespaces. */
    private static void moveWithin(Path root) throws IOException {
        Path group = Files.createDirectories(root.resolve(AGENT));
        String own = namespace("self");
        for (int pid : CgroupControl.processes(CgroupFiles.read(root.resolve("cgroup.procs")))) {
            if (namespace(Integer.toString(pid)).equals(own)) {
                write(group.resolve("cgroup.procs"), Integer.toString(pid));
            }
        }
    }

    /** The user namespace of a process; empty if it ended, or is none of ours. */
    private static String namespace(String process) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", process, "ns/user")).toString();
        } catch (IOException goneOrForeign) {
            return "";
        }
    }

    private static List<String> words(Path file) throws IOException {
        String text = CgroupFiles.read(file).strip();
        return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
    }

    private static void write(Path file, String text) throws IOException {
        Files.write(file, text.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
    }
}
