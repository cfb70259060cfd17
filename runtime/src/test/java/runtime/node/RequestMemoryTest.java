package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RequestMemoryTest {
    private static final int MANY_BYTES = 600_000;
    private final RequestMemory memory = new RequestMemory(1_000_000);

    /** A call that only knows whether it was closed. */
    private static final class Closing extends ServerCall<byte[], byte[]> {
        private final CompletableFuture<Status> closed = new CompletableFuture<>();

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(byte[] message) {}

        @Override
        public void close(Status status, Metadata trailers) {
            closed.complete(status);
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<byte[], byte[]> getMethodDescriptor() {
            throw new IllegalStateException("nobody asks");
        }
    }

    private ServerStreamTracer begun(ServerCall<byte[], byte[]> call) throws Exception {
        ServerStreamTracer tracer = memory.newServerStreamTracer("any", new Metadata());
        tracer.filterContext(Context.ROOT).call(() -> memory.interceptCall(call, new Metadata(),
                (same, headers) -> new ServerCall.Listener<>() { }));
        return tracer;
    }

    @Test
    void theOneTooManyIsRefusedAndNobodyElse() throws Exception {
        Closing first = new Closing();
        Closing second = new Closing();
        Closing small = new Closing();
        ServerStreamTracer one = begun(first);
        ServerStreamTracer other = begun(second);
        one.inboundWireSize(MANY_BYTES);
        other.inboundWireSize(MANY_BYTES);
        assertEquals(Status.Code.RESOURCE_EXHAUSTED, second.closed.get().getCode());
        begun(small).inboundWireSize(RequestMemory.SMALL_BYTES);
        assertFalse(first.closed.isDone());
        assertFalse(small.closed.isDone());
    }

    @Test
    void whatIsReadOrOverIsGivenBack() throws Exception {
        ServerStreamTracer one = begun(new Closing());
        for (int message = 0; message < 10; message++) {
            one.inboundWireSize(MANY_BYTES);
            assertEquals(MANY_BYTES, memory.takenBytes());
            one.inboundMessageRead(message, MANY_BYTES, MANY_BYTES);
        }
        one.inboundWireSize(MANY_BYTES);
        one.streamClosed(Status.CANCELLED);
        assertEquals(0, memory.takenBytes());
    }
}
