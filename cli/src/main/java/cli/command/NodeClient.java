package cli.command;

import cli.transport.Call;
import cli.transport.CallException;
import cli.transport.Connection;
import cli.transport.ProtocolException;
import cli.transport.TraceContext;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.io.IOException;

/**
 * The node daemon's interface (api/node.proto), or the cluster's on the same socket (api/cluster.proto), as a
 * command uses it.
 */
final class NodeClient implements AutoCloseable {
    private static final String NODE = "/jctl.node.v1.Node/";
    private static final String CLUSTER = "/jctl.cluster.v1.Cluster/";

    private final Connection connection;
    /** "/package.Service/", before each method's name. */
    private final String service;
    private final TraceContext trace;

    private NodeClient(Connection connection, String service, Console console) {
        this.connection = connection;
        this.service = service;
        this.trace = TraceContext.of(
                console.environment("TRACEPARENT"), console.environment("TRACESTATE"));
    }

    /** Connects, starting a daemon if none runs, we are root, and the user named no other address. */
    static NodeClient connect(Console console) throws UsageException, IOException {
        return new NodeClient(opened(console), NODE, console);
    }

    /** The same for the cluster's calls. */
    static NodeClient connectToCluster(Console console) throws UsageException, IOException {
        return new NodeClient(opened(console), CLUSTER, console);
    }

    private static Connection opened(Console console) throws UsageException, IOException {
        DaemonAddress address = DaemonAddress.of(console);
        try {
            return Connection.open(address.socket());
        } catch (IOException e) {
            return new AgentStarter(console, address).start(e);
        }
    }

    /** Connects to a daemon that runs. */
    static NodeClient connectToRunning(Console console) throws UsageException, IOException {
        DaemonAddress address = DaemonAddress.of(console);
        try {
            return new NodeClient(Connection.open(address.socket()), NODE, console);
        } catch (IOException e) {
            throw new IOException(AgentStarter.absent(address, e), e);
        }
    }

    /** One message there, one back. */
    <T> T unary(String method, MessageLite request, Parser<T> parser)
            throws IOException, CallException {
        try (Call call = open(method)) {
            call.sendLast(request.toByteArray());
            T reply = next(call, parser);
            if (reply == null || call.receive() != null) {
                throw new ProtocolException(method + ": the daemon must answer with one message");
            }
            return reply;
        }
    }

    /** The same with fields instead of generated messages. */
    MessageReader unary(String method, MessageWriter request) throws IOException, CallException {
        try (Call call = open(method)) {
            call.sendLast(request.toByteArray());
            byte[] reply = call.receive();
            if (reply == null || call.receive() != null) {
                throw new ProtocolException(method + ": the daemon must answer with one message");
            }
            return new MessageReader(reply);
        }
    }

    /** Begins a call with one message; the answers are taken by {@link #next}. */
    Call stream(String method, MessageLite request) throws IOException {
        Call call = open(method);
        call.sendLast(request.toByteArray());
        return call;
    }

    /** The same with fields instead of generated messages. */
    Call stream(String method, MessageWriter request) throws IOException {
        Call call = open(method);
        call.sendLast(request.toByteArray());
        return call;
    }

    /** Begins a call with nothing sent. */
    Call open(String method) throws IOException {
        return connection.call(service + method, trace);
    }

    /** The next answer, or null after the last. */
    static <T> T next(Call call, Parser<T> parser) throws IOException, CallException {
        byte[] bytes = call.receive();
        if (bytes == null) {
            return null;
        }
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("the daemon's answer is damaged: " + e.getMessage());
        }
    }

    /**
     * Closes the connection, although the process ends next: the JVM's own end waits 300 ms for a
     * thread that is in a system call, as the connection's thread would be.
     */
    @Override
    public void close() {
        connection.close();
    }
}
