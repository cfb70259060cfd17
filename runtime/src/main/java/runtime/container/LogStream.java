package runtime.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Gives a log's frames to a receiver, in order, waiting for more if asked to. */
public final class LogStream {
    private final LogFiles files;
    private final LogFollower follower;

    /**
     * @param files    the log
     * @param follower used only by those who wait
     */
    public LogStream(LogFiles files, LogFollower follower) {
        this.files = files;
        this.follower = follower;
    }

    /** Who receives; may block, which holds back the reading and nothing else. */
    @FunctionalInterface
    public interface Sink {
        /**
         * Takes a frame.
         *
         * @return false if no more is wanted
         */
        boolean accept(LogFrame frame) throws IOException, InterruptedException;
    }

    /**
     * Reads from a place until the output is complete and drained, or the sink has enough.
     *
     * @param from  where to begin
     * @param ended completes once nothing more will be written: the keeper writes all output before it
     *              reports an exit
     */
    public void follow(LogPosition from, CompletableFuture<?> ended, Sink sink)
            throws IOException, InterruptedException {
        try (LogFollower.Watch watch = follower.watch(files.folder());
                LogReader reader = new LogReader(files, from)) {
            ended.whenComplete((result, failure) -> watch.wake());
            while (true) {
                boolean complete = ended.isDone();
                if (!drain(reader, complete, sink) || complete) {
                    return;
                }
                watch.await();
            }
        }
    }

    /**
     * Says in the output itself if some of it was lost, as a line on standard error.
     *
     * @param ended nothing is said before it is complete
     */
    static void tellOfLoss(CompletableFuture<ContainerRecord.RunExit> ended, Sink sink)
            throws IOException, InterruptedException {
        if (ended.isDone() && ended.join().outputLost()) {
            sink.accept(new LogFrame(ended.join().finishedAt(), LogFrame.Stream.STDERR,
                    "[jctl: some output was lost: no space left for the log]\n"
                            .getBytes(StandardCharsets.UTF_8), 0));
        }
    }

    private static boolean drain(LogReader reader, boolean complete, Sink sink)
            throws IOException, InterruptedException {
        for (LogFrame frame = reader.next(complete); frame != null; frame = reader.next(complete)) {
            if (!sink.accept(frame)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Answers a query.
     *
     * @param ended completes once nothing more will be written
     */
    public void query(LogQuery query, CompletableFuture<?> ended, Sink sink)
            throws IOException, InterruptedException {
        long skip = query.tailLines().isPresent() ? linesToSkip(query, ended.isDone()) : 0;
        QuerySink filtered = new QuerySink(query, skip, sink);
        if (query.follow()) {
            follow(LogPosition.START, ended, filtered);
            return;
        }
        try (LogReader reader = new LogReader(files, LogPosition.START)) {
            drain(reader, ended.isDone(), filtered);
        }
    }

    private long linesToSkip(LogQuery query, boolean complete) throws IOException {
        long ends = 0;
        boolean open = false;
        try (LogReader reader = new LogReader(files, LogPosition.START)) {
            LogFrame frame;
            while ((frame = reader.next(complete)) != null) {
                if (query.wants(frame)) {
                    ends += LogLines.countEnds(frame.payload());
                    open = frame.payload()[frame.payload().length - 1] != '\n';
                }
            }
        }
        return Math.max(0, ends + (open ? 1 : 0) - query.tailLines().getAsLong());
    }

    /** Filters and skips on the way to the receiver. */
    private static final class QuerySink implements Sink {
        private final LogQuery query;
        private final Sink next;
        private long endsToSkip;

        private QuerySink(LogQuery query, long endsToSkip, Sink next) {
            this.query = query;
            this.endsToSkip = endsToSkip;
            this.next = next;
        }

        @Override
        public boolean accept(LogFrame frame) throws IOException, InterruptedException {
            if (!query.wants(frame)) {
                // The clock may have been set back since: without following, what comes later may fit again.
                return !query.follow() || query.until().isEmpty()
                        || !frame.at().isAfter(query.until().get());
            }
            long ends = LogLines.countEnds(frame.payload());
            if (endsToSkip > ends) {
                endsToSkip -= ends;
                return true;
            }
            LogFrame rest = LogLines.afterLineEnds(frame, endsToSkip);
            endsToSkip = 0;
            if (rest.payload().length == 0) {
                return true;
            }
            return next.accept(rest);
        }
    }
}
