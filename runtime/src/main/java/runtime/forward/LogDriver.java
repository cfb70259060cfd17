package runtime.forward;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What becomes of a container's output, in docker's words. */
public enum LogDriver {
    /** The own bounded log. */
    JSON_FILE("json-file", List.of()),
    /** The own bounded log, too. */
    LOCAL("local", List.of()),
    /** No log is kept. */
    NONE("none", List.of()),
    /** The own bounded log, forwarded to systemd-journald. */
    JOURNALD("journald", List.of()),
    /** The own bounded log, forwarded by RFC 5424 or RFC 3164. */
    SYSLOG("syslog", List.of("syslog-address", "syslog-facility", "syslog-format"));

    private static final List<String> OF_ALL = List.of("env", "env-regex", "labels", "labels-regex",
            "max-file", "max-size", "tag");

    private final String word;
    private final List<String> own;

    LogDriver(String word, List<String> own) {
        this.word = word;
        this.own = own;
    }

    /** As {@code --log-driver} spells it. */
    public String word() {
        return word;
    }

    /** Whether output goes elsewhere beside the own log. */
    public boolean forwards() {
        return this == JOURNALD || this == SYSLOG;
    }

    /** The names {@code --log-opt} may have, in order. */
    public List<String> optionNames() {
        if (this == NONE) {
            return List.of();
        }
        return Stream.concat(OF_ALL.stream(), own.stream()).sorted().toList();
    }

    static Optional<LogDriver> parse(String word) {
        return Arrays.stream(values()).filter(each -> each.word.equals(word)).findFirst();
    }

    static String words() {
        return Arrays.stream(values()).map(LogDriver::word).collect(Collectors.joining(", "));
    }
}
