package clusterd.agent;

import clusterd.credential.Role;
import clusterd.dispatch.SessionMethod;
import clusterd.security.ClusterChannel;
import clusterd.security.TlsContexts;
import clusterd.session.LogChunk;
import clusterd.session.LogsRead;
import clusterd.session.ToNode;
import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import runtime.container.Journal;

/** Sends what tasks wrote to the manager that asked, as fast as it is taken there. */
public final class LogUpload implements BiConsumer<ToNode.ReadLogs, String> {
    private static final int LAST_SECONDS = 10;

    private final TlsContexts tls;
    private final Function<ToNode.ReadLogs, Iterator<LogChunk>> logs;
    private final Journal journal;

    /** @param logs reads a task's, ends with the gRPC context it is called in */
    public LogUpload(TlsContexts tls, Function<ToNode.ReadLogs, Iterator<LogChunk>> logs, Journal journal) {
        this.tls = tls;
        this.logs = logs;
        this.journal = journal;
    }

    @Override
    public void accept(ToNode.ReadLogs wanted, String manager) {
        Context.CancellableContext context = Context.current().withCancellation();
        Thread.ofVirtual().name("log-upload").start(context.wrap(() -> {
            try {
                upload(wanted, manager, context);
            } catch (IOException | RuntimeException e) {
                journal.say("the log of task " + wanted.task() + " does not reach " + manager + ": "
                        + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                context.cancel(null);
            }
        }));
    }

    private void upload(ToNode.ReadLogs wanted, String manager, Context.CancellableContext context)
            throws IOException, InterruptedException {
        HostAndPort to = HostAndPort.parse(manager);
        try (ClusterChannel channel = ClusterChannel.open(to.host(), to.port(), tls, Set.of(Role.MANAGER))) {
            Answer answer = new Answer(context);
            ClientCallStreamObserver<LogChunk> out =
                    (ClientCallStreamObserver<LogChunk>) ClientCalls.asyncClientStreamingCall(
                            channel.channel().newCall(SessionMethod.LOGS, CallOptions.DEFAULT), answer);
            // Also of a task that wrote nothing the manager must hear that this is all.
            out.onNext(new LogChunk(wanted.reading(), 0, 0, new byte[0], ""));
            for (Iterator<LogChunk> chunks = logs.apply(wanted); !context.isCancelled() && chunks.hasNext();) {
                LogChunk chunk = chunks.next();
                while (!out.isReady() && !context.isCancelled()) {
                    answer.ready.acquire();
                }
                out.onNext(chunk);
            }
            if (!context.isCancelled()) {
                out.onCompleted();
                answer.ended.await(LAST_SECONDS, TimeUnit.SECONDS);
            }
        }
    }

    /** The manager's side of it: it may want no more. */
    private static final class Answer implements ClientResponseObserver<LogChunk, LogsRead> {
        private final Semaphore ready = new Semaphore(0);
        private final CountDownLatch ended = new CountDownLatch(1);
        private final Context.CancellableContext context;

        Answer(Context.CancellableContext context) {
            this.context = context;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<LogChunk> requests) {
            requests.setOnReadyHandler(ready::release);
        }

        @Override
        public void onNext(LogsRead read) {
            // Its end says all.
        }

        @Override
        public void onError(Throwable enough) {
            context.cancel(null);
            ready.release();
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            ready.release();
            ended.countDown();
        }
    }
}
