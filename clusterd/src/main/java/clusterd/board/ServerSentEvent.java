package clusterd.board;

import java.nio.charset.StandardCharsets;

/**
 * One event of a stream of them (HTML standard, "Server-sent events").
 *
 * @param name what kind
 * @param id   that a client says when it comes again; {@code ""}: it keeps the last one
 * @param data any text
 */
public record ServerSentEvent(String name, String id, String data) {
    /** Says nothing, so that both sides see whether the other is there. */
    public static final byte[] BEAT = ":\n\n".getBytes(StandardCharsets.UTF_8);

    /** Refuses names and ids that would end their line. */
    public ServerSentEvent {
        if (!isOneLine(name) || !isOneLine(id)) {
            throw new IllegalArgumentException("an event's name and id are of one line each");
        }
    }

    private static boolean isOneLine(String text) {
        return text.chars().noneMatch(each -> each == '\n' || each == '\r' || each == 0);
    }

    /** How long a client waits before it comes again. */
    public static byte[] retry(int millis) {
        return ("retry: " + millis + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** As it is sent; each line of the data is a field, so that no data ends the event. */
    public byte[] bytes() {
        StringBuilder text = new StringBuilder(data.length() + 64);
        text.append("event: ").append(name).append('\n');
        if (!id.isEmpty()) {
            text.append("id: ").append(id).append('\n');
        }
        for (String line : data.split("\r\n|\r|\n", -1)) {
            text.append("data: ").append(line).append('\n');
        }
        return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }
}
