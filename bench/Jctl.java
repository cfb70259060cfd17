package bench;

import api.node.CreateContainerRequest;
import api.node.RunOptions;
import api.node.SessionReply;
import api.node.SessionRequest;
import cli.transport.Call;
import cli.transport.Connection;
import cli.transport.ConnectionLostException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** An agent of this checkout with folders of its own. */
final class Jctl implements Engine {
    private static final long NANOS = 1_000_000_000L;

    private final Path root;
    private final Path folder;
    private Process agent;
    /** The command's own, kept open. */
    private Connection connection;

    /** Times of one run through the API, in milliseconds after the call. */
    record Times(double firstInstruction, double exitKnown) {}

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
        connection = Connection.open(socket());
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
    Times runOnce(String network) throws Exception {
        Instant start = Instant.now();
        ByteBuffer stamp = null;
        Instant end = null;
        try (Call call = call(request(null, network, List.of(TestImage.STAMP), true),
                RunOptions.Until.UNTIL_EXITED)) {
            for (byte[] message = call.receive(); message != null; message = call.receive()) {
                SessionReply reply = SessionReply.parseFrom(message);
                if (reply.hasStdout()) {
                    stamp = reply.getStdout().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
                } else if (reply.hasExit()) {
                    end = Instant.now();
                }
            }
        }
        long first = stamp.getLong() * NANOS + stamp.getLong();
        return new Times((first - nanos(start)) / 1e6, (nanos(end) - nanos(start)) / 1e6);
    }

    /** Ends the agent as a crash would. */
    void kill() throws IOException, InterruptedException {
        connection.close();
        agent.destroyForcibly().waitFor();
        Files.delete(socket());
    }

    /** Starts it again, and returns when it answers. */
    void restart() throws IOException, InterruptedException {
        begin();
    }

    /** Creates a container that is not started. */
    void create(String name, String program) throws Exception {
        try (Call call = call(request(name, "none", List.of(program.split(" ")), false),
                RunOptions.Until.UNTIL_CREATED)) {
            while (call.receive() != null) {
                // until the last
            }
        }
    }

    /** Creates and starts a container that stays. */
    void start(String name, String program) throws Exception {
        try (Call call = call(request(name, "none", List.of(program.split(" ")), false),
                RunOptions.Until.UNTIL_STARTED)) {
            while (call.receive() != null) {
                // until the last
            }
        }
    }

    private static CreateContainerRequest request(String name, String network, List<String> program,
            boolean remove) {
        var request = CreateContainerRequest.newBuilder().setImage(TestImage.NAME)
                .addAllArgs(program).setNetworkMode(network).setAutoRemove(remove);
        return (name == null ? request : request.setName(name)).build();
    }

    private Call call(CreateContainerRequest container, RunOptions.Until until)
            throws IOException {
        Call call = open();
        call.send(SessionRequest.newBuilder().setRun(RunOptions.newBuilder()
                .setContainer(container).setUntil(until)).build().toByteArray());
        return call;
    }

    /** The daemon hangs up on a connection that was idle for a minute, as it is in other engines' turns. */
    private synchronized Call open() throws IOException {
        try {
            return connection.call("/jctl.node.v1.Node/Run");
        } catch (ConnectionLostException idle) {
            connection.close();
            connection = Connection.open(socket());
            return connection.call("/jctl.node.v1.Node/Run");
        }
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * NANOS + instant.getNano();
    }

    @Override
    public void close() {
        connection.close();
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
