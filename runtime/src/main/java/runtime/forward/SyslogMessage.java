package runtime.forward;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A line as RFC 5424 or RFC 3164 has it, framed for its way (RFC 6587). */
public final class SyslogMessage {
    private static final int SEVERITY_INFO = 6;
    private static final int SEVERITY_ERROR = 3;
    private static final DateTimeFormatter MODERN_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter OLD_TIME =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss", Locale.ENGLISH);

    private SyslogMessage() {}

    /**
     * The bytes to send.
     *
     * @param hostname of this host
     * @param zone     of this host: times of RFC 3164 are local
     */
    public static byte[] of(LogLine line, LogSubject subject, LogChoice choice,
            SyslogSettings settings, String hostname, ZoneId zone) {
        int priority = settings.facility() * 8 + (line.error() ? SEVERITY_ERROR : SEVERITY_INFO);
        String tag = word(LogTag.of(choice.option("tag", LogTag.STANDARD), subject),
                settings.modern() ? 48 : 32);
        String host = word(hostname, 255);
        String head = settings.modern()
                ? "<" + priority + ">1 " + MODERN_TIME.format(line.at()) + " " + host + " " + tag
                        + " - " + tag.substring(0, Math.min(32, tag.length())) + " - "
                : "<" + priority + ">" + OLD_TIME.withZone(zone).format(line.at()) + " " + host
                        + " " + tag + ": ";
        return framed(settings, join(head.getBytes(StandardCharsets.US_ASCII), line.text()));
    }

    private static byte[] framed(SyslogSettings settings, byte[] message) {
        return switch (settings.transport()) {
            case UDP, UNIXGRAM -> message;
            case UNIX -> join(message, new byte[] {'\n'});
            case TCP -> settings.modern()
                    ? join((message.length + " ").getBytes(StandardCharsets.US_ASCII), message)
                    : join(message, new byte[] {'\n'});
        };
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = java.util.Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Printable ASCII without spaces, as both RFCs want their words. */
    private static String word(String text, int maxCharacters) {
        String plain = text.replaceAll("[^!-~]", "_");
        return plain.isEmpty() ? "-" : plain.substring(0, Math.min(maxCharacters, plain.length()));
    }
}
