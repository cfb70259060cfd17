package runtime.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import runtime.image.Digest;
import runtime.store.Progress;
import runtime.trace.RecordingTracer;
import runtime.trace.RecordingTracer.Noted;
import runtime.trace.Span;
import runtime.trace.TraceParent;

class LayerSpansTest {
    private static final Digest ONE = new Digest(Digest.Algorithm.SHA256, "1".repeat(64));
    private static final Digest TWO = new Digest(Digest.Algorithm.SHA256, "2".repeat(64));
    private final RecordingTracer tracer = new RecordingTracer();
    private final List<String> reports = new ArrayList<>();
    private final Progress reported = (blob, phase, done, total) -> reports.add(phase + " " + done);

    @Test
    void aSpanForEachBlobAndWhatIsDoneToIt() throws Exception {
        try (LayerSpans layers = new LayerSpans(tracer.work("image.pull"), reported)) {
            layers.report(ONE, Progress.Phase.WAITING, 0, 9);
            layers.report(ONE, Progress.Phase.DOWNLOADING, 0, 9);
            layers.report(TWO, Progress.Phase.EXISTS, 0, 7);
            layers.report(ONE, Progress.Phase.DOWNLOADING, 5, 9);
            layers.report(ONE, Progress.Phase.VERIFYING, 9, 9);
            layers.report(ONE, Progress.Phase.UNPACKING, 0, 9);
            layers.report(ONE, Progress.Phase.DONE, 9, 9);
        }
        Map<String, String> facts = Map.of("jctl.blob.digest", ONE.toString(),
                "jctl.blob.size_bytes", "9");
        assertEquals(new Noted("layer.download", "image.pull", TraceParent.NONE, facts,
                Optional.empty()), tracer.next());
        assertEquals(new Noted("layer.unpack", "image.pull", TraceParent.NONE, facts,
                Optional.empty()), tracer.next());
        assertEquals(List.of(), tracer.ended());
        assertEquals(7, reports.size());
    }

    @Test
    void whatIsBrokenOffHasFailed() {
        try (LayerSpans layers = new LayerSpans(tracer.work("image.pull"), reported)) {
            layers.report(ONE, Progress.Phase.DOWNLOADING, 0, 9);
            layers.report(TWO, Progress.Phase.UPLOADING, 0, 9);
            layers.report(TWO, Progress.Phase.DONE, 9, 9);
        }
        assertEquals(List.of("image.pull/layer.upload", "image.pull/layer.download!"),
                tracer.ended());
    }

    @Test
    void untracedItOnlyPassesReportsOn() {
        try (LayerSpans layers = new LayerSpans(Span.NONE, reported)) {
            layers.report(ONE, Progress.Phase.DOWNLOADING, 3, 9);
        }
        assertEquals(List.of("DOWNLOADING 3"), reports);
    }
}
