package testkit.history;

import java.util.Optional;

/**
 * What one client asked and was answered.
 *
 * @param client   who asked, for people
 * @param input    what was asked
 * @param output   the answer; empty: none came, and it may have been done, may yet be, or never
 * @param invoked  when it was asked, by a clock that all clients share
 * @param returned when the answer came; {@link #NEVER}: none did
 * @param <I>      questions
 * @param <O>      answers
 */
public record Operation<I, O>(String client, I input, Optional<O> output, long invoked, long returned) {
    /** When the answer comes of an operation that has none. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Refuses answers before their questions. */
    public Operation {
        if (returned < invoked) {
            throw new IllegalArgumentException(client + " was answered at " + returned + " what it asked at " + invoked);
        }
    }

    /** One that was answered. */
    public static <I, O> Operation<I, O> of(String client, I input, O output, long invoked, long returned) {
        return new Operation<>(client, input, Optional.of(output), invoked, returned);
    }

    /** One without an answer. */
    public static <I, O> Operation<I, O> unknown(String client, I input, long invoked) {
        return new Operation<>(client, input, Optional.empty(), invoked, NEVER);
    }

    @Override
    public String toString() {
        return invoked + " " + (returned == NEVER ? "-" : returned) + " " + client + " " + input + " -> "
                + output.map(Object::toString).orElse("unknown");
    }
}
