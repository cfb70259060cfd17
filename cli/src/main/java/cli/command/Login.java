package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;

/** Who runs the command, and where an agent of his own has its folders (tools/rootless says the same). */
final class Login {
    private static final int TYPE = 0170000;
    private static final int FOLDER = 0040000;
    private static final int FOR_OTHERS = 0077;

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
     * Refuses a run folder that is not the user's alone: whoever has it would be given what is meant for
     * his agent, passwords among it. One that is not there is as good.
     */
    static void check(Path runFolder, int userId) throws IOException {
        Map<String, Object> facts;
        try {
            facts = Files.readAttributes(runFolder, "unix:uid,mode", LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException absent) {
            return;
        }
        int mode = (Integer) facts.get("mode");
        if ((mode & TYPE) != FOLDER || (mode & FOR_OTHERS) != 0
                || (Integer) facts.get("uid") != userId) {
            throw new IOException("the run folder " + runFolder + " must be a folder of user " + userId
                    + " alone (mode 0700), and is not: remove it, or set XDG_RUNTIME_DIR to a folder of"
                    + " your own");
        }
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
