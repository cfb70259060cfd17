package linux.abi;

import java.util.Locale;
import java.util.Optional;

/** Signals by the numbers x86-64 and aarch64 share ({@code signal(7)}). */
public enum Signal {
    SIGHUP(1), SIGINT(2), SIGQUIT(3), SIGILL(4), SIGTRAP(5), SIGABRT(6), SIGBUS(7), SIGFPE(8),
    SIGKILL(9), SIGUSR1(10), SIGSEGV(11), SIGUSR2(12), SIGPIPE(13), SIGALRM(14), SIGTERM(15),
    SIGSTKFLT(16), SIGCHLD(17), SIGCONT(18), SIGSTOP(19), SIGTSTP(20), SIGTTIN(21), SIGTTOU(22),
    SIGURG(23), SIGXCPU(24), SIGXFSZ(25), SIGVTALRM(26), SIGPROF(27), SIGWINCH(28), SIGIO(29),
    SIGPWR(30), SIGSYS(31);

    /** The largest number a real-time signal has. */
    public static final int MAXIMUM = 64;
    private static final int REAL_TIME_MINIMUM = 34;

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    /** The number the kernel uses. */
    public int number() {
        return number;
    }

    /** The number of {@code TERM}, {@code SIGTERM}, {@code 15} or {@code RTMIN+3}; empty for others. */
    public static Optional<Integer> parse(String text) {
        String name = text.trim().toUpperCase(Locale.ROOT);
        if (!name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9') && name.length() < 4) {
            int number = Integer.parseInt(name);
            return number >= 1 && number <= MAXIMUM ? Optional.of(number) : Optional.empty();
        }
        String full = name.startsWith("SIG") ? name : "SIG" + name;
        for (Signal signal : values()) {
            if (signal.name().equals(full)) {
                return Optional.of(signal.number);
            }
        }
        return realTime(full);
    }

    private static Optional<Integer> realTime(String full) {
        if (full.equals("SIGRTMIN")) {
            return Optional.of(REAL_TIME_MINIMUM);
        }
        if (full.equals("SIGRTMAX")) {
            return Optional.of(MAXIMUM);
        }
        boolean up = full.matches("SIGRTMIN\\+\\d{1,2}");
        if (!up && !full.matches("SIGRTMAX-\\d{1,2}")) {
            return Optional.empty();
        }
        int distance = Integer.parseInt(full.substring("SIGRTMIN+".length()));
        int number = up ? REAL_TIME_MINIMUM + distance : MAXIMUM - distance;
        return number >= REAL_TIME_MINIMUM && number <= MAXIMUM ? Optional.of(number) : Optional.empty();
    }

    /** "SIGTERM" for 15, "signal 40" for one without a name. */
    public static String describe(int number) {
        for (Signal signal : values()) {
            if (signal.number == number) {
                return signal.name();
            }
        }
        return "signal " + number;
    }
}
