package runtime.oci;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import linux.abi.FileFlags;
import linux.abi.Signal;
import linux.syscall.Descriptors;
import linux.syscall.Files;
import linux.syscall.Memory;
import linux.syscall.Processes;
import runtime.launch.HandedLauncher;
import runtime.launch.HandedProcess;
import runtime.launch.LaunchException;
import runtime.launch.LaunchRequest;
import runtime.launch.Streams;
import runtime.spec.ContainerSpec;
import runtime.spec.Hooks;
import runtime.spec.Process;

/**
 * Runs a hook that the container itself brings, confined as its program will be: as a further process,
 * since an image's file must not run with the runtime's rights.
 */
public final class InnerHook {
    private static final long FOR_EVER_MILLIS = Integer.MAX_VALUE;

    private InnerHook() {}

    /**
     * Runs it to its end.
     *
     * @param streams its output and error; its input is the state
     */
    static void run(Hooks.Hook hook, byte[] state, StateFolder folder, ContainerRecord record,
            ContainerSpec spec, Streams streams) throws OciException, IOException {
        int input = Memory.file("state");
        try {
            Descriptors.writeAll(input, ByteBuffer.wrap(state));
            Files.lseek(input, 0, FileFlags.SEEK_SET);
            run(hook, new Streams(input, streams.output(), streams.error()), folder, record, spec);
        } finally {
            Descriptors.close(input);
        }
    }

    private static void run(Hooks.Hook hook, Streams streams, StateFolder folder,
            ContainerRecord record, ContainerSpec spec) throws OciException, IOException {
        Path run = folder.makeExecFolder();
        try (HandedLauncher launcher = new HandedLauncher(streams, 0);
                HandedProcess handed = launcher.begin(new LaunchRequest(HostPlanning.process(
                        spec, process(hook, spec.process()), record, run, streams), run))) {
            handed.awaitCreated();
            int pidfd = Processes.open(handed.pid());
            try {
                handed.mayStart();
                OciRuntime.listen(spec, record, handed, pidfd, ContainerStatus.CREATED);
                handed.awaitRunning();
                handed.handOver();
                awaitEnd(hook, pidfd);
            } finally {
                Descriptors.close(pidfd);
            }
        } catch (LaunchException failed) {
            throw new OciException("startContainer: hook " + hook.path() + ": "
                    + failed.getMessage(), failed);
        } finally {
            StateFolder.removeTree(run);
        }
    }

    private static void awaitEnd(Hooks.Hook hook, int pidfd) throws OciException, IOException {
        OptionalInt code = Processes.awaitExit(pidfd, hook.timeoutSeconds().isPresent()
                ? hook.timeoutSeconds().getAsInt() * 1000L : FOR_EVER_MILLIS);
        if (code.isEmpty()) {
            Processes.signal(pidfd, Signal.SIGKILL.number());
            throw new OciException("startContainer: hook " + hook.path() + " took longer than "
                    + hook.timeoutSeconds().orElse(0) + " s and was killed");
        }
        if (code.getAsInt() != 0) {
            throw new OciException("startContainer: hook " + hook.path()
                    + " ended with exit status " + code.getAsInt());
        }
    }

    /** The hook as a process with the confinement of the container's own. */
    public static Process process(Hooks.Hook hook, Process main) {
        List<String> arguments = new ArrayList<>();
        arguments.add(hook.path());
        arguments.addAll(hook.args().isEmpty() ? List.of() : hook.args().subList(1, hook.args().size()));
        return new Process(false, Optional.empty(), main.user(), arguments, hook.env(), main.cwd(),
                main.capabilities(), main.rlimits(), main.noNewPrivileges(), main.apparmorProfile(),
                main.selinuxLabel(), main.oomScoreAdj(), main.scheduler(), main.ioPriority());
    }
}
