package clusterd.control;

import api.cluster.ClusterGrpc;
import api.cluster.ServiceLogEntry;
import api.cluster.ServiceLogsRequest;
import clusterd.dispatch.Dispatcher;
import clusterd.dispatch.LogReadings;
import clusterd.manager.ClusterAccess;
import clusterd.security.ClusterChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** Answers who wants to read what tasks wrote: here if this manager leads, else by asking the one that does. */
public final class LogCalls implements BiConsumer<ServiceLogsRequest, ServerCallStreamObserver<ServiceLogEntry>> {
    private final ClusterAccess access;
    private final Supplier<Optional<Dispatcher>> dispatcher;
    private final LogReadings readings;
    private final Supplier<Optional<ClusterChannel>> leader;
    private final Supplier<String> names;

    /**
     * Answers.
     *
     * @param dispatcher there while this manager leads
     * @param leader     a channel to the manager that does otherwise, which whoever asked closes
     * @param names      random ones
     */
    public LogCalls(ClusterAccess access, Supplier<Optional<Dispatcher>> dispatcher, LogReadings readings,
            Supplier<Optional<ClusterChannel>> leader, Supplier<String> names) {
        this.access = access;
        this.dispatcher = dispatcher;
        this.readings = readings;
        this.leader = leader;
        this.names = names;
    }

    @Override
    public void accept(ServiceLogsRequest request, ServerCallStreamObserver<ServiceLogEntry> observer) {
        // Handlers are set before this returns, as gRPC asks for it.
        Optional<Dispatcher> here = dispatcher.get();
        if (here.isPresent()) {
            ServiceLogs logs = new ServiceLogs(access, here.get(), readings, observer);
            run(observer, () -> logs.send(request, names.get()));
        } else {
            Semaphore ready = new Semaphore(0);
            observer.setOnReadyHandler(ready::release);
            observer.setOnCancelHandler(ready::release);
            run(observer, () -> forward(request, observer, ready));
        }
    }

    private interface Call {
        void run() throws Exception;
    }

    private static void run(ServerCallStreamObserver<ServiceLogEntry> observer, Call call) {
        Thread.ofVirtual().name("service-logs").start(() -> {
            try {
                call.run();
            } catch (Exception e) {
                if (!observer.isCancelled()) {
                    observer.onError(Answer.status(e));
                }
                return;
            }
            if (!observer.isCancelled()) {
                observer.onCompleted();
            }
        });
    }

    private void forward(ServiceLogsRequest request, ServerCallStreamObserver<ServiceLogEntry> observer,
            Semaphore ready) throws InterruptedException {
        try (ClusterChannel channel = leader.get().orElseThrow(() -> Answer.of(Status.UNAVAILABLE, "NO_LEADER",
                "no manager leads: try again, and see `jctl cluster status`"))) {
            Iterator<ServiceLogEntry> entries = ClusterGrpc.newBlockingStub(channel.channel()).serviceLogs(request);
            while (!observer.isCancelled() && entries.hasNext()) {
                ServiceLogEntry entry = entries.next();
                while (!observer.isReady() && !observer.isCancelled()) {
                    ready.acquire();
                }
                observer.onNext(entry);
            }
        } catch (StatusRuntimeException e) {
            throw Answer.of(e.getStatus(), "INCOMPLETE", String.valueOf(e.getStatus().getDescription()));
        }
    }
}
