package runtime.oci;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import runtime.cgroup.CgroupPlace;
import runtime.systemd.BusAddress;
import runtime.systemd.BusConnection;
import runtime.systemd.ScopeName;
import runtime.systemd.Systemd;
import runtime.systemd.UnitProperty;

/**
 * Containers as scopes of systemd. What systemd sets in a scope's own cgroup it may set anew at any time;
 * so the container is in a cgroup below, with all its limits, which is left to us ({@code Delegate=}).
 */
final class SystemdScopes {
    /** Where in its scope a container is. */
    static final String CONTAINER = "container";
    /** Where its keeper is meanwhile: v2 wants no process above a cgroup with limits. */
    private static final String KEEPER = "keeper";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Map<String, String> environment;

    /** @param environment which may say where the message bus is */
    SystemdScopes(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * The scope that a spec asks for.
     *
     * @throws OciException if its cgroupsPath names none
     */
    static ScopeName name(Optional<String> cgroupsPath, String id) throws OciException {
        try {
            return ScopeName.parse(cgroupsPath.filter(path -> !path.isEmpty())
                    .orElse(":jrun:" + id), isRoot() ? "system.slice" : "user.slice");
        } catch (IllegalArgumentException | IOException wrong) {
            throw new OciException("linux.cgroupsPath: " + wrong.getMessage(), wrong);
        }
    }

    /**
     * Makes a scope of a process.
     *
     * @param pid of the container's keeper
     * @return where the container is to be, below each hierarchy's root
     * @throws OciException if there is no systemd, or it refuses
     */
    String start(ScopeName name, String id, Map<String, String> annotations, int pid)
            throws OciException {
        try (Systemd systemd = connect()) {
            systemd.startScope(name, "jrun container " + id, pid, UnitProperty.of(annotations));
            String scope = cgroupOf(pid, name);
            leaveScope(scope, pid);
            return scope + "/" + CONTAINER;
        } catch (IllegalArgumentException wrong) {
            throw new OciException(wrong.getMessage(), wrong);
        } catch (IOException refused) {
            throw new OciException("--systemd-cgroup: " + name.unit() + " cannot be made: "
                    + refused.getMessage(), refused);
        }
    }

    private Systemd connect() throws OciException, IOException {
        Path socket = isRoot() ? BusAddress.system(environment) : BusAddress.user(environment);
        try {
            return new Systemd(BusConnection.open(socket, PATIENCE));
        } catch (IOException absent) {
            // podman takes "no such file or directory" for the container's program.
            String why = Files.exists(socket) ? absent.getMessage() : "there is no such socket";
            throw new OciException("--systemd-cgroup: systemd cannot be asked through the message bus at "
                    + socket + " (" + why + "); where it does not run, leave the option"
                    + " out (podman: --cgroup-manager=cgroupfs)", absent);
        }
    }

    /** Root of the host, not of a user namespace: its units are the host's. */
    private static boolean isRoot() throws IOException {
        boolean zero = OciRuntime.ownUserId() == 0;
        String[] words = Files.readString(Path.of("/proc/self/uid_map")).strip().split("\\s+");
        return zero && words.length == 3 && words[0].equals("0") && words[1].equals("0");
    }

    private static String cgroupOf(int pid, ScopeName name) throws IOException {
        String end = "/" + name.unit();
        for (String line : Files.readAllLines(Path.of("/proc", Integer.toString(pid), "cgroup"))) {
            String path = line.split(":", 3)[2];
            if (path.endsWith(end)) {
                return path;
            }
        }
        throw new IOException("systemd says it is there, and process " + pid + " is not in it");
    }

    private static void leaveScope(String scope, int pid) throws IOException {
        Optional<String> unified = HostCgroupFiles.unifiedMount();
        if (unified.isEmpty() || !Files.isDirectory(Path.of(unified.get() + scope))) {
            return;
        }
        Path keeper = Files.createDirectories(Path.of(unified.get() + scope, KEEPER));
        Files.writeString(keeper.resolve("cgroup.procs"), Integer.toString(pid));
    }

    /** The keeper has ended: the container alone is in the scope. */
    static void keeperEnded(CgroupPlace place) throws IOException {
        for (String folder : place.folders()) {
            removeIfEmpty(Path.of(folder).resolveSibling(KEEPER));
        }
    }

    /**
     * Ends a scope whose container is gone.
     *
     * @param place of the container, removed already
     */
    void stop(String unit, CgroupPlace place) throws OciException, IOException {
        for (String folder : place.folders()) {
            removeIfEmpty(Path.of(folder).resolveSibling(KEEPER));
            removeIfEmpty(Path.of(folder).getParent());
        }
        try (Systemd systemd = connect()) {
            systemd.stop(unit);
        }
    }

    private static void removeIfEmpty(Path cgroup) throws IOException {
        try {
            Files.deleteIfExists(cgroup);
        } catch (DirectoryNotEmptyException busy) {
            return; // systemd removes it with the scope
        } catch (FileSystemException busy) {
            if (!Files.exists(cgroup)) {
                throw busy;
            }
        }
    }
}
