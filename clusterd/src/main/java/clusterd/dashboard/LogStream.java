package clusterd.dashboard;

import clusterd.board.Json;
import clusterd.board.LineJoin;
import clusterd.board.ServerSentEvent;
import clusterd.control.TaskOutput;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What tasks write, line by line, to one browser. */
final class LogStream {
    private final Listener listener;
    private final Map<String, LineJoin> begun = new HashMap<>();

    LogStream(Listener listener) {
        this.listener = listener;
    }

    /** Sends all of it until it ends or nobody listens; the browser is told why it ended. */
    void copy(TaskOutput.Reading reading) {
        try (reading) {
            for (var piece = reading.next(); piece.isPresent() && !listener.isEnded(); piece = reading.next()) {
                TaskOutput.Piece each = piece.get();
                send(each, begun.computeIfAbsent(each.task() + "\n" + each.error(), key -> new LineJoin())
                        .add(each.data()));
            }
            listener.offer(new ServerSentEvent("over", "", Json.of(Map.of("why", reading.problem()))).bytes());
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
        listener.end();
    }

    private void send(TaskOutput.Piece piece, List<String> lines) throws InterruptedException {
        for (String line : lines) {
            Map<String, Object> part = new LinkedHashMap<>();
            part.put("task", piece.task());
            part.put("node", piece.node());
            part.put("error", piece.error());
            part.put("at", piece.unixNanos() / 1_000_000);
            part.put("text", line);
            listener.put(new ServerSentEvent("line", Long.toString(piece.unixNanos()), Json.of(part)).bytes());
        }
    }
}
