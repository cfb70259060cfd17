package runtime.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MessagesTest {
    private static final Instant AT = Instant.parse("2026-03-04T05:06:07.123456Z");
    private static final LogSubject WEB = new LogSubject("ab".repeat(32), "web", "nginx:1",
            "sha256:" + "cd".repeat(32), Map.of("tier.x", "front"));

    private static LogLine line(String text, boolean error) {
        return new LogLine(AT, error, text.getBytes(StandardCharsets.UTF_8), false);
    }

    private static String syslog(LogLine line, Map<String, String> options) {
        LogChoice choice = LogChoice.of("syslog", options);
        return new String(SyslogMessage.of(line, WEB, choice, SyslogSettings.of(choice), "node 1",
                ZoneOffset.UTC), StandardCharsets.UTF_8);
    }

    @Test
    void syslogAsRfc5424SaysAndCountedOnTcp() {
        assertEquals("<30>1 2026-03-04T05:06:07.123456Z node_1 web - web - hello",
                syslog(line("hello", false), Map.of("tag", "{{.Name}}")));
        assertEquals("73 <131>1 2026-03-04T05:06:07.123456Z node_1 cdcdcdcdcdcd - cdcdcdcdcdcd - x",
                syslog(line("x", true), Map.of("tag", "{{.ImageID}}", "syslog-facility", "local0",
                        "syslog-address", "tcp://127.0.0.1:5")));
    }

    @Test
    void syslogAsRfc3164Says() {
        assertEquals("<30>Mar  4 05:06:07 node_1 abababababab: hello\n",
                syslog(line("hello", false), Map.of("syslog-format", "rfc3164",
                        "syslog-address", "tcp://[::1]:5")));
    }

    @Test
    void aJournalsFieldWithALineEndHasItsLength() {
        LogChoice choice = LogChoice.of("journald", Map.of("tag", "a\nb"));
        String text = new String(JournalMessage.of(line("hello", true), WEB, choice),
                StandardCharsets.ISO_8859_1);
        assertTrue(text.startsWith("MESSAGE=hello\nPRIORITY=3\nCONTAINER_ID=abababababab\n"), text);
        assertTrue(text.contains("\nCONTAINER_NAME=web\nCONTAINER_TAG\n\3\0\0\0\0\0\0\0a\nb\n"), text);
        assertTrue(text.endsWith("\nTIER_X=front\n"), text);
    }

    @Test
    void piecesBecomeLinesAndLongOnesSeveral() {
        LineAssembly lines = new LineAssembly(false);
        assertEquals(List.of(), lines.add(AT, "he".getBytes(StandardCharsets.UTF_8)));
        assertTrue(lines.isOpen());
        List<LogLine> whole = lines.add(AT, "llo\r\n\n".getBytes(StandardCharsets.UTF_8));
        assertArrayEquals("hello".getBytes(StandardCharsets.UTF_8), whole.get(0).text());
        assertEquals(0, whole.get(1).text().length);
        List<LogLine> cut = lines.add(AT, new byte[LineAssembly.MAX_LINE_BYTES + 1]);
        assertTrue(cut.getFirst().partial());
        assertEquals(1, lines.end().getFirst().text().length);
    }

    @Test
    void labelsAndVariablesAreChosenByNameAndPattern() {
        Map<String, String> labels = Map.of("tier", "front", "com.example.a", "1", "other", "2");
        List<String> env = List.of("A=x=y", "PATH=/bin", "AB=", "NOTHING");
        assertEquals(Map.of("tier", "front", "com.example.a", "1", "A", "x=y", "AB", ""),
                LogChoice.of("", Map.of("labels", "tier, none", "labels-regex", "^com\\.",
                        "env", "PATHS", "env-regex", "^A")).chosen(labels, env));
        assertEquals(Map.of(), LogChoice.OWN.chosen(labels, env));
        assertEquals(Map.of("tier.x", "front", "tag", "web!"),
                LogChoice.of("", Map.of("tag", "{{.Name}}!")).details(WEB));
        assertEquals(Map.of("tier.x", "front"), LogChoice.OWN.details(WEB));
    }

    @Test
    void theDaemonsChoiceHoldsForWhoNamesNoDriver() {
        LogChoice daemon = LogChoice.of("syslog", Map.of("syslog-address", "udp://h:5", "tag", "a"));
        assertEquals(daemon, LogChoice.of("", Map.of(), daemon));
        assertEquals(Map.of("syslog-address", "udp://h:5", "tag", "b"),
                LogChoice.of("", Map.of("tag", "b"), daemon).options());
        assertEquals(Map.of("syslog-address", "udp://h:5", "tag", "b"),
                LogChoice.of("syslog", Map.of("tag", "b"), daemon).options());
        assertEquals(LogChoice.of("local", Map.of("tag", "b")),
                LogChoice.of("local", Map.of("tag", "b"), daemon), "another driver, other options");
    }

    @Test
    void whatNobodyKnowsIsRefusedWithWhatThereIs() {
        assertEquals("the log driver json-file has no option 'x'; there are env, env-regex, labels,"
                + " labels-regex, max-file, max-size, tag", refusal("", Map.of("x", "1")));
        assertTrue(refusal("", Map.of("labels-regex", "[")).contains("is no regular expression"));
        assertEquals("--log-opt max-size=1 is too little; at least 4k, since every log is bounded",
                refusal("local", Map.of("max-size", "1")));
        assertTrue(refusal("fluentd", Map.of()).contains("none, journald, syslog"));
        assertTrue(refusal("syslog", Map.of("syslog-address", "http://x")).contains("udp://"));
        assertTrue(refusal("journald", Map.of("tag", "{{.Nme}}")).contains(".FullID"));
        assertEquals(10 << 20, LogChoice.of("", Map.of("max-size", "10m")).maxBytes(1));
    }

    private static String refusal(String driver, Map<String, String> options) {
        return assertThrows(IllegalArgumentException.class,
                () -> LogChoice.of(driver, options)).getMessage();
    }
}
