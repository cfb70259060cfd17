package clusterd.spec;

import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * When a job runs: minute, hour, day of month, month and day of week, in UTC, as in crontab(5): lists, ranges,
 * steps, names, and {@code @hourly} and its like. If both days are given, either will do.
 */
public final class CronSchedule {
    private static final Map<String, String> NAMED = Map.of("@yearly", "0 0 1 1 *", "@annually", "0 0 1 1 *",
            "@monthly", "0 0 1 * *", "@weekly", "0 0 * * 0", "@daily", "0 0 * * *", "@midnight", "0 0 * * *",
            "@hourly", "0 * * * *");
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug",
            "sep", "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    /** 29 February comes at least once in eight years. */
    private static final long YEARS_LOOKED_AT = 9;

    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    private final boolean anyDay;
    private final boolean anyWeekday;

    private CronSchedule(String[] fields) {
        this.minutes = field("minute", fields[0], 0, 59, List.of(), 0);
        this.hours = field("hour", fields[1], 0, 23, List.of(), 0);
        this.days = field("day of month", fields[2], 1, 31, List.of(), 0);
        this.months = field("month", fields[3], 1, 12, MONTHS, 1);
        this.weekdays = field("day of week", fields[4], 0, 7, DAYS, 0);
        if (weekdays.get(7)) {
            weekdays.set(0);
        }
        this.anyDay = fields[2].startsWith("*");
        this.anyWeekday = fields[4].startsWith("*");
    }

    /**
     * Reads five fields, or a name.
     *
     * @throws IllegalArgumentException if it is of another form, or never comes
     */
    public static CronSchedule parse(String text) {
        String plain = NAMED.getOrDefault(text.strip().toLowerCase(Locale.ROOT), text.strip());
        String[] fields = plain.split("\\s+");
        if (fields.length != 5) {
            throw new IllegalArgumentException("schedule \"" + text + "\" has " + fields.length + " fields; minute,"
                    + " hour, day of month, month and day of week are expected, as in \"*/5 * * * *\", or one of "
                    + NAMED.keySet().stream().sorted().toList());
        }
        CronSchedule schedule = new CronSchedule(fields);
        if (schedule.nextAfter(0).isEmpty()) {
            throw new IllegalArgumentException("schedule \"" + text + "\" never comes");
        }
        return schedule;
    }

    private static BitSet field(String name, String text, int lowest, int highest, List<String> words,
            int firstWord) {
        BitSet set = new BitSet();
        for (String part : text.split(",", -1)) {
            String[] step = part.split("/", -1);
            int every = step.length == 2 ? number(name, text, step[1], 1, highest, List.of(), 0) : 1;
            int from = lowest;
            int to = highest;
            if (step.length > 2) {
                throw wrong(name, text, lowest, highest);
            }
            if (!step[0].equals("*")) {
                String[] range = step[0].split("-", -1);
                from = number(name, text, range[0], lowest, highest, words, firstWord);
                to = range.length == 2 ? number(name, text, range[1], lowest, highest, words, firstWord)
                        : step.length == 2 ? highest : from;
                if (range.length > 2 || to < from) {
                    throw wrong(name, text, lowest, highest);
                }
            }
            for (int value = from; value <= to; value += every) {
                set.set(value);
            }
        }
        return set;
    }

    private static int number(String name, String text, String part, int lowest, int highest,
            List<String> words, int firstWord) {
        int word = words.indexOf(part.toLowerCase(Locale.ROOT));
        if (word >= 0) {
            return word + firstWord;
        }
        if (part.isEmpty() || part.length() > 4 || !part.chars().allMatch(c -> c >= '0' && c <= '9')
                || Integer.parseInt(part) < lowest || Integer.parseInt(part) > highest) {
            throw wrong(name, text, lowest, highest);
        }
        return Integer.parseInt(part);
    }

    private static IllegalArgumentException wrong(String name, String text, int lowest, int highest) {
        return new IllegalArgumentException(name + " \"" + text + "\" is not made of numbers from " + lowest
                + " to " + highest + ", ranges and steps of them");
    }

    /** The first minute after that one at which it comes, both in minutes since 1970. */
    public OptionalLong nextAfter(long minute) {
        LocalDateTime time = LocalDateTime.ofEpochSecond((minute + 1) * 60, 0, ZoneOffset.UTC);
        int lastYear;
        try {
            lastYear = Math.toIntExact(time.getYear() + YEARS_LOOKED_AT);
        } catch (DateTimeException | ArithmeticException e) {
            return OptionalLong.empty();
        }
        while (time.getYear() <= lastYear) {
            if (!months.get(time.getMonthValue())) {
                time = time.toLocalDate().withDayOfMonth(1).plusMonths(1).atStartOfDay();
            } else if (!isDay(time)) {
                time = time.toLocalDate().plusDays(1).atStartOfDay();
            } else if (!hours.get(time.getHour())) {
                time = time.withMinute(0).plusHours(1);
            } else if (!minutes.get(time.getMinute())) {
                time = time.plusMinutes(1);
            } else {
                return OptionalLong.of(time.toEpochSecond(ZoneOffset.UTC) / 60);
            }
        }
        return OptionalLong.empty();
    }

    private boolean isDay(LocalDateTime time) {
        boolean ofMonth = days.get(time.getDayOfMonth());
        boolean ofWeek = weekdays.get(time.getDayOfWeek().getValue() % 7);
        return anyDay || anyWeekday ? ofMonth && ofWeek : ofMonth || ofWeek;
    }
}
