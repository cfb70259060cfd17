import api.node.ContainerSummary;
import api.node.CreateContainerReply;
import api.node.CreateContainerRequest;
import api.node.ExecOptions;
import api.node.KillContainerRequest;
import api.node.ListContainersRequest;
import api.node.ListContainersResponse;
import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.RemoveContainerRequest;
import api.node.RunOptions;
import api.node.SessionReply;
import api.node.SessionRequest;
import api.node.StartContainerRequest;
import api.node.StartContainerResponse;
import api.node.StopContainerRequest;
import api.node.WaitContainerRequest;
import api.node.WaitContainerResponse;
import cli.transport.Call;
import cli.transport.CallException;
import cli.transport.Connection;
import com.google.protobuf.MessageLite;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The daemon's calls, one method each; an IOException means the daemon is gone. */
final class Client implements AutoCloseable {
    private final Connection connection;

    Client(Connection connection) {
        this.connection = connection;
    }

    /** How a program ended, and what it wrote to standard output. */
    record Result(int code, String output) {}

    static CreateContainerRequest.Builder container(String name, String network, String... args) {
        return CreateContainerRequest.newBuilder().setImage("host").setName(name)
                .setNetworkMode(network).addAllArgs(List.of(args));
    }

    private Call open(String method) throws IOException {
        return connection.call("/jctl.node.v1.Node/" + method);
    }

    private byte[] unary(String method, MessageLite request) throws IOException, CallException {
        try (Call call = open(method)) {
            call.sendLast(request.toByteArray());
            byte[] reply = call.receive();
            call.receive();
            return reply;
        }
    }

    void create(CreateContainerRequest request) throws IOException, CallException {
        try (Call call = open("CreateContainer")) {
            call.sendLast(request.toByteArray());
            for (byte[] reply = call.receive(); reply != null; reply = call.receive()) {
                CreateContainerReply.parseFrom(reply);
            }
        }
    }

    /** Starts it; the process id of its program. */
    int start(String name) throws IOException, CallException {
        return StartContainerResponse.parseFrom(unary("StartContainer",
                StartContainerRequest.newBuilder().setContainer(name).build())).getPid();
    }

    void stop(String name, int seconds) throws IOException, CallException {
        unary("StopContainer", StopContainerRequest.newBuilder().setContainer(name)
                .setTimeoutSeconds(seconds).build());
    }

    void kill(String name) throws IOException, CallException {
        unary("KillContainer", KillContainerRequest.newBuilder().setContainer(name).build());
    }

    void remove(String name) throws IOException, CallException {
        unary("RemoveContainer", RemoveContainerRequest.newBuilder().setContainer(name)
                .setForce(true).build());
    }

    int await(String name) throws IOException, CallException {
        return WaitContainerResponse.parseFrom(unary("WaitContainer",
                WaitContainerRequest.newBuilder().setContainer(name).build())).getExit().getCode();
    }

    List<ContainerSummary> list() throws IOException, CallException {
        return ListContainersResponse.parseFrom(unary("ListContainers",
                ListContainersRequest.newBuilder().setAll(true).build())).getContainersList();
    }

    String logs(String name) throws IOException, CallException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try (Call call = open("Logs")) {
            call.sendLast(LogsRequest.newBuilder().setContainer(name).build().toByteArray());
            for (byte[] reply = call.receive(); reply != null; reply = call.receive()) {
                LogEntry.parseFrom(reply).getData().writeTo(text);
            }
        }
        return text.toString(StandardCharsets.UTF_8);
    }

    /** {@code run -d}: the process id. */
    int runDetached(CreateContainerRequest request) throws IOException, CallException {
        int pid = 0;
        try (Call call = open("Run")) {
            call.sendLast(SessionRequest.newBuilder().setRun(RunOptions.newBuilder()
                    .setContainer(request).setUntil(RunOptions.Until.UNTIL_STARTED)).build()
                    .toByteArray());
            for (byte[] reply = call.receive(); reply != null; reply = call.receive()) {
                SessionReply message = SessionReply.parseFrom(reply);
                if (message.hasStarted()) {
                    pid = message.getStarted().getPid();
                }
            }
        }
        return pid;
    }

    /** {@code run}: till its end. */
    Result run(CreateContainerRequest request) throws IOException, CallException {
        return session("Run", SessionRequest.newBuilder().setRun(
                RunOptions.newBuilder().setContainer(request)).build());
    }

    Result exec(String name, String... args) throws IOException, CallException {
        return session("Exec", SessionRequest.newBuilder().setExec(ExecOptions.newBuilder()
                .setContainer(name).addAllArgs(List.of(args))).build());
    }

    private Result session(String method, SessionRequest first) throws IOException, CallException {
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int code = -1;
        try (Call call = open(method)) {
            call.send(first.toByteArray());
            for (byte[] reply = call.receive(); reply != null; reply = call.receive()) {
                SessionReply message = SessionReply.parseFrom(reply);
                message.getStdout().writeTo(output);
                if (message.hasExit()) {
                    code = message.getExit().getCode();
                }
            }
        }
        return new Result(code, output.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        connection.close();
    }
}
