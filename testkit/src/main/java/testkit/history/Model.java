package testkit.history;

import java.util.Optional;

/**
 * What an object does when it is used by one client alone.
 *
 * @param <S> its states, compared by {@code equals}
 * @param <I> questions
 * @param <O> answers
 */
public interface Model<S, I, O> {
    /** The state before everything. */
    S initial();

    /**
     * The state after an operation that took effect in a state.
     *
     * @param output its answer; empty: any will do
     * @return empty: in that state the answer would have been another; never so if any will do
     */
    Optional<S> step(S state, I input, Optional<O> output);
}
