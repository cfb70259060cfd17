package runtime.forward;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code --log-driver} and {@code --log-opt}.
 *
 * @param driver  what becomes of the output
 * @param options checked when the choice was made
 */
public record LogChoice(LogDriver driver, Map<String, String> options) {
    /** The own bounded log as it is unless somebody says otherwise. */
    public static final LogChoice OWN = new LogChoice(LogDriver.JSON_FILE, Map.of());

    /** Of a log that only those who are attached see: it passes through the disk. */
    private static final long PASSING_BYTES = 64 << 10;
    private static final int PASSING_FILES = 2;
    private static final long LEAST_BYTES = 4 << 10;
    private static final int MOST_FILES = 1000;

    /**
     * The choice, checked.
     *
     * @param driver as the user wrote it; empty for json-file
     * @throws IllegalArgumentException with a sentence that says what there is
     */
    public static LogChoice of(String driver, Map<String, String> options) {
        LogDriver known = LogDriver.parse(driver.isEmpty() ? "json-file" : driver).orElseThrow(() ->
                new IllegalArgumentException("no log driver is called '" + driver + "'; there are "
                        + LogDriver.words()));
        LogChoice choice = new LogChoice(known, new TreeMap<>(options));
        List<String> names = known.optionNames();
        for (String name : choice.options.keySet()) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("the log driver " + known.word()
                        + " has no option '" + name + "'; there are "
                        + (names.isEmpty() ? "none" : String.join(", ", names)));
            }
        }
        choice.maxBytes(LEAST_BYTES);
        choice.maxFiles(1);
        LogTag.check(choice.option("tag", LogTag.STANDARD));
        choice.pattern("labels-regex");
        choice.pattern("env-regex");
        if (known == LogDriver.SYSLOG) {
            SyslogSettings.of(choice);
        }
        return choice;
    }

    /**
     * The choice of somebody who may leave it to another: without a driver that of the standard, and with
     * the standard's driver its options, too, where no other value is given, as with docker.
     *
     * @throws IllegalArgumentException with a sentence that says what there is
     */
    public static LogChoice of(String driver, Map<String, String> options, LogChoice standard) {
        String word = driver.isEmpty() ? standard.driver.word() : driver;
        Map<String, String> all = new TreeMap<>();
        if (word.equals(standard.driver.word())) {
            all.putAll(standard.options);
        }
        all.putAll(options);
        return of(word, all);
    }

    /** An option's value, or the standard one. */
    public String option(String name, String standard) {
        return options.getOrDefault(name, standard);
    }

    /** An option that is a list with commas. */
    public List<String> words(String name) {
        return Arrays.stream(option(name, "").split(",")).map(String::strip)
                .filter(word -> !word.isEmpty()).toList();
    }

    /**
     * What is told of a container beside each line: those of its labels and variables that the options
     * {@code labels}, {@code labels-regex}, {@code env} and {@code env-regex} choose.
     *
     * @param env {@code NAME=value}
     */
    public Map<String, String> chosen(Map<String, String> labels, List<String> env) {
        Map<String, String> chosen = new TreeMap<>();
        List<String> names = words("labels");
        Optional<Pattern> pattern = pattern("labels-regex");
        labels.forEach((name, value) -> {
            if (names.contains(name) || matches(pattern, name)) {
                chosen.put(name, value);
            }
        });
        List<String> variables = words("env");
        Optional<Pattern> variablePattern = pattern("env-regex");
        for (String variable : env) {
            int equals = variable.indexOf('=');
            String name = variable.substring(0, Math.max(equals, 0));
            if (equals > 0 && (variables.contains(name) || matches(variablePattern, name))) {
                chosen.put(name, variable.substring(equals + 1));
            }
        }
        return chosen;
    }

    /** What {@code logs --details} shows: what is chosen, and the tag if the user gave one. */
    public Map<String, String> details(LogSubject subject) {
        Map<String, String> details = new TreeMap<>(subject.extra());
        if (options.containsKey("tag")) {
            details.put("tag", LogTag.of(options.get("tag"), subject));
        }
        return details;
    }

    /** As with docker, a part of the name may match. */
    private static boolean matches(Optional<Pattern> pattern, String name) {
        return pattern.isPresent() && pattern.get().matcher(name).find();
    }

    private Optional<Pattern> pattern(String name) {
        String text = option(name, "");
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Pattern.compile(text));
        } catch (PatternSyntaxException malformed) {
            throw new IllegalArgumentException("--log-opt " + name + "=" + text
                    + " is no regular expression: " + malformed.getDescription()
                    + " in " + malformed.getPattern());
        }
    }

    /** Whether {@code logs} has something to show. */
    public boolean isReadable() {
        return driver != LogDriver.NONE;
    }

    /**
     * Bytes after which the own log is rotated.
     *
     * @param standard if the user did not say
     */
    public long maxBytes(long standard) {
        if (driver == LogDriver.NONE) {
            return PASSING_BYTES;
        }
        String text = option("max-size", "").toLowerCase(java.util.Locale.ROOT);
        if (text.isEmpty()) {
            return standard;
        }
        if (!text.matches("[0-9]{1,12}(b|[kmg]b?)?")) {
            throw new IllegalArgumentException("--log-opt max-size=" + option("max-size", "")
                    + " is no size; write it like 10m");
        }
        String digits = text.replaceAll("[a-z]", "");
        int shift = switch (text.substring(digits.length()).replace("b", "")) {
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> 0;
        };
        long bytes = Long.parseLong(digits) << shift;
        if (bytes < LEAST_BYTES) {
            throw new IllegalArgumentException("--log-opt max-size=" + option("max-size", "")
                    + " is too little; at least 4k, since every log is bounded");
        }
        return bytes;
    }

    /**
     * Files of the own log, the current one included.
     *
     * @param standard if the user did not say
     */
    public int maxFiles(int standard) {
        if (driver == LogDriver.NONE) {
            return PASSING_FILES;
        }
        String text = option("max-file", "");
        if (text.isEmpty()) {
            return standard;
        }
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1
                || Integer.parseInt(text) > MOST_FILES) {
            throw new IllegalArgumentException("--log-opt max-file=" + text
                    + " must be a number from 1 to " + MOST_FILES);
        }
        return Integer.parseInt(text);
    }
}
