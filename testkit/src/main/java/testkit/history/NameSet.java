package testkit.history;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Names that are added, removed and listed; empty before everything. */
public final class NameSet implements Model<SortedSet<String>, NameSet.Input, NameSet.Output> {
    /** What is asked of it. */
    public sealed interface Input {
    }

    /** Answered with {@link Changed}, or {@link Unchanged} if it is there already. */
    public record Add(String name) implements Input {
    }

    /** Answered with {@link Changed}, or {@link Unchanged} if it is not there. */
    public record Remove(String name) implements Input {
    }

    /** Answered with {@link Listed}. */
    public record List() implements Input {
    }

    /** What it answers. */
    public sealed interface Output {
    }

    /** It was done. */
    public record Changed() implements Output {
    }

    /** There was nothing to do. */
    public record Unchanged() implements Output {
    }

    /** All that is there. */
    public record Listed(SortedSet<String> names) implements Output {
        /** Copies the set. */
        public Listed {
            names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
        }
    }

    @Override
    public SortedSet<String> initial() {
        return new TreeSet<>();
    }

    @Override
    public Optional<SortedSet<String>> step(SortedSet<String> state, Input input, Optional<Output> output) {
        TreeSet<String> then = new TreeSet<>(state);
        Output its = switch (input) {
            case Add add -> then.add(add.name()) ? new Changed() : new Unchanged();
            case Remove remove -> then.remove(remove.name()) ? new Changed() : new Unchanged();
            case List list -> new Listed(state);
        };
        return output.isEmpty() || output.get().equals(its) ? Optional.of(then) : Optional.empty();
    }
}
