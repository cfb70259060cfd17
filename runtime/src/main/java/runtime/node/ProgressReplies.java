package runtime.node;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import runtime.image.Digest;
import runtime.store.Progress;

/**
 * Progress as replies: each change of phase, and between those some ten a second of each part if the
 * client keeps up.
 */
final class ProgressReplies<T> implements Progress {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final int SHORT_DIGITS = 12;
    private final ReplyStream<T> replies;
    private final Function<api.node.Progress, T> wrap;
    private final Map<Digest, Last> last = new HashMap<>();

    private record Last(Progress.Phase phase, long atNanos) {}

    ProgressReplies(ReplyStream<T> replies, Function<api.node.Progress, T> wrap) {
        this.replies = replies;
        this.wrap = wrap;
    }

    @Override
    public void report(Digest blob, Progress.Phase phase, long doneBytes, long totalBytes) {
        long now = System.nanoTime();
        boolean changed;
        synchronized (last) {
            Last before = last.get(blob);
            changed = before == null || before.phase != phase;
            if (!changed && now - before.atNanos < INTERVAL_NANOS) {
                return;
            }
            last.put(blob, new Last(phase, now));
        }
        replies.offer(wrap.apply(api.node.Progress.newBuilder()
                .setId(shortId(blob)).setPhase(translate(phase))
                .setCurrentBytes(doneBytes).setTotalBytes(totalBytes).build()), changed);
    }

    /** A line for the user. */
    void say(String message) {
        replies.offer(wrap.apply(api.node.Progress.newBuilder()
                .setPhase(api.node.Progress.Phase.MESSAGE).setMessage(message).build()), true);
    }

    private static String shortId(Digest digest) {
        String text = digest.toString();
        int colon = text.indexOf(':');
        return text.substring(colon + 1, colon + 1 + SHORT_DIGITS);
    }

    private static api.node.Progress.Phase translate(Progress.Phase phase) {
        return switch (phase) {
            case WAITING -> api.node.Progress.Phase.WAITING;
            case DOWNLOADING -> api.node.Progress.Phase.DOWNLOADING;
            case VERIFYING -> api.node.Progress.Phase.READING;
            case EXISTS -> api.node.Progress.Phase.EXISTS;
            case UNPACKING -> api.node.Progress.Phase.UNPACKING;
            case UPLOADING -> api.node.Progress.Phase.UPLOADING;
            case DONE -> api.node.Progress.Phase.DONE;
        };
    }
}
