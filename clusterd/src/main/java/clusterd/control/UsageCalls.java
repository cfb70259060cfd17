package clusterd.control;

import api.cluster.ClusterGrpc;
import api.cluster.ClusterUsageRequest;
import api.cluster.ClusterUsageResponse;
import clusterd.autoscale.Autoscaler;
import clusterd.autoscale.NodeReading;
import clusterd.explain.Names;
import clusterd.manager.ClusterAccess;
import clusterd.manager.ScaleLoop;
import clusterd.manager.UsageBoard;
import clusterd.model.Autoscaling;
import clusterd.model.Node;
import clusterd.model.NodeId;
import clusterd.model.NodeStatus;
import clusterd.model.Service;
import clusterd.model.Task;
import clusterd.model.TaskState;
import clusterd.security.ClusterChannel;
import clusterd.session.TaskUsage;
import clusterd.state.ClusterState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Answers who wants to know what is in use: here if this manager leads, else by asking the one that does. */
public final class UsageCalls {
    private static final long LONGEST_WAIT_MILLIS = 4_000;
    private static final long PAUSE_MILLIS = 100;
    private static final long FRESH_MILLIS = 15_000;
    private static final long ANSWER_SECONDS = 10;

    private final ClusterAccess access;
    private final Supplier<Optional<Leading>> leading;
    private final Supplier<Optional<ClusterChannel>> leader;

    /**
     * What the manager that leads has.
     *
     * @param board what nodes said
     * @param loop  what comes of it
     */
    public record Leading(UsageBoard board, ScaleLoop loop) {
    }

    /**
     * Answers.
     *
     * @param leading there while this manager leads
     * @param leader  a channel to the manager that does otherwise, which whoever asked closes
     */
    public UsageCalls(ClusterAccess access, Supplier<Optional<Leading>> leading,
            Supplier<Optional<ClusterChannel>> leader) {
        this.access = access;
        this.leading = leading;
        this.leader = leader;
    }

    /** Waits, if nodes were not asked of late, until most have answered. */
    ClusterUsageResponse usage(ClusterUsageRequest request) throws InterruptedException {
        Optional<Leading> here = leading.get();
        if (here.isEmpty()) {
            return forward(request);
        }
        UsageBoard board = here.get().board();
        if (!request.getThoughtsOnly()) {
            board.look();
            await(board);
        }
        return answer(here.get(), access.glance(), request.getThoughtsOnly());
    }

    /** What the leader thinks of a scaled service; empty if nobody can be asked. */
    Optional<String> thought(Service service) {
        if (service.spec().autoscaling().isEmpty()) {
            return Optional.empty();
        }
        try {
            return usage(ClusterUsageRequest.newBuilder().setThoughtsOnly(true).build()).getScaledList().stream()
                    .filter(each -> each.getService().equals(service.id().value())).findFirst()
                    .map(each -> each.getCurrent() == each.getWanted() ? each.getWhy()
                            : each.getWhy() + " asks for " + each.getWanted());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (StatusRuntimeException unknown) {
            return Optional.of("what is in use is not known: " + unknown.getStatus().getDescription());
        }
    }

    private void await(UsageBoard board) throws InterruptedException {
        long deadline = UsageBoard.nowMillis() + LONGEST_WAIT_MILLIS;
        while (UsageBoard.nowMillis() < deadline && access.glance().nodes().stream().anyMatch(each ->
                each.status().state() == NodeStatus.State.READY && reading(board.readings(), each.id())
                        .filter(reading -> reading.cpuMillis().isPresent()).isEmpty())) {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
    }

    private static Optional<NodeReading> reading(Map<NodeId, NodeReading> readings, NodeId node) {
        return Optional.ofNullable(readings.get(node))
                .filter(each -> UsageBoard.nowMillis() - each.atMillis() <= FRESH_MILLIS);
    }

    private static ClusterUsageResponse answer(Leading here, ClusterState state, boolean thoughtsOnly) {
        ClusterUsageResponse.Builder response = ClusterUsageResponse.newBuilder();
        if (!thoughtsOnly) {
            Map<NodeId, NodeReading> readings = here.board().readings();
            state.nodes().stream().sorted((a, b) -> a.description().hostname().compareTo(b.description().hostname()))
                    .forEach(node -> add(node, reading(readings, node.id()), state, response));
        }
        here.loop().thoughts().forEach((id, thought) -> state.service(id).ifPresent(service ->
                service.spec().autoscaling().ifPresent(wish -> response.addScaled(scaled(service, wish, thought)))));
        return response.build();
    }

    private static void add(Node node, Optional<NodeReading> reading, ClusterState state,
            ClusterUsageResponse.Builder response) {
        ClusterUsageResponse.Node.Builder view = ClusterUsageResponse.Node.newBuilder().setId(node.id().value())
                .setName(Names.node(node.id(), state)).setReady(node.status().state() == NodeStatus.State.READY)
                .setCpuCapacityMillis(node.description().capacity().cpuMillis())
                .setMemoryCapacityBytes(node.description().capacity().memoryBytes());
        reading.ifPresent(each -> {
            each.cpuMillis().ifPresent(view::setCpuMillis);
            view.setMemoryBytes(each.memoryBytes()).setHeard(true);
        });
        long running = 0;
        for (Task task : (Iterable<Task>) state.tasksOf(node.id())::iterator) {
            if (!task.isAlive() || task.status().state() != TaskState.RUNNING) {
                continue;
            }
            running++;
            Optional<TaskUsage> usage = reading.map(each -> each.tasks().get(task.id()));
            usage.ifPresent(its -> {
                ClusterUsageResponse.Task.Builder row = ClusterUsageResponse.Task.newBuilder()
                        .setId(task.id().value()).setName(Names.of(task, state))
                        .setServiceName(state.service(task.service()).map(each -> each.spec().name()).orElse(""))
                        .setNodeName(view.getName());
                its.cpuMillis().ifPresent(row::setCpuMillis);
                its.memoryBytes().ifPresent(row::setMemoryBytes);
                response.addTasks(row);
            });
        }
        response.addNodes(view.setTasks((int) running));
    }

    private static ClusterUsageResponse.Scaled scaled(Service service, Autoscaling wish, Autoscaler.Thought thought) {
        return ClusterUsageResponse.Scaled.newBuilder().setService(service.id().value())
                .setName(service.spec().name()).setCurrent(thought.current()).setWanted(thought.wanted())
                .setMinimum(wish.minimum()).setMaximum(wish.maximum()).setWhy(thought.why()).build();
    }

    private ClusterUsageResponse forward(ClusterUsageRequest request) {
        try (ClusterChannel channel = leader.get().orElseThrow(() -> Answer.of(Status.UNAVAILABLE, "NO_LEADER",
                "no manager leads: try again, and see `jctl cluster status`"))) {
            return ClusterGrpc.newBlockingStub(channel.channel()).withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
                    .clusterUsage(request);
        } catch (StatusRuntimeException e) {
            throw Answer.of(e.getStatus(), "INCOMPLETE", String.valueOf(e.getStatus().getDescription()));
        }
    }
}
