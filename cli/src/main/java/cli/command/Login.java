package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who runs the command, and where an agent of his own has its folders (tools/rootless says the same). */
final class Login {
    private Login() {}

    /** The user's number ({@code geteuid(2)}), asked of a file: a command loads no library for it. */
    static int userId() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    /**
     * The run folder of an ordinary user's agent.
     *
     * @param runtimeFolder XDG_RUNTIME_DIR; empty if there is none
     */
    static Path runFolder(String runtimeFolder, int userId) {
        return runtimeFolder.isEmpty() ? Path.of("/tmp/jctl-" + userId)
                : Path.of(runtimeFolder, "jctl");
    }

    /**
     * The data folder of an ordinary user's agent.
     *
     * @param dataHome XDG_DATA_HOME; empty if there is none
     */
    static Path dataFolder(String dataHome, Path home) {
        return (dataHome.isEmpty() ? home.resolve(".local/share") : Path.of(dataHome)).resolve("jctl");
    }
}
