package clusterd.executor;

import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.NodeGrpc;
import api.node.OutputStream;
import clusterd.session.LogChunk;
import clusterd.session.ToNode;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;

/** What tasks of this node wrote, from its daemon's logs. */
public final class TaskLogs implements Function<ToNode.ReadLogs, Iterator<LogChunk>> {
    private final NodeGrpc.NodeBlockingStub node;
    private final NodeContainers containers;

    /** Of that daemon. */
    public TaskLogs(Channel node) {
        this.node = NodeGrpc.newBlockingStub(node);
        this.containers = new NodeContainers(node);
    }

    @Override
    public Iterator<LogChunk> apply(ToNode.ReadLogs wanted) {
        Optional<ContainerSeen> container;
        try {
            container = containers.find(wanted.task());
        } catch (ContainersException e) {
            return List.of(problem(wanted, e.getMessage())).iterator();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(problem(wanted, "the agent ends")).iterator();
        }
        if (container.isEmpty()) {
            return List.of(problem(wanted, "its container is not there")).iterator();
        }
        LogsRequest.Builder request = LogsRequest.newBuilder().setContainer(container.get().id())
                .setFollow(wanted.follow()).setAwaitStart(true).setSinceUnixNanos(wanted.sinceUnixNanos())
                .setUntilUnixNanos(wanted.untilUnixNanos());
        if (wanted.tailLines() >= 0) {
            request.setTailLines(wanted.tailLines());
        }
        return new Chunks(wanted, node.logs(request.build()));
    }

    private static LogChunk problem(ToNode.ReadLogs wanted, String why) {
        return new LogChunk(wanted.reading(), 0, 0, new byte[0], why);
    }

    /** The daemon's answers; a failure is the last of them. */
    private static final class Chunks implements Iterator<LogChunk> {
        private final ToNode.ReadLogs wanted;
        private final Iterator<LogEntry> entries;
        private Optional<LogChunk> last = Optional.empty();
        private boolean failed;

        Chunks(ToNode.ReadLogs wanted, Iterator<LogEntry> entries) {
            this.wanted = wanted;
            this.entries = entries;
        }

        @Override
        public boolean hasNext() {
            if (failed) {
                return last.isPresent();
            }
            try {
                return entries.hasNext();
            } catch (StatusRuntimeException e) {
                failed = true;
                if (e.getStatus().getCode() != Status.Code.CANCELLED) {
                    last = Optional.of(problem(wanted, String.valueOf(e.getStatus().getDescription())));
                }
                return last.isPresent();
            }
        }

        @Override
        public LogChunk next() {
            if (!hasNext()) {
                throw new NoSuchElementException("the log has ended");
            }
            if (failed) {
                LogChunk chunk = last.orElseThrow();
                last = Optional.empty();
                return chunk;
            }
            LogEntry entry = entries.next();
            return new LogChunk(wanted.reading(), entry.getUnixNanos(),
                    entry.getStream() == OutputStream.STDERR ? 2 : 1, entry.getData().toByteArray(), "");
        }
    }
}
