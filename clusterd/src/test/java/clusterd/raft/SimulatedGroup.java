package clusterd.raft;

import clusterd.raft.AppliedOnce.Proposal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * A group of members on virtual time: real machines, barriers and repetition of proposals, over a network that
 * loses, delays, repeats and exchanges messages, is cut one way or both, and members that die and come back. Only
 * Raft's own agreement is played: one of the members that reach a majority puts what comes to it into one order.
 * All of it happens on the thread that calls {@link #run}; the seed decides all.
 */
public final class SimulatedGroup {
    /** What a member may do wrong, for tests of the tests. */
    public enum Mistake {
        /** A read does not wait for the log. */
        STALE_READS,
        /** A proposal that comes into the log twice is applied twice. */
        APPLIED_TWICE
    }

    private static final int RETRY_MILLIS = 60;
    private static final int PATIENCE_MILLIS = 600;
    private static final int ELECTION_MILLIS = 150;
    private static final int SNAPSHOT_ENTRIES = 40;
    private static final double LOST = 0.03;
    private static final double REPEATED = 0.05;

    private record Event(long atMillis, long number) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(atMillis, other.atMillis);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private record Request(UUID proposer, long number, byte[] content) {
    }

    private record Snapshot(long index, byte[] bytes, AppliedOnce once) {
    }

    /** One member, and its log for whoever uses it. */
    public final class SimulatedLog implements Log {
        private final int number;
        private final Supplier<? extends Machine> fresh;
        private Machine machine;
        private AppliedOnce once = new AppliedOnce();
        private Applied applied = new Applied();
        private Barriers barriers;
        private UUID proposer;
        private long requests;
        private long index = -1;
        private long life;
        private boolean up;
        private Snapshot snapshot;
        private final List<CompletableFuture<?>> open = new ArrayList<>();

        private SimulatedLog(int number, Supplier<? extends Machine> fresh) {
            this.number = number;
            this.fresh = fresh;
            rise();
        }

        private void rise() {
            machine = fresh.get();
            once = new AppliedOnce();
            applied = new Applied();
            barriers = new Barriers(() -> ask(null).thenApply(answer -> Long.parseLong(new String(answer))), applied,
                    Runnable::run);
            proposer = new UUID(seed, ++lives);
            requests = 0;
            index = -1;
            up = true;
            life++;
            if (snapshot != null) {
                install(snapshot);
            }
        }

        private void fall() {
            up = false;
            applied.end(closed());
            List.copyOf(open).forEach(each -> each.completeExceptionally(closed()));
            open.clear();
        }

        private LogException closed() {
            return new LogException(LogException.Kind.CLOSED, "member " + number + " died", true, null);
        }

        /** The machine, another after each death. */
        public Machine machine() {
            return machine;
        }

        /** Whether it lives. */
        public boolean isUp() {
            return up;
        }

        @Override
        public CompletableFuture<byte[]> propose(byte[] entry) {
            return ask(entry.clone());
        }

        private CompletableFuture<byte[]> ask(byte[] content) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            if (!up) {
                answer.completeExceptionally(new LogException(LogException.Kind.CLOSED, "member " + number + " is dead"));
                return answer;
            }
            open.add(answer);
            answer.whenComplete((done, failure) -> open.remove(answer));
            pursue(new Request(proposer, ++requests, content), answer, now + PATIENCE_MILLIS, life);
            return answer;
        }

        private void pursue(Request request, CompletableFuture<byte[]> answer, long until, long its) {
            if (answer.isDone() || its != life) {
                return;
            }
            if (now >= until) {
                answer.completeExceptionally(new LogException(LogException.Kind.NO_MAJORITY,
                        "no majority confirmed", true, null));
                return;
            }
            // Whom it believes to lead, which may be wrong for a while.
            int to = random.nextInt(8) == 0 ? random.nextInt(members.size()) : leader;
            send(number, to, () -> members.get(to).receive(request, number, answer));
            after(RETRY_MILLIS, () -> pursue(request, answer, until, its));
        }

        private void receive(Request request, int from, CompletableFuture<byte[]> answer) {
            if (!up || leader != number || !hasMajority(number)) {
                return;
            }
            long inTerm = term;
            after(1 + random.nextInt(15), () -> {
                // Another leads meanwhile: what had not reached a majority is gone.
                if (up && inTerm == term && hasMajority(number)) {
                    committed.add(request);
                    long at = committed.size() - 1L;
                    catchUp(at);
                    byte[] its = request.content() == null ? Long.toString(at).getBytes() : answers.get(at);
                    send(number, from, () -> answer.complete(its));
                    tellAll();
                }
            });
        }

        private void catchUp(long to) {
            long first = Math.max(0, committed.size() - SNAPSHOT_ENTRIES * 2L);
            if (index + 1 < first && newest != null && newest.index() > index) {
                install(newest);
            }
            while (up && index < to) {
                apply(index + 1, committed.get((int) index + 1));
            }
        }

        private void apply(long at, Request request) {
            Proposal proposal = new Proposal(request.proposer(), request.number());
            Optional<byte[]> before = mistakes.contains(Mistake.APPLIED_TWICE) ? Optional.empty() : once.answer(proposal);
            byte[] answer = before.orElseGet(() -> request.content() == null ? new byte[0]
                    : machine.apply(at, request.content()));
            if (before.isEmpty() && request.content() != null) {
                once.remember(proposal, answer);
            }
            answers.putIfAbsent(at, answer);
            index = at;
            if (at % SNAPSHOT_ENTRIES == SNAPSHOT_ENTRIES - 1) {
                snapshot = write();
                newest = newest == null || newest.index() < at ? snapshot : newest;
            }
            applied.advance(at);
        }

        private Snapshot write() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try {
                machine.capture().writeTo(bytes);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            return new Snapshot(index, bytes.toByteArray(), once.copy());
        }

        private void install(Snapshot taken) {
            try {
                machine.restore(new ByteArrayInputStream(taken.bytes()));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            once = taken.once().copy();
            index = taken.index();
            snapshot = taken;
            applied.advance(index);
        }

        @Override
        public CompletableFuture<Void> barrier() {
            return mistakes.contains(Mistake.STALE_READS) && up ? CompletableFuture.completedFuture(null)
                    : barriers.barrier();
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
        public CompletableFuture<Void> changeMembers(List<Member> wanted) {
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
            fall();
        }
    }

    private final long seed;
    private final Random random;
    private final EnumSet<Mistake> mistakes = EnumSet.noneOf(Mistake.class);
    private final TreeMap<Event, Runnable> events = new TreeMap<>();
    private final List<SimulatedLog> members = new ArrayList<>();
    private final Set<List<Integer>> cut = new HashSet<>();
    private final List<Request> committed = new ArrayList<>();
    private final Map<Long, byte[]> answers = new TreeMap<>();
    private Snapshot newest;
    private long now;
    private long eventNumber;
    private long lives;
    private long term = 1;
    private int leader;
    private boolean electing;

    /**
     * A group of members that all live.
     *
     * @param fresh a machine in its first state, for a member's number
     */
    public SimulatedGroup(long seed, int size, Supplier<? extends Machine> fresh, Mistake... mistakes) {
        this.seed = seed;
        this.random = new Random(seed);
        this.mistakes.addAll(List.of(mistakes));
        for (int i = 0; i < size; i++) {
            members.add(new SimulatedLog(i, fresh));
        }
    }

    /** Of that number. */
    public SimulatedLog log(int member) {
        return members.get(member);
    }

    /** How many there are. */
    public int size() {
        return members.size();
    }

    /** For whatever is left to chance. */
    public Random random() {
        return random;
    }

    /** Milliseconds since it began. */
    public long nowMillis() {
        return now;
    }

    /** Something that happens later. */
    public void after(long millis, Runnable what) {
        events.put(new Event(now + millis, eventNumber++), what);
    }

    /** Lets time pass. */
    public void run(long millis) {
        long until = now + millis;
        while (!events.isEmpty() && events.firstKey().atMillis() <= until) {
            Map.Entry<Event, Runnable> next = events.pollFirstEntry();
            now = Math.max(now, next.getKey().atMillis());
            next.getValue().run();
            elect();
        }
        now = until;
    }

    /** What one says the other does not hear. */
    public void cut(int from, int to) {
        cut.add(List.of(from, to));
    }

    /** All hear each other, and all live. */
    public void heal() {
        cut.clear();
        members.stream().filter(each -> !each.up).forEach(SimulatedLog::rise);
        tellAll();
    }

    /** A member dies: what it was asked is unknown. */
    public void kill(int member) {
        if (members.get(member).up) {
            members.get(member).fall();
        }
    }

    /** It comes back with what it had on its disk: its last snapshot, and what others tell it. */
    public void revive(int member) {
        if (!members.get(member).up) {
            members.get(member).rise();
            tellAll();
        }
    }

    private boolean hears(int from, int to) {
        return members.get(from).up && members.get(to).up && !cut.contains(List.of(from, to));
    }

    private boolean hasMajority(int member) {
        long both = members.stream().filter(each -> each.number == member
                || hears(member, each.number) && hears(each.number, member)).count();
        return members.get(member).up && both > members.size() / 2;
    }

    private void elect() {
        if (electing || hasMajority(leader)) {
            return;
        }
        electing = true;
        after(ELECTION_MILLIS + random.nextInt(ELECTION_MILLIS), () -> {
            electing = false;
            if (!hasMajority(leader)) {
                members.stream().filter(each -> hasMajority(each.number)).skip(random.nextInt(2)).findFirst()
                        .ifPresent(each -> {
                            leader = each.number;
                            term++;
                            each.catchUp(committed.size() - 1L);
                            tellAll();
                        });
            }
        });
    }

    private void send(int from, int to, Runnable what) {
        int copies = random.nextDouble() < LOST ? 0 : random.nextDouble() < REPEATED ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            after(1 + random.nextInt(from == to ? 1 : 25), () -> {
                if (from == to || hears(from, to)) {
                    what.run();
                }
            });
        }
    }

    private void tellAll() {
        long upTo = committed.size() - 1L;
        for (SimulatedLog each : members) {
            if (each.number != leader) {
                send(leader, each.number, () -> each.catchUp(upTo));
                after(200, () -> send(leader, each.number, () -> each.catchUp(Math.min(upTo, committed.size() - 1L))));
            }
        }
    }
}
