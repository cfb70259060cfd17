package runtime.node;

import java.util.HashMap;
import java.util.Map;
import runtime.image.Digest;
import runtime.store.Progress;
import runtime.trace.Span;

/**
 * A span for each blob that is fetched, unpacked or sent, made of what is reported of it; reports are passed
 * on. What has not come to its end when this is closed has failed. Safe for several threads.
 */
final class LayerSpans implements Progress, AutoCloseable {
    private final Span parent;
    private final Progress next;
    /** Guarded by itself. */
    private final Map<Digest, Open> open = new HashMap<>();

    private record Open(String name, Span span) {}

    LayerSpans(Span parent, Progress next) {
        this.parent = parent;
        this.next = next;
    }

    @Override
    public void report(Digest blob, Phase phase, long doneBytes, long totalBytes) {
        next.report(blob, phase, doneBytes, totalBytes);
        if (parent == Span.NONE) {
            return;
        }
        switch (phase) {
            case DOWNLOADING -> begin(blob, "layer.download", totalBytes);
            case UNPACKING -> begin(blob, "layer.unpack", totalBytes);
            case UPLOADING -> begin(blob, "layer.upload", totalBytes);
            case EXISTS, DONE -> end(blob);
            case WAITING, VERIFYING -> { }
        }
    }

    private void begin(Digest blob, String name, long totalBytes) {
        synchronized (open) {
            Open before = open.get(blob);
            if (before != null && before.name.equals(name)) {
                return;
            }
            if (before != null) {
                before.span.end();
            }
            open.put(blob, new Open(name, parent.child(name)
                    .set("jctl.blob.digest", blob.toString())
                    .set("jctl.blob.size_bytes", totalBytes)));
        }
    }

    private void end(Digest blob) {
        synchronized (open) {
            Open ended = open.remove(blob);
            if (ended != null) {
                ended.span.end();
            }
        }
    }

    @Override
    public void close() {
        synchronized (open) {
            open.values().forEach(left -> left.span.fail("it was broken off"));
            open.clear();
        }
    }
}
