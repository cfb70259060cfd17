package clusterd.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.StoredFile;
import clusterd.model.VaultEntry;
import clusterd.raft.LogException;
import clusterd.raft.SimulatedGroup;
import clusterd.raft.SimulatedGroup.Mistake;
import clusterd.raft.SimulatedGroup.SimulatedLog;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Result;
import clusterd.wire.StateCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import testkit.history.Linearizability;
import testkit.history.NameSet;
import testkit.history.Recorder;
import testkit.history.Verdict;
import testkit.history.VersionedRegister;
import testkit.history.VersionedRegister.Value;

/**
 * Managers on virtual time, used by several clients at once while the network and the managers fail: what each was
 * answered must be as if they had come one after the other.
 */
class LinearizabilityTest {
    private static final int SEEDS = 200;
    private static final int CLIENTS = 5;
    private static final int STEPS = 25;
    private static final int NAMES = 3;

    /** One seed's run. */
    private static final class Run {
        private final SimulatedGroup group;
        private final Random random;
        private final Recorder<VersionedRegister.Input, VersionedRegister.Output> registers;
        private final Recorder<NameSet.Input, NameSet.Output> sets;
        private final TreeMap<Integer, ClusterAccess> accesses = new TreeMap<>();
        private final TreeMap<Integer, StateMachine> machines = new TreeMap<>();
        private long moments;
        private long values;
        private boolean over;

        Run(long seed, Mistake... mistakes) {
            group = new SimulatedGroup(seed, 3 + 2 * (int) (seed % 2), StateMachine::new, mistakes);
            random = group.random();
            registers = new Recorder<>(() -> ++moments);
            sets = new Recorder<>(() -> ++moments);
        }

        void go() {
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                group.after(random.nextInt(30), () -> ask(client));
            }
            for (int step = 0; step < STEPS; step++) {
                disturb();
                group.run(random.nextInt(250));
            }
            group.heal();
            group.run(1_000);
            over = true;
            group.run(2_000);
        }

        private void disturb() {
            int one = random.nextInt(group.size());
            int other = random.nextInt(group.size());
            switch (random.nextInt(8)) {
                case 0 -> group.cut(one, other);
                case 1 -> {
                    group.cut(one, other);
                    group.cut(other, one);
                }
                case 2 -> group.kill(one);
                case 3 -> group.heal();
                default -> group.revive(one);
            }
        }

        /** A member's access; after a death it is another. */
        private ClusterAccess access(int member) {
            SimulatedLog log = group.log(member);
            StateMachine machine = (StateMachine) log.machine();
            if (machines.put(member, machine) != machine) {
                accesses.put(member, new ClusterAccess(log, machine, new Proposals(log)));
            }
            return accesses.get(member);
        }

        private void ask(int client) {
            ClusterAccess access = access(random.nextInt(group.size()));
            String name = "k" + random.nextInt(NAMES);
            CompletableFuture<?> done = random.nextBoolean() ? register(client, access, name) : set(client, access, name);
            done.whenComplete((answer, failure) -> {
                if (!over) {
                    group.after(1 + random.nextInt(40), () -> ask(client));
                }
            });
        }

        private CompletableFuture<?> register(int client, ClusterAccess access, String key) {
            if (random.nextInt(3) == 0) {
                var call = registers.invoke("c" + client, new VersionedRegister.Read(key));
                return note(call, access.reading().thenApply(state -> new VersionedRegister.Seen(value(state, key))));
            }
            long version = value(access.glance(), key).version();
            String text = "v" + ++values;
            var call = registers.invoke("c" + client, new VersionedRegister.Change(key, version, text));
            return note(call, access.changing(List.of(new Command.PutVault(key, version,
                    text.getBytes(StandardCharsets.UTF_8)))).thenApply(results -> switch (results.getFirst()) {
                        case Result.Done changed -> new VersionedRegister.Changed(changed.version());
                        case Result.Refused refused -> new VersionedRegister.OutOfDate();
                    }));
        }

        private static Value value(ClusterState state, String key) {
            return state.vault(key).map(each -> new Value(each.version(), text(each))).orElse(new Value(0, ""));
        }

        private static String text(VaultEntry entry) {
            return new String(entry.data(), StandardCharsets.UTF_8);
        }

        private CompletableFuture<?> set(int client, ClusterAccess access, String name) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    var call = sets.invoke("c" + client, new NameSet.List());
                    return note(call, access.reading().thenApply(state -> new NameSet.Listed(new TreeSet<>(
                            state.files().stream().map(StoredFile::name).toList()))));
                }
                case 1 -> {
                    var call = sets.invoke("c" + client, new NameSet.Add(name));
                    return note(call, access.changing(List.of(new Command.CreateFile(
                            new StoredFile(name, false, new TreeMap<>(), new byte[0], 0)))).thenApply(Run::changed));
                }
                default -> {
                    var call = sets.invoke("c" + client, new NameSet.Remove(name));
                    return note(call, access.changing(List.of(new Command.RemoveFile(name, false)))
                            .thenApply(Run::changed));
                }
            }
        }

        private static NameSet.Output changed(List<Result> results) {
            return results.getFirst() instanceof Result.Done ? new NameSet.Changed() : new NameSet.Unchanged();
        }

        private static <I, O> CompletableFuture<?> note(Recorder<I, O>.Call call,
                CompletableFuture<? extends O> answer) {
            return answer.whenComplete((output, failure) -> {
                if (failure == null) {
                    call.returns(output);
                } else if (cause(failure) instanceof LogException known && !known.mayBeDone()) {
                    call.fails();
                }
            });
        }

        private static Throwable cause(Throwable failure) {
            return failure instanceof CompletionException ? failure.getCause() : failure;
        }

        Verdict verdict() {
            Verdict ofRegisters = Linearizability.checkEach(new VersionedRegister(), registers.history(),
                    VersionedRegister.Input::key);
            return ofRegisters instanceof Verdict.Linearizable
                    ? Linearizability.check(new NameSet(), sets.history()) : ofRegisters;
        }

        String text() {
            return registers.text() + sets.text();
        }
    }

    private static Run run(long seed, Mistake... mistakes) {
        Run run = new Run(seed, mistakes);
        run.go();
        return run;
    }

    @Test
    void noSeedGivesAnAnswerThatNoOrderExplains() {
        long operations = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            Run run = run(seed);
            Verdict verdict = run.verdict();
            assertInstanceOf(Verdict.Linearizable.class, verdict, "seed " + seed + ": " + verdict);
            String digest = StateCodec.digest(((StateMachine) run.group.log(0).machine()).state());
            for (int i = 1; i < run.group.size(); i++) {
                assertEquals(digest, StateCodec.digest(((StateMachine) run.group.log(i).machine()).state()),
                        "seed " + seed + ": members 0 and " + i + " differ");
            }
            operations += run.registers.history().size() + run.sets.history().size();
        }
        assertTrue(operations > SEEDS * 100, operations + " operations");
    }

    private static long firstViolation(Mistake mistake) {
        for (long seed = 0; seed < SEEDS; seed++) {
            if (run(seed, mistake).verdict() instanceof Verdict.Violation) {
                return seed;
            }
        }
        throw new AssertionError("no seed shows " + mistake);
    }

    @Test
    void readsThatDoNotWaitForTheLogAreFound() {
        assertTrue(firstViolation(Mistake.STALE_READS) < SEEDS / 10);
    }

    @Test
    void aProposalThatIsAppliedTwiceIsFound() {
        assertTrue(firstViolation(Mistake.APPLIED_TWICE) < SEEDS / 2);
    }

    @Test
    void theSameSeedDoesTheSame() {
        assertEquals(run(7).text(), run(7).text());
    }
}
