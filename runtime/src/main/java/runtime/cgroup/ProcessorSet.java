package runtime.cgroup;

import java.util.BitSet;
import java.util.Optional;

/** Lists of processors or memory nodes as the kernel writes them: {@code 0-3,7}. */
public final class ProcessorSet {
    /** More than any kernel is built for ({@code CONFIG_NR_CPUS} ends at 8192). */
    private static final int MAX = 65_536;

    private ProcessorSet() {}

    /** The numbers in the list; empty if it is not one. */
    public static Optional<BitSet> parse(String text) {
        BitSet set = new BitSet();
        for (String range : text.strip().split(",", -1)) {
            String[] ends = range.strip().split("-", -1);
            int first = number(ends[0]);
            int last = ends.length == 2 ? number(ends[1]) : first;
            if (ends.length > 2 || first < 0 || last < first) {
                return Optional.empty();
            }
            set.set(first, last + 1);
        }
        return Optional.of(set);
    }

    private static int number(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int number = digits ? Integer.parseInt(text) : -1;
        return number < MAX ? number : -1;
    }
}
