package runtime.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import runtime.forward.LineAssembly;
import runtime.forward.LogLine;

/**
 * Forwards the own logs of containers that asked for it, each from the place noted on disk. A target that
 * is gone holds back the reading, and nothing else: the log is rotated meanwhile as ever, and what it
 * loses by that is told. A daemon killed with -9 sends again what it sent since the last note, at most
 * {@value #NOTE_BYTES} bytes and the line that had begun.
 */
final class LogForwarding {
    private static final long NOTE_BYTES = 1 << 20;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final Surroundings around;
    private final Errands errands;
    private final Set<String> attended = ConcurrentHashMap.newKeySet();

    LogForwarding(Surroundings around, Errands errands) {
        this.around = around;
        this.errands = errands;
    }

    /** Forwards what a container prints, until it has ended and all is sent. */
    void attend(Container container) {
        if (container.record().options().logChoice().driver().forwards()
                && attended.add(container.id())) {
            container.sessionOpened();
            errands.begin("forward-" + container.record().shortId(), () -> forward(container));
        }
    }

    private void forward(Container container) throws InterruptedException {
        Duration wait = FIRST_WAIT;
        boolean warned = false;
        boolean open = true;
        // Kept here, too: where the note cannot be written, nothing is sent twice while this daemon lives.
        Optional<LogPosition> reached = Optional.empty();
        try {
            while (open && !container.isGone()) {
                try (LogTarget target = LogTarget.open(
                        container.record().options().logChoice(), LogSubjects.of(container.record()),
                        around.logging().journal())) {
                    Pass pass = new Pass(container, target, reached);
                    try {
                        pass.run();
                        open = false;
                    } finally {
                        pass.note();
                        reached = Optional.of(pass.reached);
                        if (pass.sent > 0) {
                            wait = FIRST_WAIT;
                            if (warned) {
                                say(container, "is forwarded again");
                                warned = false;
                            }
                        }
                    }
                } catch (IOException failure) {
                    if (container.isGone() || Thread.currentThread().isInterrupted()) {
                        return;
                    }
                    if (!warned) {
                        warned = true;
                        say(container, "cannot be forwarded to " + LogTarget.address(
                                container.record().options().logChoice(),
                                around.logging().journal())
                                + "; it waits in the container's own bounded log: "
                                + failure.getMessage());
                    }
                    around.delays().await(wait);
                    wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT
                            : wait.multipliedBy(2);
                }
            }
        } finally {
            attended.remove(container.id());
            container.sessionClosed();
            if (!errands.isClosed() && !container.isGone() && container.launched() != null) {
                attend(container);
            }
        }
    }

    private void say(Container container, String what) {
        around.journal().say("warning: the log of container " + container.record().name() + " ("
                + container.record().shortId() + ") " + what);
        around.events().tell(container.record(), "log_forwarding", "reason", what);
    }

    /** One connection's worth of forwarding. */
    private final class Pass {
        private final Container container;
        private final LogTarget target;
        private final Path noteFile;
        private final LineAssembly out = new LineAssembly(false);
        private final LineAssembly error = new LineAssembly(true);
        private LogPosition reached;
        private boolean unnoted;
        private boolean toldUnnoted;
        private long sinceNote;
        private long sent;

        private Pass(Container container, LogTarget target, Optional<LogPosition> known)
                throws IOException {
            this.container = container;
            this.target = target;
            this.noteFile = around.files().folders(container.id()).forwarded();
            this.reached = known.isPresent() ? known.get() : begin();
        }

        private LogPosition begin() throws IOException {
            String noted;
            try {
                noted = Files.readString(noteFile);
            } catch (NoSuchFileException first) {
                return LogPosition.START;
            }
            Optional<LogPosition> found = container.log().find(noted);
            if (found.isEmpty() && !noted.endsWith("-")) {
                say(container, "was rotated before it was forwarded: some lines are lost there");
            }
            return found.orElse(LogPosition.START);
        }

        private void run() throws IOException, InterruptedException {
            try (LogFollower.Watch watch = around.follower().watch(container.log().folder());
                    LogReader reader = new LogReader(container.log(), reached)) {
                container.ended().whenComplete((result, failure) -> watch.wake());
                while (true) {
                    boolean complete = container.ended().isDone();
                    for (LogFrame frame = reader.next(complete); frame != null;
                            frame = reader.next(complete)) {
                        take(frame, reader.position());
                    }
                    if (complete) {
                        send(out.end());
                        send(error.end());
                        reach(reader.position());
                        return;
                    }
                    note();
                    watch.await();
                }
            }
        }

        private void take(LogFrame frame, LogPosition after) throws IOException {
            LineAssembly stream = frame.stream() == LogFrame.Stream.STDERR ? error : out;
            send(stream.add(frame.at(), frame.payload()));
            sinceNote += frame.payload().length;
            if (!out.isOpen() && !error.isOpen()) {
                reach(after);
                if (sinceNote >= NOTE_BYTES) {
                    note();
                }
            }
        }

        private void reach(LogPosition position) {
            unnoted |= !position.equals(reached);
            reached = position;
        }

        private void send(List<LogLine> lines) throws IOException {
            for (LogLine line : new ArrayList<>(lines)) {
                target.send(line);
                sent++;
            }
        }

        private void note() {
            if (unnoted && !container.isGone()) {
                // An interrupt, which ends the daemon, would close the channel; the note matters.
                boolean interrupted = Thread.interrupted();
                try {
                    DurableFile.writeTransient(noteFile,
                            LogFiles.text(reached).getBytes(StandardCharsets.UTF_8));
                    unnoted = false;
                    toldUnnoted = false;
                } catch (IOException unwritten) {
                    if (!toldUnnoted) {
                        toldUnnoted = true;
                        say(container, "is forwarded, but how far is not noted on disk, so that the next"
                                + " daemon would send again: " + unwritten.getMessage());
                    }
                } finally {
                    sinceNote = 0;
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                }
            }
        }
    }
}
