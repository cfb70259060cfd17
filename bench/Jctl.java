package bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An agent of this checkout with folders of its own. */
final class Jctl implements Engine {
    private final Path root;
    private final Path folder;
    private Process agent;
    private Runs runs;

    Jctl(Path root, Path work) throws IOException, InterruptedException {
        this.root = root;
        folder = Files.createDirectories(work.resolve("jctl"));
        begin();
    }

    private void begin() throws IOException, InterruptedException {
        agent = new ProcessBuilder(root.resolve("jctl").toString(), "agent", "--data-dir",
                folder + "/data", "--run-dir", folder + "/run").redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        for (int i = 0; !Files.exists(socket()); i++) {
            if (i == 3000 || !agent.isAlive()) {
                throw new IllegalStateException("the agent does not answer: "
                        + Files.readString(folder.resolve("log")));
            }
            Thread.sleep(10);
        }
        runs = new Runs(socket(), TestImage.NAME);
    }

    private Path socket() {
        return folder.resolve("run/jctl.sock");
    }

    @Override
    public String name() {
        return "jctl";
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("JCTL_HOST", "unix://" + socket());
    }

    @Override
    public List<String> command(List<String> arguments) {
        return Shell.join(List.of(root.resolve("jctl").toString()), arguments);
    }

    @Override
    public String keeper() {
        return "jctl-keeper";
    }

    long pid() {
        return agent.pid();
    }

    /** Runs a program to its end in one call and takes its time stamp from what it wrote. */
    Runs.Times runOnce(String network) throws Exception {
        return runs.once(network, List.of(TestImage.STAMP));
    }

    /** Ends the agent as a crash would. */
    void kill() throws IOException, InterruptedException {
        runs.close();
        agent.destroyForcibly().waitFor();
        Files.delete(socket());
    }

    /** Starts it again, and returns when it answers. */
    void restart() throws IOException, InterruptedException {
        begin();
    }

    /** Creates a container that is not started. */
    void create(String name, String program) throws Exception {
        runs.leave(name, List.of(program.split(" ")), false);
    }

    /** Creates and starts a container that stays. */
    void start(String name, String program) throws Exception {
        runs.leave(name, List.of(program.split(" ")), true);
    }

    @Override
    public void close() {
        runs.close();
        Shell.sh("export JCTL_HOST='unix://" + socket() + "'; ids=$('" + root + "/jctl' ps -aq);"
                + " [ -z \"$ids\" ] || '" + root + "/jctl' rm -f $ids >/dev/null");
        agent.destroy();
        try {
            agent.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Shell.remove(folder);
    }
}
