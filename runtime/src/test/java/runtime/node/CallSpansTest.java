package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import runtime.trace.RecordingTracer;
import runtime.trace.RecordingTracer.Noted;
import runtime.trace.Span;
import runtime.trace.TraceParent;

class CallSpansTest {
    private static final String METHOD = "jctl.node.v1.Node/Run";
    private static final String PARENT = "00-" + "a".repeat(32) + "-" + "b".repeat(16) + "-01";
    private final RecordingTracer tracer = new RecordingTracer();
    private final CallSpans spans = new CallSpans(tracer, Set.of(METHOD));

    private static Metadata headers(String name, String value) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        return headers;
    }

    @Test
    void aCallInTheWordsOfTheConventions() throws Exception {
        Metadata headers = headers("traceparent", PARENT);
        headers.merge(headers("tracestate", "vendor=1"));
        spans.newServerStreamTracer(METHOD, headers).streamClosed(Status.OK);
        assertEquals(new Noted(METHOD, "", new TraceParent(PARENT, "vendor=1"), Map.of(
                "rpc.system", "grpc", "rpc.service", "jctl.node.v1.Node", "rpc.method", "Run",
                "rpc.grpc.status_code", "0"), Optional.empty()), tracer.next());
    }

    @Test
    void whoeverHandlesItsEventsFindsIt() throws Exception {
        ServerStreamTracer call = spans.newServerStreamTracer(METHOD, new Metadata());
        Span inside = call.filterContext(Context.ROOT).call(CallSpans::current);
        inside.child("part").end();
        assertEquals(METHOD, tracer.next().parent());
        assertSame(Span.NONE, CallSpans.current());
    }

    @Test
    void onlyWhatTheDaemonIsToBlameForIsAnError() throws Exception {
        for (Status.Code code : Status.Code.values()) {
            spans.newServerStreamTracer(METHOD, new Metadata())
                    .streamClosed(code.toStatus().withDescription("why"));
            Noted noted = tracer.next();
            assertEquals(Integer.toString(code.value()),
                    noted.attributes().get("rpc.grpc.status_code"));
            assertEquals(CallSpans.isOurs(code) ? Optional.of("why") : Optional.empty(),
                    noted.failure(), code.toString());
        }
        assertTrue(CallSpans.isOurs(Status.Code.INTERNAL));
        assertTrue(!CallSpans.isOurs(Status.Code.NOT_FOUND));
    }

    @Test
    void aClientsOwnMethodNameIsNotTakenOver() throws Exception {
        spans.newServerStreamTracer("any/" + "x".repeat(5000), new Metadata())
                .streamClosed(Status.UNIMPLEMENTED);
        Noted noted = tracer.next();
        assertEquals("unknown method", noted.name());
        assertEquals(Map.of("rpc.system", "grpc", "rpc.grpc.status_code", "12"),
                noted.attributes());
    }
}
