package testkit.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Writes down what clients do, also several at a time.
 *
 * @param <I> questions
 * @param <O> answers
 */
public final class Recorder<I, O> {
    private final LongSupplier clock;
    private final List<Operation<I, O>> done = new ArrayList<>();
    private final List<Call> open = new ArrayList<>();

    /** A question that was not answered yet. */
    public final class Call {
        private final String client;
        private final I input;
        private final long invoked;

        private Call(String client, I input, long invoked) {
            this.client = client;
            this.input = input;
            this.invoked = invoked;
        }

        /** This is the answer. */
        public void returns(O output) {
            synchronized (Recorder.this) {
                open.remove(this);
                done.add(Operation.of(client, input, output, invoked, clock.getAsLong()));
            }
        }

        /** It was surely not done, nor will be. */
        public void fails() {
            synchronized (Recorder.this) {
                open.remove(this);
            }
        }
    }

    /** @param clock that never goes back */
    public Recorder(LongSupplier clock) {
        this.clock = clock;
    }

    /** Somebody is about to ask. What is neither answered nor failed at the end is unknown. */
    public synchronized Call invoke(String client, I input) {
        Call call = new Call(client, input, clock.getAsLong());
        open.add(call);
        return call;
    }

    /** All until now. */
    public synchronized List<Operation<I, O>> history() {
        List<Operation<I, O>> all = new ArrayList<>(done);
        open.forEach(each -> all.add(Operation.unknown(each.client, each.input, each.invoked)));
        all.sort((one, other) -> Long.compare(one.invoked(), other.invoked()));
        return all;
    }

    /** One operation a line, for people: begin, end, client, question and answer. */
    public String text() {
        StringBuilder text = new StringBuilder();
        history().forEach(each -> text.append(each).append('\n'));
        return text.toString();
    }
}
