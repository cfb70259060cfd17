package testkit.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Looks for an order that explains a history: Wing and Gong's search with the memory of Lowe ("Testing for
 * linearizability", 2017), so that of all ways to one set of done operations and one state only the first is
 * followed. Whether a history is linearizable is NP-complete; with few clients at a time it takes moments.
 *
 * @param <S> states
 * @param <I> questions
 * @param <O> answers
 */
public final class Linearizability<S, I, O> {
    /** Enough for any history of a test; each takes some hundred bytes. */
    public static final int MOST_CONFIGURATIONS = 2_000_000;

    /** The call or the answer of an operation, in a list ordered by time. */
    private static final class Event {
        private final int operation;
        private final boolean isAnswer;
        private Event answer;
        private Event before;
        private Event after;

        Event(int operation, boolean isAnswer) {
            this.operation = operation;
            this.isAnswer = isAnswer;
        }

        void cut() {
            before.after = after;
            if (after != null) {
                after.before = before;
            }
        }

        void mend() {
            before.after = this;
            if (after != null) {
                after.before = this;
            }
        }
    }

    private record Configuration<S>(BitSet done, S state) {
    }

    private record Step<S>(Event call, S before) {
    }

    private final Model<S, I, O> model;
    private final List<Operation<I, O>> history;
    private final int most;
    private final Event head = new Event(-1, false);
    private final Set<Configuration<S>> seen = new HashSet<>();
    private final Deque<Step<S>> steps = new ArrayDeque<>();
    private final BitSet done = new BitSet();
    private int unanswered;
    private List<Operation<?, ?>> longest = List.of();
    private Operation<?, ?> unplaced;

    private Linearizability(Model<S, I, O> model, List<Operation<I, O>> history, int most) {
        this.model = model;
        this.history = history;
        this.most = most;
    }

    /**
     * Checks.
     *
     * @param model   what the object does
     * @param history in any order
     */
    public static <S, I, O> Verdict check(Model<S, I, O> model, List<Operation<I, O>> history) {
        return check(model, history, MOST_CONFIGURATIONS);
    }

    /** The same, and gives up after so many configurations. */
    public static <S, I, O> Verdict check(Model<S, I, O> model, List<Operation<I, O>> history, int most) {
        return new Linearizability<>(model, List.copyOf(history), most).search();
    }

    /**
     * Checks operations on many objects, each alone: together they are linearizable if and only if each is.
     *
     * @param objectOf which object an operation is on
     * @return the first verdict that is not good, else the last
     */
    public static <K, S, I, O> Verdict checkEach(Model<S, I, O> model, List<Operation<I, O>> history,
            Function<I, K> objectOf) {
        Map<K, List<Operation<I, O>>> parts = new LinkedHashMap<>();
        history.forEach(each -> parts.computeIfAbsent(objectOf.apply(each.input()), key -> new ArrayList<>()).add(each));
        Verdict verdict = new Verdict.Linearizable(List.of());
        for (List<Operation<I, O>> part : parts.values()) {
            verdict = check(model, part);
            if (!(verdict instanceof Verdict.Linearizable)) {
                return verdict;
            }
        }
        return verdict;
    }

    private void link() {
        record At(long time, Event event) {
        }
        List<At> events = new ArrayList<>();
        for (int i = 0; i < history.size(); i++) {
            Event call = new Event(i, false);
            events.add(new At(history.get(i).invoked(), call));
            if (history.get(i).output().isPresent()) {
                call.answer = new Event(i, true);
                events.add(new At(history.get(i).returned(), call.answer));
                unanswered++;
            }
        }
        // What happened at the same time may have happened in either order.
        events.sort(Comparator.comparingLong(At::time).thenComparing(each -> each.event().isAnswer));
        Event last = head;
        for (At each : events) {
            last.after = each.event();
            each.event().before = last;
            last = each.event();
        }
    }

    private Verdict search() {
        link();
        S state = model.initial();
        Event at = head.after;
        while (unanswered > 0) {
            Optional<S> next = at.isAnswer ? Optional.empty() : follow(at, state);
            if (next.isPresent()) {
                steps.push(new Step<>(at, state));
                take(at);
                state = next.get();
                at = head.after;
            } else if (!at.isAnswer) {
                at = at.after;
            } else {
                noteIfLongest(at);
                if (steps.isEmpty()) {
                    return new Verdict.Violation(longest, unplaced);
                }
                Step<S> step = steps.pop();
                giveBack(step.call());
                state = step.before();
                at = step.call().after;
            }
            if (seen.size() > most) {
                return new Verdict.Undecided(seen.size());
            }
        }
        return new Verdict.Linearizable(order());
    }

    private Optional<S> follow(Event call, S state) {
        Operation<I, O> operation = history.get(call.operation);
        Optional<S> next = model.step(state, operation.input(), operation.output());
        // What nobody was told of, and changes nothing, need have no place.
        if (next.isEmpty() || operation.output().isEmpty() && next.get().equals(state)) {
            return Optional.empty();
        }
        BitSet then = (BitSet) done.clone();
        then.set(call.operation);
        return seen.add(new Configuration<>(then, next.get())) ? next : Optional.empty();
    }

    private void take(Event call) {
        done.set(call.operation);
        call.cut();
        if (call.answer != null) {
            call.answer.cut();
            unanswered--;
        }
    }

    private void giveBack(Event call) {
        done.clear(call.operation);
        if (call.answer != null) {
            call.answer.mend();
            unanswered++;
        }
        call.mend();
    }

    private void noteIfLongest(Event answer) {
        if (unplaced == null || steps.size() > longest.size()) {
            longest = order();
            unplaced = history.get(answer.operation);
        }
    }

    private List<Operation<?, ?>> order() {
        List<Operation<?, ?>> order = new ArrayList<>();
        for (Iterator<Step<S>> each = steps.descendingIterator(); each.hasNext();) {
            order.add(history.get(each.next().call().operation));
        }
        return order;
    }
}
