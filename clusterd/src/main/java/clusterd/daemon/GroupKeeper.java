package clusterd.daemon;

import clusterd.control.Reach;
import clusterd.manager.ClusterAccess;
import clusterd.operation.GroupStep;
import clusterd.operation.Seen;
import clusterd.raft.Log;
import clusterd.raft.Member;
import clusterd.raft.Standing;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import runtime.container.Journal;

/** While this manager leads: who is manager no more leaves the managers' group, and nodes are told of it. */
final class GroupKeeper implements AutoCloseable {
    private static final long LOOK_MILLIS = 1_000;

    private final ClusterAccess access;
    private final Log log;
    private final Object members;
    private final Runnable tell;
    private final Journal journal;
    private final LinkedBlockingQueue<Boolean> changed = new LinkedBlockingQueue<>();
    private final Consumer<ClusterState.Applied> listener = this::note;
    private final Thread thread;
    private volatile boolean closed;
    private List<Member> told = List.of();
    private String said = "";

    /**
     * Begins.
     *
     * @param members held while the group's members are changed: each change begins with what the last one left
     * @param tell    tells nodes who the managers are, and what they are themselves
     */
    GroupKeeper(ClusterAccess access, Log log, Object members, Runnable tell, Journal journal) {
        this.access = access;
        this.log = log;
        this.members = members;
        this.tell = tell;
        this.journal = journal;
        access.attach(listener);
        this.thread = Thread.ofVirtual().name("managers-group").start(this::run);
    }

    private void note(ClusterState.Applied applied) {
        if (applied.changes().stream().anyMatch(Change.NodeChange.class::isInstance)) {
            changed.add(true);
        }
    }

    private void run() {
        try {
            while (!closed) {
                changed.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                changed.clear();
                String problem = "";
                try {
                    problem = step();
                } catch (IOException e) {
                    problem = e.getMessage();
                } catch (ExecutionException e) {
                    problem = e.getCause().getMessage();
                }
                if (!closed && !problem.isEmpty() && !problem.equals(said)) {
                    journal.say("the managers' group stays as it is for now: " + problem);
                }
                said = problem;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            access.detach(listener);
        }
    }

    private String step() throws IOException, InterruptedException, ExecutionException {
        ClusterState state = access.glance();
        Standing standing = access.standing();
        List<Seen> seen = Reach.of(standing, state);
        String problem = "";
        switch (GroupStep.decide(state, seen, standing.memberId())) {
            case GroupStep.None none -> { /* as it should be */ }
            case GroupStep.Wait wait -> problem = wait.why();
            case GroupStep.HandOver over -> {
                journal.say("this manager is one no more: another takes over");
                log.transferLeadership(null).get();
            }
            case GroupStep.TakeOut out -> {
                synchronized (members) {
                    takeOut(out.ids());
                }
            }
        }
        List<Member> now = access.standing().peers().stream().map(Standing.Peer::member).toList();
        if (!now.equals(told)) {
            told = now;
            tell.run();
        }
        return problem;
    }

    private void takeOut(List<String> ids) throws InterruptedException, ExecutionException {
        List<Member> left = access.standing().peers().stream().map(Standing.Peer::member)
                .filter(each -> !ids.contains(each.id())).toList();
        log.changeMembers(left).get();
        journal.say("out of the managers' group: " + String.join(", ", ids));
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
