package clusterd.executor;

import api.node.Event;
import api.node.EventsReply;
import api.node.EventsRequest;
import api.node.Filter;
import api.node.NodeGrpc;
import clusterd.model.TaskId;
import clusterd.template.TaskNames;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The daemon's events about tasks' containers, asked for again whenever the stream breaks. */
final class NodeEvents implements TaskContainers.Watch {
    private static final Logger LOG = Logger.getLogger(NodeEvents.class.getName());
    private static final long FIRST_REST_MILLIS = 10;
    private static final long LONGEST_REST_MILLIS = 5_000;

    /** Those after which a container is not as it was; others, as its making, are its runner's own or change nothing. */
    private static final List<String> MATTER = List.of("start", "die", "destroy", "health_status");

    private final Channel channel;
    private final Consumer<Optional<TaskId>> told;
    private final Context.CancellableContext context = Context.ROOT.withCancellation();
    private final Thread reader;
    private volatile boolean closed;

    NodeEvents(Channel channel, Consumer<Optional<TaskId>> told) {
        this.channel = channel;
        this.told = told;
        this.reader = Thread.ofVirtual().name("task-events").start(context.wrap(this::run));
    }

    private void run() {
        long rest = FIRST_REST_MILLIS;
        while (!closed) {
            try {
                Iterator<EventsReply> replies = NodeGrpc.newBlockingStub(channel).events(asked());
                while (replies.hasNext()) {
                    rest = FIRST_REST_MILLIS;
                    EventsReply reply = replies.next();
                    told.accept(reply.hasEvent() ? task(reply.getEvent()) : Optional.empty());
                }
            } catch (StatusRuntimeException broken) {
                LOG.log(Level.FINE, "the daemon''s events broke off; asked for again", broken);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(closed ? 0 : rest);
            } catch (InterruptedException end) {
                return;
            }
            rest = Math.min(2 * rest, LONGEST_REST_MILLIS);
        }
    }

    private static EventsRequest asked() {
        EventsRequest.Builder request = EventsRequest.newBuilder().addFilters(filter("type", "container"))
                .addFilters(filter("label", TaskNames.TASK_LABEL));
        MATTER.forEach(each -> request.addFilters(filter("event", each)));
        return request.build();
    }

    /** An id that was never a task's tells nothing, but does no harm either: all are looked at. */
    private static Optional<TaskId> task(Event event) {
        try {
            return Optional.of(new TaskId(event.getAttributesOrDefault(TaskNames.TASK_LABEL, "")));
        } catch (IllegalArgumentException somebodyElses) {
            LOG.log(Level.FINE, "a container with a label like a task''s", somebodyElses);
            return Optional.empty();
        }
    }

    private static Filter filter(String key, String value) {
        return Filter.newBuilder().setKey(key).setValue(value).build();
    }

    @Override
    public void close() {
        closed = true;
        context.cancel(null);
        reader.interrupt();
    }
}
