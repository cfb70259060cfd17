package clusterd.dispatch;

import clusterd.decider.Decider;
import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.manager.UsageBoard;
import clusterd.model.TaskId;
import clusterd.raft.LeadershipListener;
import clusterd.raft.Log;
import clusterd.raft.LogException;
import clusterd.raft.Member;
import clusterd.raft.Standing;
import clusterd.state.ClusterState;
import clusterd.state.Command;
import clusterd.state.Entry;
import clusterd.state.Result;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.StateCodec;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.zip.CRC32;

/**
 * Three managers on virtual time: the real state machines, sessions ({@link Dispatcher}) and deciders over a log that is a list. One
 * leads at a time, though another may believe so for a while.
 */
final class SimulatedManagers {
    private static final int COUNT = 3;
    private static final int CHUNK = 1_000;
    private static final long TICK_MILLIS = 50;
    private static final long AFTER_FAILURE_MILLIS = 200;
    private static final long NOBODY_MILLIS = 2_000;

    /** How one ceases to lead. */
    enum End { STEPS_DOWN, CRASHES, CUT_OFF }

    private final SimulatedTime time;
    private final Consumer<ClusterState> onChange;
    private final List<byte[]> log = new ArrayList<>();
    private final List<Voter> all = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private final CRC32 trace = new CRC32();
    private Optional<Voter> leader = Optional.empty();
    private long term;
    private long lastCommitMillis;
    private long taskNumber;
    /** How often an answer of the log is lost, though the entry is in it. */
    private double lossOfAnswers;

    /** @param onChange told of each state the cluster comes to */
    SimulatedManagers(SimulatedTime time, Consumer<ClusterState> onChange) {
        this.time = time;
        this.onChange = onChange;
        for (int i = 0; i < COUNT; i++) {
            all.add(new Voter("m" + i));
        }
        lead(all.getFirst());
    }

    List<String> addresses() {
        return all.stream().map(each -> each.address).toList();
    }

    Voter at(String address) {
        return all.stream().filter(each -> each.address.equals(address)).findFirst().orElseThrow();
    }

    /** Of all that was agreed. */
    ClusterState state() {
        return leader.orElseGet(all::getFirst).machine.state();
    }

    void loseAnswers(double share) {
        lossOfAnswers = share;
    }

    /** A checksum of all that was ever agreed. */
    long trace() {
        return trace.getValue();
    }

    int agreed() {
        return log.size();
    }

    /** What an operator asks for. */
    void ask(Command command) {
        propose(leader.orElseGet(all::getFirst), StateCodec.encode(new Entry(0, List.of(command))));
    }

    /** The leader leads no more; another one does after a while, or the same again. */
    void changeLeader(End how) {
        if (leader.isEmpty()) {
            return;
        }
        Voter old = leader.get();
        leader = Optional.empty();
        switch (how) {
            case STEPS_DOWN -> old.stopLeading();
            case CRASHES -> old.crash();
            case CUT_OFF -> {
                old.cutOff = true;
                time.after(time.between(200, 1_500), () -> {
                    old.cutOff = false;
                    old.stopLeading();
                    old.catchUp();
                });
            }
        }
        time.after(time.between(50, 700), this::elect);
    }

    private void elect() {
        List<Voter> voters = all.stream().filter(each -> each.alive && !each.cutOff && each.dispatcher.isEmpty()).toList();
        lead(voters.get(time.random().nextInt(voters.size())));
    }

    private void lead(Voter next) {
        next.catchUp();
        leader = Optional.of(next);
        next.lead(++term);
        List<Runnable> again = List.copyOf(waiting);
        waiting.clear();
        again.forEach(Runnable::run);
    }

    private CompletableFuture<byte[]> propose(Voter by, byte[] entry) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        if (by.cutOff) {
            time.after(NOBODY_MILLIS, () -> answer.completeExceptionally(new LogException(LogException.Kind.NO_LEADER, "nobody led")));
            return answer;
        }
        lastCommitMillis = Math.max(lastCommitMillis, time.millis() + time.between(1, 4));
        time.at(lastCommitMillis, () -> commit(by, entry, answer));
        return answer;
    }

    private void commit(Voter by, byte[] entry, CompletableFuture<byte[]> answer) {
        if (leader.isEmpty()) {
            waiting.add(() -> commit(by, entry, answer));
            return;
        }
        log.add(entry);
        trace.update(entry);
        byte[] said = leader.get().catchUp();
        onChange.accept(leader.get().machine.state());
        all.stream().filter(each -> each != leader.get()).forEach(each -> time.after(time.between(1, 40), each::catchUp));
        boolean lost = by.cutOff || time.chance(lossOfAnswers);
        if (lost) {
            time.after(NOBODY_MILLIS, () -> answer.completeExceptionally(new LogException(LogException.Kind.NO_MAJORITY,
                    "the answer is lost", true, null)));
        } else {
            answer.complete(said);
        }
    }

    /** A manager: its copy of the state, and what it does while it leads, or believes so. */
    final class Voter {
        private final String address;
        private StateMachine machine = new StateMachine();
        private int applied;
        private Proposals proposals = new Proposals(new Access());
        private Optional<Dispatcher> dispatcher = Optional.empty();
        private Optional<Deciding> deciding = Optional.empty();
        private boolean alive = true;
        private boolean cutOff;
        private boolean stepPlanned;
        private final Deque<Runnable> lines = new ArrayDeque<>();

        Voter(String address) {
            this.address = address;
            machine.attach(any -> wake());
        }

        String address() {
            return address;
        }

        boolean alive() {
            return alive;
        }

        ClusterState state() {
            return machine.state();
        }

        boolean isBehind() {
            return applied < log.size();
        }

        /** Where it believes the leader to be; {@code ""} if it knows of none. */
        String leaderAddress() {
            return leader.map(each -> each.address).orElse("");
        }

        /** A stream that a node opens; empty if this one does not lead. */
        Optional<Dispatcher> dispatcher() {
            return dispatcher;
        }

        /** Run if it crashes. */
        void onCrash(Runnable broken) {
            lines.add(broken);
        }

        byte[] catchUp() {
            byte[] said = null;
            while (alive && !cutOff && applied < log.size()) {
                byte[] entry = log.get(applied);
                said = machine.apply(++applied, entry);
            }
            return said;
        }

        private void lead(long itsTerm) {
            Dispatcher made = new Dispatcher(machine, proposals, SimulatedManagers.this::addresses, node -> node.spec().role(),
                    file -> new byte[0], Optional::empty, time, SimulatedManagers::say, new UsageBoard(),
                    () -> CompletableFuture.completedFuture(null), time::millis);
            dispatcher = Optional.of(made);
            deciding = Optional.of(new Deciding(this, itsTerm));
            tick(made);
        }

        private void tick(Dispatcher its) {
            time.after(TICK_MILLIS, () -> {
                if (dispatcher.filter(its::equals).isPresent()) {
                    its.tick();
                    tick(its);
                }
            });
        }

        /** Something may wait for its sessions' thread. */
        void wake() {
            if (!stepPlanned && dispatcher.isPresent()) {
                stepPlanned = true;
                time.after(time.between(0, 1), this::step);
            }
        }

        private void step() {
            stepPlanned = false;
            if (dispatcher.isPresent() && dispatcher.get().step()) {
                wake();
            }
        }

        private void stopLeading() {
            deciding.ifPresent(Deciding::stop);
            deciding = Optional.empty();
            Optional<Dispatcher> ends = dispatcher;
            dispatcher = Optional.empty();
            ends.ifPresent(each -> {
                each.close();
                while (each.step()) {
                    continue; // the last of it says good-bye
                }
            });
        }

        private void crash() {
            alive = false;
            deciding.ifPresent(Deciding::stop);
            deciding = Optional.empty();
            dispatcher = Optional.empty();
            List.copyOf(lines).forEach(Runnable::run);
            lines.clear();
            time.after(time.between(500, 4_000), this::restart);
        }

        /** From another's snapshot. */
        private void restart() {
            Voter other = all.stream().filter(each -> each.alive && !each.cutOff).findFirst().orElseThrow();
            try {
                ByteArrayOutputStream bytes = new ByteArrayOutputStream();
                other.machine.capture().writeTo(bytes);
                machine = new StateMachine();
                machine.restore(new ByteArrayInputStream(bytes.toByteArray()));
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
            machine.attach(any -> wake());
            applied = other.applied;
            proposals = new Proposals(new Access());
            alive = true;
            catchUp();
        }

        /** The log as this manager has it. */
        private final class Access implements Log {
            @Override
            public CompletableFuture<byte[]> propose(byte[] entry) {
                return SimulatedManagers.this.propose(Voter.this, entry);
            }

            @Override
            public CompletableFuture<Void> barrier() {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public Standing standing() {
                throw new UnsupportedOperationException("nobody asks");
            }

            @Override
            public void onLeadership(LeadershipListener listener) {
                throw new UnsupportedOperationException("nobody asks");
            }

            @Override
            public CompletableFuture<Void> changeMembers(List<Member> members) {
                throw new UnsupportedOperationException("nobody asks");
            }

            @Override
            public CompletableFuture<Void> transferLeadership(String memberId) {
                throw new UnsupportedOperationException("nobody asks");
            }

            @Override
            public CompletableFuture<Void> snapshot() {
                throw new UnsupportedOperationException("nobody asks");
            }

            @Override
            public void close() {
                // It holds nothing.
            }
        }
    }

    /** What is left undone is a mistake of the program. */
    private static void say(String line) {
        if (line.contains("left undone")) {
            throw new IllegalStateException(line);
        }
    }

    /** What a leader decides: the real decider, asked as {@code LeaderLoop} asks it. */
    private final class Deciding {
        private final Voter manager;
        private final long itsTerm;
        private final Deque<ClusterState.Applied> applied = new ArrayDeque<>();
        private final Consumer<ClusterState.Applied> listener = this::note;
        private final StateMachine machine;
        private Optional<Decider> decider = Optional.empty();
        private boolean stopped;
        private boolean rests;
        private long rest;

        Deciding(Voter manager, long itsTerm) {
            this.manager = manager;
            this.itsTerm = itsTerm;
            this.machine = manager.machine;
            begin();
        }

        void stop() {
            stopped = true;
            machine.detach(listener);
        }

        private void begin() {
            machine.detach(listener);
            applied.clear();
            decider = Optional.empty();
            propose(manager, StateCodec.encode(new Entry(0, List.of(new Command.BeginTerm(itsTerm, manager.address)))))
                    .whenComplete((answer, failure) -> {
                        if (failure != null) {
                            time.after(AFTER_FAILURE_MILLIS, this::again);
                        } else if (!stopped) {
                            decider = Optional.of(new Decider(machine.attach(listener), () -> new TaskId("t" + ++taskNumber)));
                            round();
                        }
                    });
        }

        private void again() {
            if (!stopped) {
                begin();
            }
        }

        private void note(ClusterState.Applied each) {
            applied.add(each);
            if (rests) {
                rests = false;
                rest++;
                time.after(0, this::round);
            }
        }

        private void observe() {
            while (!applied.isEmpty()) {
                ClusterState.Applied each = applied.poll();
                decider.orElseThrow().observe(each.changes(), each.state());
            }
        }

        private void round() {
            if (stopped || decider.isEmpty()) {
                return;
            }
            observe();
            List<Command> commands = decider.get().decide(time.millis());
            if (!commands.isEmpty()) {
                send(commands, 0);
                return;
            }
            rests = true;
            long its = ++rest;
            long wake = decider.get().wakeAtMillis().orElse(Long.MAX_VALUE);
            time.after(Math.clamp(wake - time.millis(), 1, 10_000), () -> {
                if (rests && rest == its) {
                    rests = false;
                    round();
                }
            });
        }

        private void send(List<Command> commands, int from) {
            List<Command> chunk = commands.subList(from, Math.min(commands.size(), from + CHUNK));
            propose(manager, StateCodec.encode(new Entry(itsTerm, chunk))).whenComplete((answer, failure) -> {
                if (failure != null) {
                    time.after(AFTER_FAILURE_MILLIS, this::again);
                } else if (!stopped) {
                    heard(commands, from, chunk, answer);
                }
            });
        }

        private void heard(List<Command> commands, int from, List<Command> chunk, byte[] answer) {
            observe();
            try {
                List<Result> results = StateCodec.results(answer);
                for (int i = 0; i < chunk.size(); i++) {
                    if (results.get(i) instanceof Result.Refused) {
                        decider.orElseThrow().refused(chunk.get(i));
                    }
                }
            } catch (MalformedRecordException malformed) {
                throw new IllegalStateException(malformed);
            }
            if (from + chunk.size() < commands.size()) {
                send(commands, from + chunk.size());
            } else {
                time.after(0, this::round);
            }
        }
    }
}
