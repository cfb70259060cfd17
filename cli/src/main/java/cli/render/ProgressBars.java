package cli.render;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Progress of several parts as lines on a terminal that are drawn over again. Text with ECMA-48
 * control sequences: cursor up, erase line.
 */
public final class ProgressBars {
    private static final int WIDTH = 30;

    private record Line(String phase, long currentBytes, long totalBytes, String message) {}

    private final Map<String, Line> lines = new LinkedHashMap<>();
    private final StringBuilder messages = new StringBuilder();
    private int drawn;

    /**
     * Notes how far a part is.
     *
     * @param id           the part; empty for a message that is printed once
     * @param phase        a word for what is being done
     * @param currentBytes how much is done
     * @param totalBytes   of how much; 0 if unknown
     * @param message      further text
     */
    public void update(
            String id, String phase, long currentBytes, long totalBytes, String message) {
        if (id.isEmpty()) {
            messages.append(printable(message)).append("\u001b[K\n");
        } else {
            lines.put(id, new Line(phase, currentBytes, totalBytes, message));
        }
    }

    /** What to print to draw everything anew over the last frame. */
    public String frame() {
        StringBuilder text = new StringBuilder();
        if (drawn > 0) {
            text.append("\u001b[").append(drawn).append('A');
        }
        text.append('\r').append(messages);
        messages.setLength(0);
        for (Map.Entry<String, Line> entry : lines.entrySet()) {
            text.append(printable(entry.getKey())).append(": ");
            line(text, entry.getValue());
            text.append("\u001b[K\n");
        }
        drawn = lines.size();
        return text.toString();
    }

    private static void line(StringBuilder text, Line line) {
        text.append(line.phase());
        boolean moving = line.totalBytes() > 0 && line.currentBytes() < line.totalBytes();
        if (moving) {
            int done = (int) (WIDTH * Math.max(0, line.currentBytes()) / line.totalBytes());
            text.append(" [").repeat('=', done).append('>').repeat(' ', WIDTH - done).append(']');
        }
        if (line.currentBytes() > 0 && moving) {
            text.append(' ').append(Sizes.decimal(line.currentBytes()))
                    .append('/').append(Sizes.decimal(line.totalBytes()));
        } else if (line.totalBytes() > 0) {
            text.append(' ').append(Sizes.decimal(line.totalBytes()));
        } else if (line.currentBytes() > 0) {
            text.append(' ').append(Sizes.decimal(line.currentBytes()));
        }
        if (!line.message().isEmpty()) {
            text.append(' ').append(printable(line.message()));
        }
    }

    /** Without control characters: what a registry sends must not move the user's cursor. */
    private static String printable(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char character = text.charAt(i);
            clean.append(Character.isISOControl(character) ? ' ' : character);
        }
        return clean.toString();
    }
}
