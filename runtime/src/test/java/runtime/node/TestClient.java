package runtime.node;

import api.node.CopyToContainerRequest;
import api.node.CopyToContainerResponse;
import api.node.CreateContainerRequest;
import api.node.NodeGrpc;
import api.node.RunOptions;
import api.node.SessionReply;
import api.node.SessionRequest;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollDomainSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.unix.DomainSocketAddress;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client of a daemon under test. */
final class TestClient implements AutoCloseable {
    private final EventLoopGroup loop =
            new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ManagedChannel channel;

    TestClient(Path socket) {
        channel = NettyChannelBuilder.forAddress(new DomainSocketAddress(socket.toFile()))
                .eventLoopGroup(loop).channelType(EpollDomainSocketChannel.class)
                .withOption(ChannelOption.SO_KEEPALIVE, null).usePlaintext().build();
    }

    NodeGrpc.NodeBlockingStub calls() {
        return NodeGrpc.newBlockingStub(channel);
    }

    /** What a session came to. */
    record Outcome(String id, String stdout, String stderr, int code, Throwable error) {}

    /** A session under way. */
    final class Conversation implements StreamObserver<SessionReply> {
        private final BlockingQueue<Object> replies = new LinkedBlockingQueue<>();
        private StreamObserver<SessionRequest> requests;

        @Override
        public void onNext(SessionReply reply) {
            replies.add(reply);
        }

        @Override
        public void onError(Throwable error) {
            replies.add(error);
        }

        @Override
        public void onCompleted() {
            replies.add("end");
        }

        void input(String text) {
            requests.onNext(SessionRequest.newBuilder()
                    .setStdin(ByteString.copyFromUtf8(text)).build());
        }

        void send(SessionRequest.Builder request) {
            requests.onNext(request.build());
        }

        void detach() {
            requests.onCompleted();
        }

        /** Takes replies until the session has ended. */
        Outcome finish() throws InterruptedException {
            return collect("");
        }

        /** Takes replies until the output so far ends with a text, or the session has ended. */
        Outcome until(String text) throws InterruptedException {
            return collect(text);
        }

        private Outcome collect(String wanted) throws InterruptedException {
            StringBuilder out = new StringBuilder();
            StringBuilder err = new StringBuilder();
            String id = "";
            int code = -1;
            while (true) {
                Object next = replies.poll(60, TimeUnit.SECONDS);
                switch (next) {
                    case null -> throw new IllegalStateException("nothing for a minute; so far: "
                            + out + err);
                    case SessionReply reply -> {
                        out.append(reply.getStdout().toStringUtf8());
                        err.append(reply.getStderr().toStringUtf8());
                        id = reply.hasCreated() ? reply.getCreated().getId() : id;
                        code = reply.hasExit() ? reply.getExit().getCode() : code;
                    }
                    case Throwable error ->
                        { return new Outcome(id, out.toString(), err.toString(), code, error); }
                    default ->
                        { return new Outcome(id, out.toString(), err.toString(), code, null); }
                }
                if (!wanted.isEmpty() && out.toString().endsWith(wanted)) {
                    return new Outcome(id, out.toString(), err.toString(), code, null);
                }
            }
        }
    }

    Conversation run(CreateContainerRequest.Builder container) {
        return run(container, RunOptions.Until.UNTIL_EXITED);
    }

    Conversation run(CreateContainerRequest.Builder container, RunOptions.Until until) {
        Conversation conversation = new Conversation();
        conversation.requests = NodeGrpc.newStub(channel).run(conversation);
        conversation.requests.onNext(SessionRequest.newBuilder().setRun(RunOptions.newBuilder()
                .setContainer(container).setUntil(until)).build());
        return conversation;
    }

    Conversation session(SessionRequest.Builder first) {
        Conversation conversation = new Conversation();
        NodeGrpc.NodeStub stub = NodeGrpc.newStub(channel);
        conversation.requests = first.hasExec() ? stub.exec(conversation)
                : stub.attach(conversation);
        conversation.requests.onNext(first.build());
        return conversation;
    }

    /** Sends messages in order; what the daemon answers, or why it does not. */
    CopyToContainerResponse upload(CopyToContainerRequest... messages) throws Exception {
        CompletableFuture<CopyToContainerResponse> answer = new CompletableFuture<>();
        StreamObserver<CopyToContainerRequest> requests = NodeGrpc.newStub(channel)
                .copyToContainer(new StreamObserver<>() {
                    @Override
                    public void onNext(CopyToContainerResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable error) {
                        answer.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new IllegalStateException("no answer"));
                    }
                });
        for (CopyToContainerRequest message : messages) {
            requests.onNext(message);
        }
        requests.onCompleted();
        try {
            return answer.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw (Exception) failure.getCause();
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
