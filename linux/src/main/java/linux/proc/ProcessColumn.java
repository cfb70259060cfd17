package linux.proc;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A column of {@code ps(1)}: its names for {@code -o}, its heading, and what it shows of a process. */
public enum ProcessColumn {
    PID("PID", "pid", "tgid"),
    PPID("PPID", "ppid"),
    PGID("PGID", "pgid", "pgrp"),
    SID("SID", "sid", "sess", "session"),
    USER("USER", "user", "euser", "uname"),
    RUSER("RUSER", "ruser"),
    UID("UID", "uid", "euid"),
    RUID("RUID", "ruid"),
    GROUP("GROUP", "group", "egroup"),
    RGROUP("RGROUP", "rgroup"),
    GID("GID", "gid", "egid"),
    RGID("RGID", "rgid"),
    /** As {@code ps -f} heads the user's name. */
    FULL_UID("UID"),
    C("C", "c"),
    CPU_PERCENT("%CPU", "pcpu", "%cpu"),
    MEMORY_PERCENT("%MEM", "pmem", "%mem"),
    VIRTUAL("VSZ", "vsz", "vsize"),
    RESIDENT("RSS", "rss", "rssize", "rsz"),
    TERMINAL("TTY", "tty", "tt", "tname"),
    STATE("S", "s", "state"),
    FULL_STATE("STAT", "stat"),
    START("START", "start_time", "bsdstart"),
    /** As {@code ps -f} heads it. */
    FULL_START("STIME", "stime"),
    LONG_START("STARTED", "lstart"),
    TIME("TIME", "time", "cputime"),
    BSD_TIME("TIME", "bsdtime"),
    TIMES("TIME", "times", "cputimes"),
    ELAPSED("ELAPSED", "etime"),
    ELAPSED_SECONDS("ELAPSED", "etimes"),
    THREADS("NLWP", "nlwp", "thcount"),
    NICE("NI", "ni", "nice"),
    PRIORITY("PRI", "pri"),
    PROCESSOR("PSR", "psr"),
    NAME("COMMAND", "comm", "ucmd", "ucomm"),
    ARGUMENTS("COMMAND", "args", "command", "cmd"),
    /** As {@code ps -f} heads it. */
    FULL_ARGUMENTS("CMD");

    private static final long KILOBYTE = 1024;
    private static final long DAY_SECONDS = 86_400;
    private static final int PSEUDO_TERMINALS = 136;
    private static final int LAST_PSEUDO_TERMINALS = 143;
    private static final int CONSOLES = 4;
    private static final int FIRST_SERIAL = 64;
    private static final DateTimeFormatter HOUR = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("MMMdd", Locale.ROOT);
    private static final DateTimeFormatter LONG =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.ROOT);

    private final String heading;
    private final List<String> names;

    ProcessColumn(String heading, String... names) {
        this.heading = heading;
        this.names = List.of(names);
    }

    /** The words above it. */
    public String heading() {
        return heading;
    }

    /** What {@code -o} calls it; the first is the usual one. */
    public List<String> names() {
        return names;
    }

    /** The column {@code -o} means by a name. */
    public static Optional<ProcessColumn> named(String name) {
        for (ProcessColumn column : values()) {
            if (column.names.contains(name)) {
                return Optional.of(column);
            }
        }
        return Optional.empty();
    }

    /** What it shows of a process. */
    public String of(ProcessFacts process, ProcessClock machine) {
        ProcessStat stat = process.stat();
        ProcessStatus status = process.status();
        return switch (this) {
            case PID -> Integer.toString(stat.pid());
            case PPID -> Integer.toString(stat.parentPid());
            case PGID -> Integer.toString(stat.processGroup());
            case SID -> Integer.toString(stat.session());
            case USER, FULL_UID -> machine.user(id(status.userIds(), 1));
            case RUSER -> machine.user(id(status.userIds(), 0));
            case UID -> Long.toString(id(status.userIds(), 1));
            case RUID -> Long.toString(id(status.userIds(), 0));
            case GROUP -> machine.group(id(status.groupIds(), 1));
            case RGROUP -> machine.group(id(status.groupIds(), 0));
            case GID -> Long.toString(id(status.groupIds(), 1));
            case RGID -> Long.toString(id(status.groupIds(), 0));
            case C -> Long.toString((long) Math.min(99, machine.processorPercent(stat)));
            case CPU_PERCENT -> tenths(machine.processorPercent(stat));
            case MEMORY_PERCENT -> tenths(status.residentBytes().orElse(0) * 100.0
                    / Math.max(1, machine.memoryBytes()));
            case VIRTUAL -> Long.toString(stat.virtualBytes() / KILOBYTE);
            case RESIDENT -> Long.toString(status.residentBytes().orElse(0) / KILOBYTE);
            case TERMINAL -> terminal(stat.terminal());
            case STATE -> Character.toString(stat.state());
            case FULL_STATE -> state(stat);
            case START, FULL_START -> start(machine.startOf(stat), machine);
            case LONG_START -> LONG.format(machine.startOf(stat).atZone(machine.zone()));
            case TIME -> span(ProcessClock.processorSeconds(stat), true);
            case BSD_TIME -> minutes(ProcessClock.processorSeconds(stat));
            case TIMES -> Long.toString(ProcessClock.processorSeconds(stat));
            case ELAPSED -> span(machine.elapsedSeconds(stat), false);
            case ELAPSED_SECONDS -> Long.toString(machine.elapsedSeconds(stat));
            case THREADS -> Long.toString(stat.threads());
            case NICE -> Integer.toString(stat.nice());
            case PRIORITY -> Integer.toString(39 - stat.priority());
            case PROCESSOR -> Integer.toString(stat.processor());
            case NAME -> stat.command() + (stat.state() == 'Z' ? " <defunct>" : "");
            case ARGUMENTS, FULL_ARGUMENTS -> arguments(process);
        };
    }

    private static long id(List<Long> ids, int place) {
        return place < ids.size() ? ids.get(place) : 0;
    }

    private static String tenths(double percent) {
        long tenths = Math.round(percent * 10);
        return tenths / 10 + "." + tenths % 10;
    }

    /** A device number as the kernel packs it ({@code proc_pid_stat(5)}, tty_nr). */
    private static String terminal(int device) {
        int major = device >> 8 & 0xFFF;
        int minor = device & 0xFF | device >>> 12 & 0xFFF00;
        if (major >= PSEUDO_TERMINALS && major <= LAST_PSEUDO_TERMINALS) {
            return "pts/" + ((major - PSEUDO_TERMINALS << 8) + minor);
        }
        if (major == CONSOLES) {
            return minor < FIRST_SERIAL ? "tty" + minor : "ttyS" + (minor - FIRST_SERIAL);
        }
        return device == 0 ? "?" : major + ":" + minor;
    }

    private static String state(ProcessStat stat) {
        StringBuilder state = new StringBuilder().append(stat.state());
        if (stat.nice() != 0) {
            state.append(stat.nice() < 0 ? '<' : 'N');
        }
        if (stat.session() == stat.pid()) {
            state.append('s');
        }
        if (stat.threads() > 1) {
            state.append('l');
        }
        if (stat.foregroundGroup() == stat.processGroup()) {
            state.append('+');
        }
        return state.toString();
    }

    private static String start(Instant start, ProcessClock machine) {
        boolean recent = Duration.between(start, machine.now()).toSeconds() < DAY_SECONDS;
        return (recent ? HOUR : DAY).format(start.atZone(machine.zone()));
    }

    /** {@code [[DD-]hh:]mm:ss}. */
    private static String span(long seconds, boolean hoursAlways) {
        long days = seconds / DAY_SECONDS;
        long hours = seconds / 3600 % 24;
        String rest = two(seconds / 60 % 60) + ":" + two(seconds % 60);
        if (days > 0) {
            return days + "-" + two(hours) + ":" + rest;
        }
        return hoursAlways || hours > 0 ? two(hours) + ":" + rest : rest;
    }

    private static String minutes(long seconds) {
        return seconds / 60 + ":" + two(seconds % 60);
    }

    private static String two(long number) {
        return (number < 10 ? "0" : "") + number;
    }

    private static String arguments(ProcessFacts process) {
        if (process.stat().state() == 'Z') {
            return "[" + process.stat().command() + "] <defunct>";
        }
        return process.arguments().isEmpty() ? "[" + process.stat().command() + "]"
                : String.join(" ", process.arguments());
    }
}
