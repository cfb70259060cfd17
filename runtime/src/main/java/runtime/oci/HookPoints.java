package runtime.oci;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import linux.abi.CloneFlag;
import runtime.launch.HookLauncher;
import runtime.spec.ContainerSpec;
import runtime.spec.Hooks;
import runtime.spec.NamespaceType;

/** Runs a container's hooks at the points of its life (OCI runtime-spec runtime.md, lifecycle). */
public final class HookPoints {
    private final ContainerRecord record;
    private final Hooks hooks;
    private final List<CloneFlag> namespaces;
    private final HookLauncher launcher;

    /**
     * @param record what hooks are told of the container
     * @param spec   of the container
     */
    public HookPoints(ContainerRecord record, ContainerSpec spec) throws IOException {
        this.record = record;
        this.hooks = spec.hooks();
        this.namespaces = flags(spec);
        this.launcher = new HookLauncher();
    }

    private static List<CloneFlag> flags(ContainerSpec spec) {
        // Always: without one of its own the container may be in that of its keeper.
        List<CloneFlag> flags = new ArrayList<>(List.of(CloneFlag.CLONE_NEWNS));
        for (NamespaceType type : NamespaceType.values()) {
            if (spec.linux().namespace(type).isPresent()) {
                switch (type) {
                    case USER -> flags.add(CloneFlag.CLONE_NEWUSER);
                    case NETWORK -> flags.add(CloneFlag.CLONE_NEWNET);
                    case IPC -> flags.add(CloneFlag.CLONE_NEWIPC);
                    case UTS -> flags.add(CloneFlag.CLONE_NEWUTS);
                    case PID -> flags.add(CloneFlag.CLONE_NEWPID);
                    // The hook belongs to the runtime's cgroup; only a process that shares no memory
                    // may change its clocks.
                    case CGROUP, TIME, MOUNT -> { }
                }
            }
        }
        return flags;
    }

    /**
     * Before the root is changed: those of the host's namespaces, then those of the container's.
     *
     * @param pidfd the container's first process
     * @throws OciException with what the first to fail printed
     */
    public void beforeCreation(int pidfd) throws OciException {
        required("prestart", hooks.prestart(), onHost());
        required("createRuntime", hooks.createRuntime(), onHost());
        required("createContainer", hooks.createContainer(), new HookLauncher.Place(
                Path.of(record.bundle()), OptionalInt.of(pidfd), namespaces));
    }

    /** Once the program runs; a failure is told and changes nothing. */
    public void afterStart(Consumer<String> warnings) {
        told("poststart", hooks.poststart(), ContainerStatus.RUNNING, warnings);
    }

    /** Once the container is gone; a failure is told and changes nothing. */
    public void afterStop(Consumer<String> warnings) {
        told("poststop", hooks.poststop(), ContainerStatus.STOPPED, warnings);
    }

    private HookLauncher.Place onHost() {
        return new HookLauncher.Place(Path.of(record.bundle()), OptionalInt.empty(), List.of());
    }

    private void required(String point, List<Hooks.Hook> list, HookLauncher.Place place)
            throws OciException {
        for (Hooks.Hook hook : list) {
            try {
                launcher.run(hook, state(ContainerStatus.CREATING), place);
            } catch (IOException failed) {
                throw new OciException(point + ": " + failed.getMessage(), failed);
            }
        }
    }

    private void told(String point, List<Hooks.Hook> list, ContainerStatus status,
            Consumer<String> warnings) {
        for (Hooks.Hook hook : list) {
            try {
                launcher.run(hook, state(status), onHost());
            } catch (IOException failed) {
                warnings.accept(point + ": " + failed.getMessage());
            }
        }
    }

    /** What a hook reads. */
    public byte[] state(ContainerStatus status) {
        return record.state(status).toString().getBytes(StandardCharsets.UTF_8);
    }
}
