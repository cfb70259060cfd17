package clusterd.executor;

import api.node.ContainerSummary;
import api.node.CreateContainerReply;
import api.node.CreateContainerRequest;
import api.node.Exit;
import api.node.Filter;
import api.node.ImageReply;
import api.node.InspectContainerRequest;
import api.node.InspectImageRequest;
import api.node.KillContainerRequest;
import api.node.ListContainersRequest;
import api.node.NodeGrpc;
import api.node.PullImageRequest;
import api.node.PullPolicy;
import api.node.RemoveContainerRequest;
import api.node.StartContainerRequest;
import api.node.StopContainerRequest;
import api.node.WaitContainerRequest;
import clusterd.executor.ContainersException.Kind;
import clusterd.model.TaskId;
import clusterd.template.TaskNames;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import runtime.container.Journal;
import runtime.container.NodeLease;

/** The node's own daemon, by its API. */
public final class NodeContainers implements TaskContainers {
    private static final String HOST_IMAGE = "host";

    private final Channel channel;
    private final NodeGrpc.NodeBlockingStub calls;
    private final NodeLease lease;
    private final Journal journal;

    /** @param channel to the daemon; whoever made it closes it */
    public NodeContainers(Channel channel) {
        this(channel, new NodeLease(), line -> { });
    }

    /**
     * @param channel to the daemon; whoever made it closes it
     * @param lease   the daemon's
     * @param journal told of a container that ends although the lease goes on
     */
    public NodeContainers(Channel channel, NodeLease lease, Journal journal) {
        this.lease = lease;
        this.journal = journal;
        this.channel = channel;
        this.calls = NodeGrpc.newBlockingStub(channel);
    }

    private static <T> T call(Supplier<T> call) throws ContainersException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            return call.get();
        } catch (StatusRuntimeException failed) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw NodeFailures.of(failed);
        }
    }

    private List<ContainerSeen> list(String label) throws ContainersException, InterruptedException {
        return call(() -> calls.listContainers(ListContainersRequest.newBuilder().setAll(true)
                .addFilters(Filter.newBuilder().setKey("label").setValue(label)).build()))
                .getContainersList().stream().flatMap(each -> seen(each).stream()).toList();
    }

    @Override
    public List<ContainerSeen> list() throws ContainersException, InterruptedException {
        return list(TaskNames.TASK_LABEL);
    }

    @Override
    public Optional<ContainerSeen> find(TaskId task) throws ContainersException, InterruptedException {
        return list(TaskNames.TASK_LABEL + "=" + task).stream().findFirst();
    }

    @Override
    public Optional<ContainerSeen> look(String id) throws ContainersException, InterruptedException {
        try {
            return seen(call(() -> calls.inspectContainer(
                    InspectContainerRequest.newBuilder().setContainer(id).setSummaryOnly(true).build())).getSummary());
        } catch (ContainersException failed) {
            if (failed.kind() == Kind.GONE) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    /** Empty if its label was never a task's. */
    private static Optional<ContainerSeen> seen(ContainerSummary summary) {
        TaskId task;
        try {
            task = new TaskId(summary.getLabelsOrDefault(TaskNames.TASK_LABEL, ""));
        } catch (IllegalArgumentException somebodyElses) {
            return Optional.empty();
        }
        ContainerSeen.State state = switch (summary.getState()) {
            case CREATED -> ContainerSeen.State.CREATED;
            case RUNNING, PAUSED, RESTARTING -> ContainerSeen.State.RUNNING;
            case EXITED -> ContainerSeen.State.ENDED;
            case REMOVING, DEAD, STATE_UNSPECIFIED, UNRECOGNIZED -> ContainerSeen.State.GOING;
        };
        ContainerSeen.Health health = switch (summary.getHealth()) {
            case "starting" -> ContainerSeen.Health.STARTING;
            case "healthy" -> ContainerSeen.Health.HEALTHY;
            case "unhealthy" -> ContainerSeen.Health.UNHEALTHY;
            default -> ContainerSeen.Health.NONE;
        };
        return Optional.of(new ContainerSeen(summary.getId(), task, state, health));
    }

    @Override
    public void pull(CreateContainerRequest request) throws ContainersException, InterruptedException {
        String image = request.getImage();
        boolean made = image.equals(HOST_IMAGE) || image.equals(HOST_IMAGE + ":latest");
        if (made || request.getPullPolicy() == PullPolicy.NEVER
                || request.getPullPolicy() == PullPolicy.MISSING && isStored(image)) {
            return;
        }
        call(() -> {
            Iterator<ImageReply> replies = calls.pullImage(PullImageRequest.newBuilder().setImage(image)
                    .setPlatform(request.getPlatform()).setAuth(request.getAuth()).build());
            replies.forEachRemaining(_ -> { });
            return null;
        });
    }

    private boolean isStored(String image) throws ContainersException, InterruptedException {
        try {
            call(() -> calls.inspectImage(InspectImageRequest.newBuilder().setImage(image).build()));
            return true;
        } catch (ContainersException failed) {
            if (failed.kind() == Kind.REFUSED) {
                return false;
            }
            throw failed;
        }
    }

    /** Fetched already; so it is only fetched again if it has gone meanwhile. */
    @Override
    public String create(CreateContainerRequest request) throws ContainersException, InterruptedException {
        CreateContainerRequest asked = request.getPullPolicy() == PullPolicy.ALWAYS
                ? request.toBuilder().setPullPolicy(PullPolicy.MISSING).build() : request;
        return call(() -> {
            String id = "";
            Iterator<CreateContainerReply> replies = calls.createContainer(asked);
            while (replies.hasNext()) {
                CreateContainerReply reply = replies.next();
                id = reply.hasCreated() ? reply.getCreated().getId() : id;
            }
            return id;
        });
    }

    @Override
    public void start(String id) throws ContainersException, InterruptedException {
        call(() -> calls.startContainer(StartContainerRequest.newBuilder().setContainer(id).build()));
    }

    @Override
    public void stop(String id) throws ContainersException, InterruptedException {
        call(() -> calls.stopContainer(StopContainerRequest.newBuilder().setContainer(id).build()));
    }

    @Override
    public boolean kill(String id) throws ContainersException, InterruptedException {
        try {
            call(() -> calls.killContainer(KillContainerRequest.newBuilder().setContainer(id).build()));
            return true;
        } catch (ContainersException failed) {
            if (failed.kind() == Kind.GONE || NodeFailures.saysNotRunning(failed)) {
                return false;
            }
            throw failed;
        }
    }

    @Override
    public void remove(String id) throws ContainersException, InterruptedException {
        try {
            call(() -> calls.removeContainer(RemoveContainerRequest.newBuilder().setContainer(id)
                    .setForce(true).setVolumes(true).build()));
        } catch (ContainersException failed) {
            if (failed.kind() != Kind.GONE) {
                throw failed;
            }
        }
    }

    @Override
    public ContainerExit await(String id) throws ContainersException, InterruptedException {
        Exit exit = call(() -> calls.waitContainer(
                WaitContainerRequest.newBuilder().setContainer(id).build())).getExit();
        return new ContainerExit(exit.getCode(), exit.getSignal(), exit.getOomKilled(), exit.getCodeUnknown(),
                exit.getLeaseOver());
    }

    @Override
    public void leaseUntil(long endsAtBootNanos, long lengthMillis) {
        lease.until(endsAtBootNanos, lengthMillis, journal);
    }

    @Override
    public Watch watch(Consumer<Optional<TaskId>> told) {
        return new NodeEvents(channel, told);
    }
}
