package testkit.history;

import java.util.List;

/** What was found of a history. */
public sealed interface Verdict {
    /**
     * One order explains it.
     *
     * @param order the operations that took effect, in it
     */
    record Linearizable(List<Operation<?, ?>> order) implements Verdict {
        /** Copies the list. */
        public Linearizable {
            order = List.copyOf(order);
        }
    }

    /**
     * No order does.
     *
     * @param longest  the longest begin of an order that does
     * @param unplaced whose answer came before it had a place after that one
     */
    record Violation(List<Operation<?, ?>> longest, Operation<?, ?> unplaced) implements Verdict {
        /** Copies the list. */
        public Violation {
            longest = List.copyOf(longest);
        }

        @Override
        public String toString() {
            int from = Math.max(0, longest.size() - 10);
            StringBuilder text = new StringBuilder("no order of the operations explains their answers: after");
            longest.subList(from, longest.size()).forEach(each -> text.append("\n    ").append(each));
            return text.append("\nthere is no place for\n    ").append(unplaced).toString();
        }
    }

    /**
     * It was given up.
     *
     * @param configurations that were looked at
     */
    record Undecided(long configurations) implements Verdict {
    }
}
