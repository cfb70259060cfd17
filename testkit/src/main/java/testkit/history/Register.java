package testkit.history;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One value that is read and written; before the first write it is {@code ""}. */
public final class Register implements Model<String, Register.Input, String> {
    /** What is asked of it. */
    public sealed interface Input {
        /** Which register. */
        String key();
    }

    /** Answered with the value. */
    public record Read(String key) implements Input {
    }

    /** Answered with {@link #DONE}. */
    public record Write(String key, String value) implements Input {
    }

    /** The answer to a write. */
    public static final String DONE = "done";

    /**
     * The same history without writes that had no answer and whose value nobody read: they need have no place. For
     * histories in which each write has a value of its own.
     */
    public static List<Operation<Input, String>> withoutUnseen(List<Operation<Input, String>> history) {
        Set<String> read = new HashSet<>();
        history.stream().filter(each -> each.input() instanceof Read).forEach(each -> each.output().ifPresent(read::add));
        return history.stream().filter(each -> each.output().isPresent()
                || each.input() instanceof Write write && read.contains(write.value())).toList();
    }

    @Override
    public String initial() {
        return "";
    }

    @Override
    public Optional<String> step(String state, Input input, Optional<String> output) {
        return switch (input) {
            case Read read -> output.isEmpty() || output.get().equals(state) ? Optional.of(state) : Optional.empty();
            case Write write -> Optional.of(write.value());
        };
    }
}
