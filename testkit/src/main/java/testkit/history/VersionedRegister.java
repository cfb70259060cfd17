package testkit.history;

import java.util.Optional;

/** One value with a version that counts its changes; a change names the version it follows, or is refused. */
public final class VersionedRegister
        implements Model<VersionedRegister.Value, VersionedRegister.Input, VersionedRegister.Output> {
    /** Version 0 and {@code ""} before the first change. */
    public record Value(long version, String text) {
    }

    /** What is asked of it. */
    public sealed interface Input {
        /** Which register. */
        String key();
    }

    /** Answered with {@link Seen}. */
    public record Read(String key) implements Input {
    }

    /** Answered with {@link Changed} or {@link OutOfDate}. */
    public record Change(String key, long expectedVersion, String text) implements Input {
    }

    /** What it answers. */
    public sealed interface Output {
    }

    /** The value. */
    public record Seen(Value value) implements Output {
    }

    /** The version of the change. */
    public record Changed(long version) implements Output {
    }

    /** Another change came first. */
    public record OutOfDate() implements Output {
    }

    @Override
    public Value initial() {
        return new Value(0, "");
    }

    @Override
    public Optional<Value> step(Value state, Input input, Optional<Output> output) {
        Value then = state;
        Output its = new Seen(state);
        if (input instanceof Change change) {
            boolean follows = change.expectedVersion() == state.version();
            then = follows ? new Value(state.version() + 1, change.text()) : state;
            its = follows ? new Changed(then.version()) : new OutOfDate();
        }
        return output.isEmpty() || output.get().equals(its) ? Optional.of(then) : Optional.empty();
    }
}
