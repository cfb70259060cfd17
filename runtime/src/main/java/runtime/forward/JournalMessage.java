package runtime.forward;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A datagram for {@code /run/systemd/journal/socket}: a field per line; a value with a line end is
 * preceded by its length (u64, little endian) instead of {@code =}.
 */
public final class JournalMessage {
    private static final String PRIORITY_INFO = "6";
    private static final String PRIORITY_ERROR = "3";

    private JournalMessage() {}

    /** The datagram of a line. */
    public static byte[] of(LogLine line, LogSubject subject, LogChoice choice) {
        String tag = LogTag.of(choice.option("tag", LogTag.STANDARD), subject);
        ByteArrayOutputStream fields = new ByteArrayOutputStream(line.text().length + 512);
        field(fields, "MESSAGE", line.text());
        field(fields, "PRIORITY", line.error() ? PRIORITY_ERROR : PRIORITY_INFO);
        field(fields, "CONTAINER_ID", subject.shortId());
        field(fields, "CONTAINER_ID_FULL", subject.id());
        field(fields, "CONTAINER_NAME", subject.name());
        field(fields, "CONTAINER_TAG", tag);
        field(fields, "IMAGE_NAME", subject.imageName());
        field(fields, "SYSLOG_IDENTIFIER", tag);
        field(fields, "SYSLOG_TIMESTAMP", line.at().toString());
        if (line.partial()) {
            field(fields, "CONTAINER_PARTIAL_MESSAGE", "true");
        }
        subject.extra().forEach((name, value) -> field(fields, fieldName(name), value));
        return fields.toByteArray();
    }

    private static void field(ByteArrayOutputStream fields, String name, String value) {
        field(fields, name, value.getBytes(StandardCharsets.UTF_8));
    }

    private static void field(ByteArrayOutputStream fields, String name, byte[] value) {
        fields.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        boolean binary = false;
        for (byte each : value) {
            binary |= each == '\n';
        }
        if (binary) {
            fields.write('\n');
            fields.writeBytes(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(value.length).array());
        } else {
            fields.write('=');
        }
        fields.writeBytes(value);
        fields.write('\n');
    }

    /** The journal takes A to Z, digits and underscores, and keeps names that begin with one. */
    private static String fieldName(String name) {
        String plain = name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_")
                .replaceFirst("^[_0-9]+", "");
        return plain.isEmpty() ? "FIELD" : plain.substring(0, Math.min(64, plain.length()));
    }
}
