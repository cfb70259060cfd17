package runtime.telemetry;

import java.text.MessageFormat;
import java.util.Optional;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What OpenTelemetry's SDK would log, at each batch that fails, with text of the collector's: the newest of
 * it is kept for whoever warns of that, the rest goes nowhere.
 */
final class SdkWords extends Handler {
    private static final int MOST_CHARACTERS = 200;
    /** Kept here, since it is forgotten otherwise. */
    private static final Logger SDK = Logger.getLogger("io.opentelemetry");

    private volatile String latest = "";

    private SdkWords() {
        setLevel(Level.WARNING);
    }

    /** Takes over the SDK's log. */
    static SdkWords listen() {
        SdkWords words = new SdkWords();
        for (Handler before : SDK.getHandlers()) {
            SDK.removeHandler(before);
        }
        SDK.setUseParentHandlers(false);
        SDK.addHandler(words);
        return words;
    }

    /** What it said last; empty if nothing. */
    Optional<String> latest() {
        return latest.isEmpty() ? Optional.empty() : Optional.of(latest);
    }

    @Override
    public void publish(LogRecord record) {
        if (!isLoggable(record)) {
            return;
        }
        String text = record.getParameters() == null ? String.valueOf(record.getMessage())
                : MessageFormat.format(record.getMessage(), record.getParameters());
        Throwable thrown = record.getThrown();
        latest = shortened(thrown == null ? text : text + ": " + thrown);
    }

    private static String shortened(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= MOST_CHARACTERS ? line : line.substring(0, MOST_CHARACTERS) + "…";
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void close() {
        // Nothing was opened.
    }
}
