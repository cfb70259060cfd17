package clusterd.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class AuditChainTest {
    private static AuditEntry entry(String object, String message) {
        return new AuditEntry(1_800_000_000_123L, new AuditEntry.Caller("alice", "admin", "192.0.2.7:4711"),
                "UpdateService", new AuditEntry.Subject(object, "x1"), message.isEmpty() ? AuditEntry.DONE : "aborted",
                message, OptionalLong.of(17));
    }

    private static List<String> log(int lines) {
        List<String> log = new ArrayList<>();
        for (int i = 0; i < lines; i++) {
            String previous = i == 0 ? AuditLine.NOTHING : AuditLine.digest(log.getLast());
            log.add(new AuditLine(i + 1, previous, "box1", entry("web" + i, "")).text());
        }
        return log;
    }

    private static List<String> breaks(List<String> log) {
        AuditChain chain = new AuditChain();
        return log.stream().map(chain::take).flatMap(Optional::stream).toList();
    }

    @Test
    void aWholeLogHoldsAlsoWhenItsBeginningIsRotatedAway() {
        assertEquals(List.of(), breaks(log(5)));
        assertEquals(List.of(), breaks(log(5).subList(2, 5)));
    }

    @Test
    void aChangedLineIsTold() {
        List<String> log = log(5);
        log.set(2, log.get(2).replace("alice", "mallory"));
        assertEquals(List.of("line 4 does not hold on to the line before it: line 3 was changed, or this one"),
                breaks(log));
    }

    @Test
    void aLineThatIsGoneOrAddedOrNoneIsTold() {
        List<String> gone = log(5);
        gone.remove(1);
        assertEquals(List.of("line 2 is missing: line 3 is in its place"), breaks(gone));
        List<String> twice = log(3);
        twice.add(1, twice.getFirst());
        assertEquals(1, breaks(twice).size());
        List<String> none = log(3);
        none.set(1, "{}");
        assertEquals(2, breaks(none).size());
        List<String> another = new ArrayList<>(log(1));
        another.set(0, another.getFirst().replace(AuditLine.NOTHING, "f".repeat(64)));
        assertEquals(List.of("line 1 names a line before it"), breaks(another));
    }

    @Test
    void hostileNamesStayInTheirLineAndAreReadBack() {
        for (String name : List.of("a\nb", "\u001b[2J", "\u0000", "\u007f", "\u0085\u2028\u202e", "\"},{", "имя",
                "\ud800", "\\u000a")) {
            String text = new AuditLine(1, AuditLine.NOTHING, "box1", entry(name, name)).text();
            assertTrue(text.chars().allMatch(each -> each >= ' ' && each < 127), text);
            AuditLine line = AuditLine.parse(text).orElseThrow();
            assertEquals(name, line.entry().subject().name());
            assertEquals(name, line.entry().message());
        }
    }

    @Test
    void whatIsLongIsCutAndCredentialsAreLeftOut() {
        String text = new AuditLine(1, AuditLine.NOTHING, "box1", entry("x".repeat(100_000),
                "the token JCTL-1-abc-DEF and the key JCTLKEY-1-XYZ are wrong " + "y".repeat(100_000))).text();
        assertTrue(text.length() < 1500, "it has " + text.length());
        assertFalse(text.contains("abc-DEF") || text.contains("XYZ"), text);
    }

    @Test
    void anythingElseIsNoLine() {
        for (String text : List.of("", "null", "[]", "{}", "{\"number\":\"1\"}", "{\"number\":1,\"previous\":\"\","
                + "\"result\":\"done\",\"time\":\"yesterday\"}", "{\"number\":1")) {
            assertTrue(AuditLine.parse(text).isEmpty(), text);
        }
    }

    @Test
    void filtersLookAtTimeUserAndObject() {
        AuditEntry entry = entry("web MANAGER", "");
        assertTrue(new AuditFilter(0, 0, "", "").accepts(entry));
        assertTrue(new AuditFilter(entry.atMillis(), entry.atMillis() + 1, "alice", "web").accepts(entry));
        assertTrue(new AuditFilter(0, 0, "", "x").accepts(entry), "by the beginning of an id");
        assertFalse(new AuditFilter(0, entry.atMillis(), "", "").accepts(entry));
        assertFalse(new AuditFilter(0, 0, "bob", "").accepts(entry));
        assertFalse(new AuditFilter(0, 0, "", "we").accepts(entry));
    }
}
