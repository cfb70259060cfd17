package runtime.node;

import io.grpc.BindableService;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import runtime.trace.Tracer;

/** The daemon's service for parts of its own process. Costs nothing until somebody asks for it. */
final class InsideServer implements AutoCloseable {
    private static final int CLOSE_SECONDS = 5;

    private final BindableService service;
    private final Tracer tracer;
    private Open open;
    private boolean closed;

    private record Open(Server server, ManagedChannel channel) {}

    InsideServer(BindableService service, Tracer tracer) {
        this.service = service;
        this.tracer = tracer;
    }

    /**
     * The one channel to it.
     *
     * @throws IOException if this is closed
     */
    synchronized Channel channel() throws IOException {
        if (closed) {
            throw new IOException("the daemon is closed and has no API inside its process");
        }
        if (open == null) {
            String name = InProcessServerBuilder.generateName();
            InProcessServerBuilder builder = InProcessServerBuilder.forName(name).directExecutor()
                    .addService(service);
            if (tracer != Tracer.OFF) {
                builder.addStreamTracerFactory(CallSpans.of(tracer, service));
            }
            open = new Open(builder.build().start(),
                    InProcessChannelBuilder.forName(name).directExecutor().build());
        }
        return open.channel;
    }

    /** Takes no more calls and ends those under way. */
    @Override
    public synchronized void close() {
        closed = true;
        if (open == null) {
            return;
        }
        open.channel.shutdownNow();
        open.server.shutdownNow();
        try {
            open.server.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
