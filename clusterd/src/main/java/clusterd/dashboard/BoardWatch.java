package clusterd.dashboard;

import clusterd.board.Board;
import clusterd.board.ClusterBoard;
import clusterd.board.Delta;
import clusterd.board.Json;
import clusterd.board.ServerSentEvent;
import clusterd.board.Standpoint;
import clusterd.manager.ClusterAccess;
import clusterd.raft.Standing;
import clusterd.state.ClusterState;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import runtime.container.Journal;

/**
 * Tells every listener the whole board first and then what of it is new. Changes that come fast are told as one; while
 * nobody listens nothing is done.
 */
final class BoardWatch implements AutoCloseable {
    private static final long LEAST_PAUSE_MILLIS = 40;
    /** So many times as long as making a board takes, so that it takes a tenth of a processor at most. */
    private static final long PAUSE_TIMES = 9;
    /** What no step of the state tells: a manager that is silent, another part of this node. */
    private static final long LOOK_MILLIS = 1000;
    private static final int SILENT_MILLIS = 2000;

    private final Supplier<Situation> situation;
    private final String epoch;
    private final Journal journal;
    private final Semaphore changed = new Semaphore(0);
    private final Set<Listener> listeners = new LinkedHashSet<>();
    private final Consumer<ClusterState.Applied> note = applied -> changed.release();
    private Board board = Board.EMPTY;
    private long number;
    private Thread thread;
    private ClusterAccess attached;

    /**
     * Of whatever the node is.
     *
     * @param epoch tells the boards of this agent from those of one before
     */
    BoardWatch(Supplier<Situation> situation, String epoch, Journal journal) {
        this.situation = situation;
        this.epoch = epoch;
        this.journal = journal;
    }

    /**
     * Tells that one from now on.
     *
     * @param lastId of the last event it had; {@code ""} if it had none
     */
    synchronized void add(Listener listener, String lastId) {
        refresh();
        if (!lastId.equals(id())) {
            listener.offer(new ServerSentEvent("snapshot", id(), board.json()).bytes());
        }
        listeners.add(listener);
        if (thread == null) {
            thread = Thread.ofVirtual().name("dashboard").start(this::run);
        }
    }

    synchronized void remove(Listener listener) {
        listeners.remove(listener);
        changed.release();
    }

    private String id() {
        return epoch + "-" + number;
    }

    private void run() {
        try {
            while (true) {
                changed.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                changed.drainPermits();
                long began = System.nanoTime();
                synchronized (this) {
                    if (listeners.isEmpty()) {
                        follow(null);
                        thread = null;
                        return;
                    }
                    refresh();
                }
                long tookMillis = (System.nanoTime() - began) / 1_000_000;
                TimeUnit.MILLISECONDS.sleep(Math.max(LEAST_PAUSE_MILLIS, PAUSE_TIMES * tookMillis));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException mistake) {
            journal.say("the dashboard cannot show the cluster, and ends its streams: " + mistake);
            synchronized (this) {
                thread = null;
                listeners.forEach(Listener::cut);
                listeners.clear();
            }
        }
    }

    private void refresh() {
        Board next = board(situation.get());
        Delta delta = next.since(board);
        if (delta.isEmpty()) {
            return;
        }
        board = next;
        number++;
        byte[] event = new ServerSentEvent("delta", id(), delta.json()).bytes();
        listeners.forEach(each -> each.offer(event));
    }

    private Board board(Situation now) {
        follow(now instanceof Situation.Managing manager ? manager.access() : null);
        return switch (now) {
            case Situation.Alone alone -> other(Map.of("situation", "alone"));
            case Situation.Locked locked -> other(Map.of("situation", "locked"));
            case Situation.Member member -> other(Map.of("situation", "member", "role", member.role(),
                    "managers", member.managers()));
            case Situation.Managing manager -> ClusterBoard.of(manager.access().glance(),
                    standpoint(manager.access().standing(), manager.clusterId()));
        };
    }

    private static Board other(Map<String, Object> facts) {
        return new Board(new TreeMap<>(Map.of("cluster", Json.of(facts))));
    }

    private Standpoint standpoint(Standing standing, String clusterId) {
        Map<String, Boolean> answers = new HashMap<>();
        standing.peers().forEach(each -> answers.put(each.member().id(), each.silentMillis() < SILENT_MILLIS));
        return new Standpoint(clusterId, standing.memberId(), standing.leaderId().orElse(""),
                standing.term(), answers);
    }

    private void follow(ClusterAccess access) {
        if (access != attached) {
            if (attached != null) {
                attached.detach(note);
            }
            attached = access;
            if (access != null) {
                access.attach(note);
            }
        }
    }

    /** Ends all streams. */
    @Override
    public synchronized void close() {
        follow(null);
        listeners.forEach(Listener::cut);
        listeners.clear();
        if (thread != null) {
            thread.interrupt();
        }
    }
}
