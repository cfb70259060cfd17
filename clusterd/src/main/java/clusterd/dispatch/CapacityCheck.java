package clusterd.dispatch;

import clusterd.model.Resources;
import java.util.Map;
import java.util.Optional;

/**
 * Whether what a node says that it has can be. What all nodes have together is summed up, and shares are taken of it:
 * one wrong number would make all of them wrong.
 */
final class CapacityCheck {
    private static final long MOST_CPU_MILLIS = 1_000_000_000;
    private static final long MOST_MEMORY_BYTES = 1L << 48;
    private static final long MOST_PIDS = 1L << 32;
    private static final long MOST_NAMED = 1_000_000_000_000L;
    private static final int MOST_NAMES = 1_000;
    private static final int LONGEST_NAME = 253;

    private CapacityCheck() {
    }

    /** What cannot be, in words that follow "it has"; empty if all can. */
    static Optional<String> problem(Resources capacity) {
        Optional<String> problem = problem("thousandths of a processor", capacity.cpuMillis(), MOST_CPU_MILLIS)
                .or(() -> problem("bytes of memory", capacity.memoryBytes(), MOST_MEMORY_BYTES))
                .or(() -> problem("processes", capacity.pids(), MOST_PIDS));
        if (problem.isPresent()) {
            return problem;
        }
        if (capacity.named().size() > MOST_NAMES) {
            return Optional.of(capacity.named().size() + " kinds of named resources, more than " + MOST_NAMES);
        }
        for (Map.Entry<String, Long> each : capacity.named().entrySet()) {
            if (each.getKey().isBlank() || each.getKey().length() > LONGEST_NAME) {
                return Optional.of("a resource whose name has " + each.getKey().length() + " letters, not 1 to "
                        + LONGEST_NAME);
            }
            problem = problem("of " + each.getKey(), each.getValue(), MOST_NAMED);
            if (problem.isPresent()) {
                return problem;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> problem(String of, long amount, long most) {
        return amount >= 0 && amount <= most ? Optional.empty()
                : Optional.of(amount + " " + of + ", which is not between 0 and " + most);
    }
}
