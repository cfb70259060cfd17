package runtime.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TrailTest {
    private final RecordingTracer tracer = new RecordingTracer();

    @Test
    void phasesArePartsOfTheOneTheyAreIn() {
        String result = Trail.within(tracer.work("call"), () -> {
            try (Phase outer = Trail.phase("outer")) {
                try (Phase inner = Trail.phase("inner")) {
                    inner.done();
                }
                outer.done();
            }
            try (Phase later = Trail.phase("later")) {
                later.done();
                return "answer";
            }
        });
        assertEquals("answer", result);
        assertEquals(List.of("outer/inner", "call/outer", "call/later"), tracer.ended());
    }

    @Test
    void whatIsNotDoneHasFailed() {
        Span call = tracer.work("call");
        assertThrows(IllegalStateException.class, () -> Trail.within(call, () -> {
            try (Phase phase = Trail.phase("phase")) {
                if (phase.span() != Span.NONE) {
                    throw new IllegalStateException();
                }
                phase.done();
            }
            return null;
        }));
        call.fail("why");
        assertEquals(List.of("call/phase!", "/call!"), tracer.ended());
    }

    @Test
    void whereNobodyTracesNothingIsNoted() {
        try (Phase phase = Trail.phase("phase")) {
            assertSame(Span.NONE, phase.span());
            phase.done();
            assertSame(Phase.UNTRACED, Trail.phase("another"), "it costs no object");
        }
        Trail.within(Span.NONE, () -> {
            assertSame(Phase.UNTRACED, Trail.phase("within"));
            return null;
        });
        assertSame(Span.NONE, Trail.here());
        assertSame(Span.NONE, Tracer.OFF.work("work"));
        assertSame(Span.NONE, Tracer.OFF.call("call", TraceParent.NONE));
    }

    @Test
    void anotherThreadIsNowhereUntilItIsGivenASpan() throws Exception {
        Trail.within(tracer.work("call"), () -> {
            Span here = Trail.here();
            CompletableFuture<Span> elsewhere = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                here.child("part").end();
                elsewhere.complete(Trail.here());
            });
            assertSame(Span.NONE, elsewhere.join());
            return null;
        });
        assertEquals(List.of("call/part"), tracer.ended());
    }
}
