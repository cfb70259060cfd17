package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.EventsReply;
import api.node.EventsRequest;
import api.node.Filter;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import runtime.event.Event;
import runtime.observe.EventLog;

/** What the clients of the event stream see: quick ones, slow ones and those that vanish. */
@Timeout(60)
class EventStreamTest {
    private final EventLog log = new EventLog(InstantSource.system());
    private final ObservationCalls calls = new ObservationCalls(null, null, null, log, null);

    /** A client whose window can be shut. */
    private static final class Client extends ServerCallStreamObserver<EventsReply> {
        private final BlockingQueue<EventsReply> replies = new LinkedBlockingQueue<>();
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private volatile boolean ready = true;
        private volatile Runnable onReady = () -> { };
        private volatile Runnable onCancel = () -> { };

        void open() {
            ready = true;
            onReady.run();
        }

        void vanish() {
            onCancel.run();
        }

        EventsReply next() throws InterruptedException {
            return replies.poll(60, TimeUnit.SECONDS);
        }

        @Override
        public void onNext(EventsReply reply) {
            replies.add(reply);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            onReady = handler;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {
            onCancel = handler;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setCompression(String compression) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }

    private Thread serve(EventsRequest request, Client client) {
        return new Calls(line -> { }, new DiskGuard(Path.of("/"), line -> { }, log)).stream("Events", new ReplyStream<>(client),
                replies -> calls.events(request, replies));
    }

    private void tell(String action) {
        log.tell(Event.Type.CONTAINER, action, "id", Map.of("name", "web"));
    }

    private static long nanos(Instant time) {
        return ReplyTranslation.nanos(time);
    }

    @Test
    void everythingFromTheFirstReplyOn() throws Exception {
        Client client = new Client();
        tell("before");
        serve(EventsRequest.getDefaultInstance(), client);
        assertEquals(EventsReply.KindCase.KIND_NOT_SET, client.next().getKindCase());
        tell("create");
        tell("start");
        assertEquals("create", client.next().getEvent().getAction());
        assertEquals("start", client.next().getEvent().getAction());
        client.vanish();
        client.end.handle((well, failed) -> null);
        assertTrue(client.replies.isEmpty());
    }

    @Test
    void sinceAndUntil() throws Exception {
        tell("one");
        tell("two");
        Client client = new Client();
        serve(EventsRequest.newBuilder().setSinceUnixNanos(nanos(Instant.now().minusSeconds(60)))
                .setUntilUnixNanos(nanos(Instant.now().plusSeconds(1)))
                .addFilters(Filter.newBuilder().setKey("event").setValue("two")).build(), client);
        client.end.get(60, TimeUnit.SECONDS);
        List<EventsReply> replies = new ArrayList<>(client.replies);
        assertTrue(replies.getFirst().getNotice().contains("are not known"), "before its time");
        assertEquals(2, replies.size());
        assertEquals("two", replies.get(1).getEvent().getAction());
    }

    @Test
    void aSlowClientIsToldThatItLostSome() throws Exception {
        Client client = new Client();
        serve(EventsRequest.getDefaultInstance(), client);
        client.next();
        client.ready = false;
        for (int i = 0; i < 5_000; i++) {
            tell("e" + i);
        }
        client.open();
        Throwable failure = assertThrows(java.util.concurrent.ExecutionException.class,
                () -> client.end.get(60, TimeUnit.SECONDS)).getCause();
        StatusRuntimeException status = assertInstanceOf(StatusRuntimeException.class, failure);
        assertEquals(Status.Code.DATA_LOSS, status.getStatus().getCode());
        assertEquals("EVENTS_LOST", status.getTrailers().get(Failures.REASON));
        assertTrue(client.replies.size() <= 1, "no event after a gap");
    }

    @Test
    void aClientThatVanishesEndsItsThread() throws Exception {
        Client client = new Client();
        Thread thread = serve(EventsRequest.getDefaultInstance(), client);
        client.next();
        client.vanish();
        thread.join();
        assertEquals(Thread.State.TERMINATED, thread.getState());
    }

    @Test
    void anUnknownFilterIsRefused() {
        Client client = new Client();
        serve(EventsRequest.newBuilder().addFilters(
                Filter.newBuilder().setKey("nonsense")).build(), client);
        StatusRuntimeException status = assertInstanceOf(StatusRuntimeException.class,
                assertThrows(java.util.concurrent.ExecutionException.class,
                        () -> client.end.get(60, TimeUnit.SECONDS)).getCause());
        assertEquals(Status.Code.INVALID_ARGUMENT, status.getStatus().getCode());
    }
}
