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
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Containers run through an agent's API, without a command's start-up. */
final class Runs implements AutoCloseable {
    private static final long NANOS = 1_000_000_000L;
    private static final String RUN = "/jctl.node.v1.Node/Run";

    private final Path socket;
    private final String image;
    /** The command's own, kept open. */
    private Connection connection;

    /** Times of one run, in milliseconds after the call. */
    record Times(double firstInstruction, double exitKnown) {}

    Runs(Path socket, String image) throws IOException {
        this.socket = socket;
        this.image = image;
        connection = Connection.open(socket);
    }

    /** Runs a program to its end in one call and takes its time stamp from what it wrote. */
    Times once(String network, List<String> program) throws Exception {
        Instant start = Instant.now();
        ByteBuffer stamp = null;
        Instant end = null;
        try (Call call = call(request(null, network, program, true), RunOptions.Until.UNTIL_EXITED)) {
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

    /** Creates a container, and starts it if it is to be; it stays. */
    void leave(String name, List<String> program, boolean started) throws Exception {
        try (Call call = call(request(name, "none", program, false),
                started ? RunOptions.Until.UNTIL_STARTED : RunOptions.Until.UNTIL_CREATED)) {
            while (call.receive() != null) {
                // until the last
            }
        }
    }

    private CreateContainerRequest request(String name, String network, List<String> program,
            boolean remove) {
        var request = CreateContainerRequest.newBuilder().setImage(image)
                .addAllArgs(program).setNetworkMode(network).setAutoRemove(remove);
        return (name == null ? request : request.setName(name)).build();
    }

    private Call call(CreateContainerRequest container, RunOptions.Until until)
            throws IOException {
        Call call = call();
        call.send(SessionRequest.newBuilder().setRun(RunOptions.newBuilder()
                .setContainer(container).setUntil(until)).build().toByteArray());
        return call;
    }

    /** On a new connection if the agent closed the last one: it does when nothing was asked for a minute. */
    private synchronized Call call() throws IOException {
        try {
            return connection.call(RUN);
        } catch (ConnectionLostException idle) {
            connection.close();
            connection = Connection.open(socket);
            return connection.call(RUN);
        }
    }

    private static long nanos(Instant instant) {
        return instant.getEpochSecond() * NANOS + instant.getNano();
    }

    @Override
    public void close() {
        connection.close();
    }
}
