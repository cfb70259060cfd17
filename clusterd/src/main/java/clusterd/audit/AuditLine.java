package clusterd.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * A line of the log.
 *
 * @param number   counts the lines of one manager from 1
 * @param previous SHA-256 of the line before without its end, in hex; {@link #NOTHING} before the first
 * @param host     of the manager that was asked
 * @param entry    what happened
 */
public record AuditLine(long number, String previous, String host, AuditEntry entry) {
    /** What the first line names as the one before. */
    public static final String NOTHING = "0".repeat(64);
    private static final int LONGEST_NAME = 200;
    private static final int LONGEST_MESSAGE = 500;
    private static final Pattern CREDENTIAL = Pattern.compile("JCTL(KEY)?-1-[0-9A-Za-z-]*");
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    /** Nothing but ASCII, so that a line is a line for every program that reads it. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    /** As it stands in the file, without its end: one JSON object in printable ASCII. */
    public String text() {
        ObjectNode line = JSON.createObjectNode();
        line.put("number", number);
        line.put("time", TIME.format(Instant.ofEpochMilli(entry.atMillis())));
        line.put("host", cut(host, LONGEST_NAME));
        line.put("who", cut(entry.who().name(), LONGEST_NAME));
        line.put("role", entry.who().role());
        line.put("from", entry.who().from());
        line.put("call", cut(entry.call(), LONGEST_NAME));
        if (!entry.subject().name().isEmpty()) {
            line.put("object", cut(entry.subject().name(), LONGEST_NAME));
        }
        if (!entry.subject().id().isEmpty()) {
            line.put("id", cut(entry.subject().id(), LONGEST_NAME));
        }
        line.put("result", entry.result());
        if (!entry.message().isEmpty()) {
            line.put("message", cut(CREDENTIAL.matcher(entry.message()).replaceAll("JCTL-1-(left out)"),
                    LONGEST_MESSAGE));
        }
        entry.index().ifPresent(index -> line.put("index", index));
        line.put("previous", previous);
        try {
            return JSON.writeValueAsString(line).replace("\u007f", "\\u007f");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of texts and numbers cannot be written", e);
        }
    }

    private static String cut(String text, int letters) {
        return text.length() <= letters ? text : text.substring(0, letters) + "\u2026";
    }

    /** What the next line names as the one before. */
    public static String digest(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Reads one; empty if it is none. */
    public static Optional<AuditLine> parse(String text) {
        try {
            JsonNode line = JSON.readTree(text);
            if (line == null || !line.path("number").isIntegralNumber() || !line.path("previous").isTextual()
                    || !line.path("result").isTextual()) {
                return Optional.empty();
            }
            return Optional.of(new AuditLine(line.path("number").asLong(), word(line, "previous"), word(line, "host"),
                    new AuditEntry(Instant.parse(word(line, "time")).toEpochMilli(),
                            new AuditEntry.Caller(word(line, "who"), word(line, "role"), word(line, "from")),
                            word(line, "call"), new AuditEntry.Subject(word(line, "object"), word(line, "id")),
                            word(line, "result"), word(line, "message"), line.has("index")
                                    ? OptionalLong.of(line.path("index").asLong()) : OptionalLong.empty())));
        } catch (JsonProcessingException | DateTimeParseException | ArithmeticException none) {
            return Optional.empty();
        }
    }

    private static String word(JsonNode line, String name) {
        return line.path(name).asText("");
    }
}
