package testkit.history;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import testkit.history.Register.Input;
import testkit.history.Register.Read;
import testkit.history.Register.Write;

class LinearizabilityTest {
    private static Operation<Input, String> write(String value, long invoked, long returned) {
        return Operation.of("w", new Write("x", value), Register.DONE, invoked, returned);
    }

    private static Operation<Input, String> lost(String value, long invoked) {
        return Operation.unknown("w", new Write("x", value), invoked);
    }

    private static Operation<Input, String> read(String value, long invoked, long returned) {
        return Operation.of("r", new Read("x"), value, invoked, returned);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static void good(Operation<Input, String>... history) {
        assertInstanceOf(Verdict.Linearizable.class, Linearizability.check(new Register(), Arrays.stream(history).toList()));
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private static Verdict.Violation bad(Operation<Input, String>... history) {
        return assertInstanceOf(Verdict.Violation.class, Linearizability.check(new Register(), Arrays.stream(history).toList()));
    }

    @Test
    void anEmptyHistoryIsGood() {
        good();
        good(read("", 1, 2));
    }

    @Test
    void aReadDuringAWriteMaySeeEither() {
        good(write("a", 1, 10), read("", 2, 3), read("a", 4, 5));
        good(write("a", 1, 10), read("", 2, 3), read("a", 11, 12));
    }

    @Test
    void aReadAfterAWriteSeesIt() {
        Verdict.Violation stale = bad(write("a", 1, 2), read("", 3, 4));
        assertEquals(read("", 3, 4), stale.unplaced());
        assertTrue(stale.toString().contains("there is no place for"), stale.toString());
    }

    @Test
    void whatWasSeenStaysSeen() {
        bad(write("a", 1, 10), read("a", 2, 3), read("", 4, 5));
        bad(write("a", 1, 10), write("b", 1, 10), read("a", 11, 12), read("b", 13, 14));
        good(write("a", 1, 10), write("b", 1, 10), read("a", 2, 12), read("b", 11, 14));
    }

    @Test
    void whatNobodyWroteIsSeenByNobody() {
        bad(write("a", 1, 2), read("b", 3, 4));
    }

    @Test
    void aWriteWithoutAnswerMayHaveBeenDoneAtAnyTimeOrNever() {
        good(lost("a", 1), read("", 2, 3), read("", 4, 5));
        good(lost("a", 1), read("", 2, 3), read("a", 4, 5));
        bad(lost("a", 1), read("a", 2, 3), read("", 4, 5));
        bad(read("a", 1, 2), lost("a", 3));
        good(write("b", 1, 2), lost("a", 3), read("b", 10, 11), read("a", 12, 13));
    }

    @Test
    void whatHappensAtOneTimeMayHappenInEitherOrder() {
        good(write("a", 1, 2), read("", 2, 3));
    }

    @Test
    void objectsAreCheckedApart() {
        List<Operation<Input, String>> history = List.of(write("a", 1, 2),
                Operation.of("r", new Read("y"), "", 3, 4), read("a", 3, 4));
        assertInstanceOf(Verdict.Linearizable.class,
                Linearizability.checkEach(new Register(), history, Input::key));
        List<Operation<Input, String>> more = new ArrayList<>(history);
        more.add(Operation.of("r", new Read("y"), "a", 5, 6));
        assertInstanceOf(Verdict.Violation.class, Linearizability.checkEach(new Register(), more, Input::key));
    }

    @Test
    void aLostUpdateOfAVersionedRegisterIsFound() {
        VersionedRegister.Input first = new VersionedRegister.Change("x", 0, "a");
        VersionedRegister.Input second = new VersionedRegister.Change("x", 0, "b");
        VersionedRegister.Output done = new VersionedRegister.Changed(1);
        assertInstanceOf(Verdict.Violation.class, Linearizability.check(new VersionedRegister(),
                List.of(Operation.of("a", first, done, 1, 5), Operation.of("b", second, done, 1, 5))));
        assertInstanceOf(Verdict.Linearizable.class, Linearizability.check(new VersionedRegister(),
                List.of(Operation.of("a", first, done, 1, 5),
                        Operation.of("b", second, new VersionedRegister.OutOfDate(), 1, 5))));
        // The same change once more, because the first answer was lost: applied twice.
        VersionedRegister.Output seen = new VersionedRegister.Seen(new VersionedRegister.Value(2, "a"));
        assertInstanceOf(Verdict.Violation.class, Linearizability.check(new VersionedRegister(),
                List.of(Operation.of("a", first, done, 1, 5),
                        Operation.of("b", new VersionedRegister.Read("x"), seen, 6, 7))));
    }

    @Test
    void aSetThatForgetsOrShowsTooLateIsFound() {
        NameSet.Input add = new NameSet.Add("a");
        NameSet.Output done = new NameSet.Changed();
        NameSet.Input list = new NameSet.List();
        NameSet.Output none = new NameSet.Listed(new TreeSet<>());
        NameSet.Output one = new NameSet.Listed(new TreeSet<>(Set.of("a")));
        assertInstanceOf(Verdict.Violation.class, Linearizability.check(new NameSet(),
                List.of(Operation.of("a", add, done, 1, 2), Operation.of("b", list, none, 3, 4))));
        assertInstanceOf(Verdict.Violation.class, Linearizability.check(new NameSet(),
                List.of(Operation.of("a", add, done, 1, 2), Operation.of("b", add, done, 3, 4))));
        assertInstanceOf(Verdict.Linearizable.class, Linearizability.check(new NameSet(),
                List.of(Operation.of("a", add, done, 1, 2), Operation.unknown("b", new NameSet.Remove("a"), 3),
                        Operation.of("c", list, one, 4, 5), Operation.of("c", list, none, 6, 7),
                        Operation.of("a", add, done, 8, 9))));
    }

    @Test
    void whatOneOrderMadeIsGoodAndOneWrongAnswerInItIsFound() {
        for (long seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            List<Operation<Input, String>> history = new ArrayList<>();
            String value = "";
            int read = -1;
            for (int i = 0; i < 120; i++) {
                long at = 10L * i;
                long invoked = at - random.nextInt(40);
                long returned = at + random.nextInt(40);
                if (random.nextBoolean()) {
                    value = "v" + i;
                    history.add(random.nextInt(10) == 0 ? lost(value, invoked) : write(value, invoked, returned));
                } else {
                    history.add(read(value, invoked, returned));
                    read = i;
                }
            }
            assertInstanceOf(Verdict.Linearizable.class,
                    Linearizability.check(new Register(), Register.withoutUnseen(history)), "seed " + seed);
            history.set(read, read("never", history.get(read).invoked(), history.get(read).returned()));
            assertInstanceOf(Verdict.Violation.class,
                    Linearizability.check(new Register(), Register.withoutUnseen(history)), "seed " + seed);
        }
    }

    @Test
    void aSearchThatIsTooLongIsGivenUp() {
        List<Operation<Input, String>> history = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            history.add(lost("v" + i, 0));
        }
        history.add(read("never", 1, 2));
        assertInstanceOf(Verdict.Undecided.class, Linearizability.check(new Register(), history, 10_000));
    }

    @Test
    void anAnswerComesAfterItsQuestion() {
        assertThrows(IllegalArgumentException.class, () -> read("", 2, 1));
    }

    @Test
    void aRecorderKnowsWhatWasNotAnswered() {
        long[] now = {0};
        Recorder<Input, String> recorder = new Recorder<>(() -> ++now[0]);
        Recorder<Input, String>.Call first = recorder.invoke("a", new Write("x", "1"));
        Recorder<Input, String>.Call second = recorder.invoke("b", new Write("x", "2"));
        recorder.invoke("c", new Read("x"));
        second.fails();
        first.returns(Register.DONE);
        assertEquals(List.of(new Operation<>("a", (Input) new Write("x", "1"), Optional.of(Register.DONE), 1, 4),
                Operation.unknown("c", new Read("x"), 3)), recorder.history());
        assertEquals(2, recorder.text().lines().count());
    }
}
