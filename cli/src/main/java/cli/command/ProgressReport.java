package cli.command;

import api.node.Progress;
import cli.render.Json;
import cli.render.ProgressBars;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Shows progress on standard error: bars on a terminal, else a line of JSON for each new phase. */
final class ProgressReport {
    private static final long FRAME_NANOS = 50_000_000L;

    private enum Style { BARS, JSON, NONE }

    private final Console console;
    private final Style style;
    private final ProgressBars bars = new ProgressBars();
    private final Map<String, Progress.Phase> phases = new HashMap<>();
    private long shownNanos;
    private boolean pending;

    /** @param wanted "auto", "bars", "json" or "none" */
    ProgressReport(Console console, String wanted) {
        this.console = console;
        this.style = switch (wanted) {
            case "bars" -> Style.BARS;
            case "json" -> Style.JSON;
            case "none" -> Style.NONE;
            default -> console.isErrTerminal() ? Style.BARS : Style.JSON;
        };
    }

    /** Shows one step. */
    void show(Progress progress) throws IOException {
        switch (style) {
            case BARS -> bars(progress);
            case JSON -> json(progress);
            case NONE -> { }
        }
    }

    /** Shows what was held back. */
    void close() throws IOException {
        if (pending) {
            pending = false;
            console.sayText(bars.frame());
        }
    }

    private void bars(Progress progress) throws IOException {
        bars.update(progress.getId(), word(progress.getPhase()), progress.getCurrentBytes(),
                progress.getTotalBytes(), progress.getMessage());
        pending = true;
        long now = System.nanoTime();
        if (now - shownNanos >= FRAME_NANOS) {
            shownNanos = now;
            close();
        }
    }

    private void json(Progress progress) throws IOException {
        if (!progress.getId().isEmpty()
                && phases.put(progress.getId(), progress.getPhase()) == progress.getPhase()) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("phase", progress.getPhase().name().toLowerCase(java.util.Locale.ROOT));
        if (!progress.getId().isEmpty()) {
            line.put("id", progress.getId());
        }
        if (progress.getTotalBytes() > 0) {
            line.put("totalBytes", progress.getTotalBytes());
        }
        if (!progress.getMessage().isEmpty()) {
            line.put("message", progress.getMessage());
        }
        console.say(Json.compact(line));
    }

    private static String word(Progress.Phase phase) {
        return switch (phase) {
            case MESSAGE -> "";
            case WAITING -> "Waiting";
            case DOWNLOADING -> "Downloading";
            case UPLOADING -> "Uploading";
            case READING -> "Reading";
            case UNPACKING -> "Unpacking";
            case EXISTS -> "Already exists";
            case DONE -> "Done";
            case RETRYING -> "Retrying";
            case UNRECOGNIZED -> "Working";
        };
    }
}
