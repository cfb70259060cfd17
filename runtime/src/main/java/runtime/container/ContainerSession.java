package runtime.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import runtime.launch.Launched;

/** A session with a container's first process; it may be opened before the start, to miss nothing. */
final class ContainerSession implements Session {
    private final Container container;
    private final LogStream log;
    private final LogPosition from;
    private final AtomicBoolean closed = new AtomicBoolean();

    ContainerSession(Container container, LogStream log, LogPosition from) {
        this.container = container;
        this.log = log;
        this.from = from;
        container.sessionOpened();
    }

    @Override
    public int pid() {
        Launched launched = container.launched();
        return launched == null ? 0 : launched.pid();
    }

    @Override
    public boolean terminal() {
        return container.record().options().terminal();
    }

    @Override
    public boolean interactive() {
        return container.record().options().interactive();
    }

    private Launched process() throws IOException {
        Launched launched = container.launched();
        if (launched == null) {
            throw new IOException("container " + container.record().name() + " does not run");
        }
        return launched;
    }

    @Override
    public void writeInput(ByteBuffer bytes) throws IOException {
        process().writeInput(bytes);
    }

    @Override
    public void closeInput() throws IOException {
        process().closeInput();
    }

    @Override
    public void resize(int rows, int columns) throws IOException {
        process().resize(rows, columns);
    }

    @Override
    public void signal(int number) throws IOException {
        Launched launched = container.launched();
        if (launched != null) {
            launched.signal(number);
        }
    }

    @Override
    public CompletableFuture<ContainerRecord.RunExit> ended() {
        return container.ended();
    }

    @Override
    public void follow(LogStream.Sink sink) throws IOException, InterruptedException {
        CompletableFuture<ContainerRecord.RunExit> ended = container.ended();
        log.follow(from, ended, sink);
        LogStream.tellOfLoss(ended, sink);
    }

    @Override
    public CompletableFuture<Void> settled() {
        boolean removing = container.record().options().autoRemove() && container.ended().isDone();
        return removing ? container.removed() : CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            container.sessionClosed();
        }
    }
}
