package clusterd.raft;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.server.RaftServer;
import runtime.container.Journal;

/** Looks every second at what nobody is told of, and says in the journal when it changes. */
final class Watch {
    private static final int EVERY_MILLIS = 1_000;
    private static final int SILENT_MILLIS = 5_000;

    private final RatisLog log;
    private final RaftServer.Division division;
    private final Journal journal;
    private final OpenPaths paths;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<String> silent = new HashSet<>();
    private int leaderlessMillis;
    private boolean saidLeaderless;

    Watch(RatisLog log, RaftServer.Division division, OpenPaths paths, Journal journal) {
        this.paths = paths;
        this.log = log;
        this.division = division;
        this.journal = journal;
    }

    void start() {
        Thread.ofVirtual().name("raft-watch").start(this::run);
    }

    void close() {
        closed.countDown();
    }

    private void run() {
        try {
            boolean going = true;
            while (going && !closed.await(EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                going = look(log.standing());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean look(Standing standing) {
        if (standing.role() == Role.STOPPED) {
            if (closed.getCount() > 0) {
                journal.say("raft: member " + standing.memberId() + " takes part no more, by an error told before or"
                        + " because it was taken out of the group");
            }
            return false;
        }
        if (standing.leaderId().isPresent()) {
            if (saidLeaderless) {
                journal.say("raft: there is a leader again, member " + standing.leaderId().get());
            }
            leaderlessMillis = 0;
            saidLeaderless = false;
        } else {
            leaderlessMillis += EVERY_MILLIS;
            if (leaderlessMillis >= SILENT_MILLIS && !saidLeaderless && !standing.peers().isEmpty()) {
                saidLeaderless = true;
                journal.say("raft: nobody has led for " + SILENT_MILLIS / 1_000 + " s; a majority of "
                        + standing.peers().size() + " members must be up and reach each other");
            }
        }
        lookAtMembers(standing);
        paths.look();
        return true;
    }

    private void lookAtMembers(Standing standing) {
        if (!division.getInfo().isLeader()) {
            silent.clear();
            return;
        }
        for (Standing.Peer peer : standing.peers()) {
            String id = peer.member().id();
            if (peer.silentMillis() >= SILENT_MILLIS && silent.add(id)) {
                journal.say("raft: member " + id + " at " + peer.member().address() + " has not answered for "
                        + peer.silentMillis() / 1_000 + " s");
            } else if (peer.silentMillis() >= 0 && peer.silentMillis() < SILENT_MILLIS && silent.remove(id)) {
                journal.say("raft: member " + id + " answers again, " + peer.behindEntries() + " entries behind");
            }
        }
    }
}
