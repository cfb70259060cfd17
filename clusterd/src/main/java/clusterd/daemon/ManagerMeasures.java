package clusterd.daemon;

import clusterd.dispatch.Dispatcher;
import clusterd.explain.Names;
import clusterd.manager.LeaderLoop;
import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.measure.LeaderWork;
import clusterd.measure.MeasuredLog;
import clusterd.measure.StateFamilies;
import clusterd.model.NodeId;
import clusterd.raft.Log;
import clusterd.raft.MemberKind;
import clusterd.raft.Role;
import clusterd.raft.Standing;
import clusterd.state.ClusterState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.stream.Stream;
import runtime.metrics.MetricsSink;

/** What is counted at a manager; measured when somebody asks. */
final class ManagerMeasures implements AutoCloseable {
    private static final double MILLIS_PER_SECOND = 1000;

    private final MeasuredLog log;
    private final StateMachine machine;
    private final Path group;
    private final InstantSource clock;
    private final LeaderWork work = new LeaderWork();
    private final LongAdder leaderChanges = new LongAdder();
    private final Consumer<ClusterState.Applied> listener = this::note;
    private long term;

    /** @param group the folder of the group's log and snapshots */
    ManagerMeasures(Log log, StateMachine machine, Path group, InstantSource clock) {
        this.log = new MeasuredLog(log);
        this.machine = machine;
        this.group = group;
        this.clock = clock;
        // What a start applies again is of terms that are known by then.
        this.term = log.standing().term();
        machine.attach(listener);
    }

    private void note(ClusterState.Applied applied) {
        if (applied.state().term() > term) {
            term = applied.state().term();
            leaderChanges.increment();
        }
    }

    MeasuredLog log() {
        return log;
    }

    LeaderLoop.Rounds rounds() {
        return work;
    }

    /** @param leading there while this manager leads */
    void tell(MetricsSink sink, Proposals proposals, Optional<Dispatcher> leading) {
        Standing standing = log.standing();
        ClusterState state = machine.state();
        tellLog(standing, sink);
        sink.histogram("jctl_cluster_commit_seconds", "From a proposal at this manager until it was applied",
                log.commits().histogram());
        sink.value("jctl_cluster_proposals_in_flight", "Proposals of this manager that are not applied yet",
                log.inFlight());
        sink.value("jctl_cluster_proposals_waiting", "Changes at this manager that wait for those in flight",
                proposals.waiting());
        sink.value("jctl_cluster_proposals_refused_total", "Changes refused at this manager since too many waited",
                proposals.refused());
        sink.value("jctl_cluster_proposals_failed_total", "Proposals of which nobody knows that they were applied",
                log.failed());
        StateFamilies.tell(state, sink);
        sink.histogram("jctl_cluster_decision_seconds", "Deciding what to do next, while this manager led",
                work.deciding().histogram());
        sink.histogram("jctl_cluster_round_seconds", "Deciding something until it was applied, while this manager"
                + " led", work.rounds().histogram());
        work.kinds().forEach((kind, count) -> sink.value("jctl_cluster_decisions_total",
                "What was decided while this manager led", Map.of("kind", kind), count));
        leading.ifPresent(dispatcher -> {
            StateFamilies.tellLags(state, dispatcher.silentMillis(), clock.millis(), sink);
            tellManagers(standing, state, sink);
        });
    }

    private void tellLog(Standing standing, MetricsSink sink) {
        sink.value("jctl_cluster_is_leader", "1 while this manager leads", standing.role() == Role.LEADER ? 1 : 0);
        sink.value("jctl_cluster_has_leader", "1 while this manager knows who leads",
                standing.leaderId().isPresent() ? 1 : 0);
        sink.value("jctl_cluster_leader_changes_total", "How often a manager began to lead", leaderChanges.sum());
        sink.value("jctl_cluster_term", "The newest term of the managers", standing.term());
        sink.value("jctl_cluster_commit_index", "The last entry that a majority has", standing.committedIndex());
        sink.value("jctl_cluster_applied_index", "The last entry that this manager applied",
                standing.appliedIndex());
        for (MemberKind kind : MemberKind.values()) {
            sink.value("jctl_cluster_managers", "Members of the managers' group by kind",
                    Map.of("kind", kind.name().toLowerCase(Locale.ROOT)), standing.peers().stream()
                            .filter(each -> each.member().kind() == kind).count());
        }
        sink.value("jctl_cluster_log_bytes", "The log on disk, without snapshots", bytes(group.resolve("current")));
        snapshot(sink);
    }

    private void snapshot(MetricsSink sink) {
        newest(group.resolve("sm")).ifPresent(millis -> sink.value("jctl_cluster_snapshot_timestamp_seconds",
                "When the newest snapshot was written, since 1970", millis / MILLIS_PER_SECOND));
    }

    private static void tellManagers(Standing standing, ClusterState state, MetricsSink sink) {
        for (Standing.Peer each : standing.peers()) {
            if (each.member().id().equals(standing.memberId())) {
                continue;
            }
            Map<String, String> labels = Map.of("manager", Names.node(new NodeId(each.member().id()), state),
                    "id", each.member().id());
            sink.value("jctl_cluster_manager_behind_entries", "Committed entries another manager lacks", labels,
                    each.behindEntries());
            if (each.silentMillis() >= 0) {
                sink.value("jctl_cluster_manager_silent_seconds", "Since when another manager has not answered",
                        labels, each.silentMillis() / MILLIS_PER_SECOND);
            }
        }
    }

    /** A file that goes meanwhile counts no more. */
    private static long bytes(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.mapToLong(each -> each.toFile().length()).sum();
        } catch (IOException none) {
            return 0;
        }
    }

    private static OptionalLong newest(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(each -> each.getFileName().toString().startsWith("snapshot."))
                    .mapToLong(each -> each.toFile().lastModified()).max();
        } catch (IOException none) {
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        machine.detach(listener);
    }
}
