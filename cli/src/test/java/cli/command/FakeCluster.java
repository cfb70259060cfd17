package cli.command;

import api.cluster.ClusterGrpc;
import api.cluster.ClusterStatusRequest;
import api.cluster.ClusterStatusResponse;
import api.cluster.ClusterUsageRequest;
import api.cluster.ClusterUsageResponse;
import api.cluster.CreateClusterNetworkRequest;
import api.cluster.CreateClusterNetworkResponse;
import api.cluster.CreateFileRequest;
import api.cluster.CreateFileResponse;
import api.cluster.CreateServiceRequest;
import api.cluster.CreateServiceResponse;
import api.cluster.CreateTokenRequest;
import api.cluster.CreateTokenResponse;
import api.cluster.InspectNodeRequest;
import api.cluster.InspectServiceRequest;
import api.cluster.ListClusterNetworksRequest;
import api.cluster.ListClusterNetworksResponse;
import api.cluster.ListFilesRequest;
import api.cluster.ListFilesResponse;
import api.cluster.ListNodesRequest;
import api.cluster.ListNodesResponse;
import api.cluster.ListProjectsRequest;
import api.cluster.ListProjectsResponse;
import api.cluster.ListQueueRequest;
import api.cluster.ListQueueResponse;
import api.cluster.ListServicesRequest;
import api.cluster.ListServicesResponse;
import api.cluster.ListTasksRequest;
import api.cluster.ListTasksResponse;
import api.cluster.ListTokensRequest;
import api.cluster.ListTokensResponse;
import api.cluster.NodeView;
import api.cluster.PlanServiceRequest;
import api.cluster.PlanServiceResponse;
import api.cluster.PutProjectRequest;
import api.cluster.PutProjectResponse;
import api.cluster.RemoveClusterNetworkRequest;
import api.cluster.RemoveClusterNetworkResponse;
import api.cluster.RemoveFileRequest;
import api.cluster.RemoveFileResponse;
import api.cluster.RemoveNodeRequest;
import api.cluster.RemoveNodeResponse;
import api.cluster.RemoveProjectRequest;
import api.cluster.RemoveProjectResponse;
import api.cluster.RemoveServiceRequest;
import api.cluster.RemoveServiceResponse;
import api.cluster.RemoveTokenRequest;
import api.cluster.RemoveTokenResponse;
import api.cluster.ServiceLogEntry;
import api.cluster.ServiceLogsRequest;
import api.cluster.ServiceView;
import api.cluster.UpdateNodeRequest;
import api.cluster.UpdateNodeResponse;
import api.cluster.UpdateServiceRequest;
import api.cluster.UpdateServiceResponse;
import api.cluster.WhyRequest;
import api.cluster.WhyResponse;
import com.google.protobuf.MessageLite;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** A cluster of the tests' own: it keeps what it is asked, and answers what it was told to. */
final class FakeCluster extends ClusterGrpc.ClusterImplBase {
    final ConcurrentLinkedQueue<MessageLite> requests = new ConcurrentLinkedQueue<>();
    /** Answers by the type of the request, of WatchService by that of the answer; of a stream a list. */
    final Map<Class<?>, Object> answers = new ConcurrentHashMap<>();
    /** Called when somebody begins to watch. */
    volatile Runnable watched = () -> { };
    volatile Consumer<MessageLite> asked = request -> { };

    /** Answers one kind of request. */
    FakeCluster answer(Class<? extends MessageLite> request, Object answer) {
        answers.put(request, answer);
        return this;
    }

    /** A refusal with jctl's trailer. */
    static StatusRuntimeException refusal(Status status, String reason, String text) {
        Metadata trailers = new Metadata();
        trailers.put(Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER), reason);
        return status.withDescription(text).asRuntimeException(trailers);
    }

    private <T> void reply(MessageLite request, StreamObserver<T> reply, T otherwise) {
        requests.add(request);
        asked.accept(request);
        Object answer = answers.getOrDefault(request.getClass(), otherwise);
        if (answer instanceof StatusRuntimeException failure) {
            reply.onError(failure);
            return;
        }
        @SuppressWarnings("unchecked")
        T message = (T) answer;
        reply.onNext(message);
        reply.onCompleted();
    }

    /** Messages one by one; a {@link Runnable} among them is run, and the call then stays open in silence. */
    private <T> void stream(MessageLite request, Object answer, StreamObserver<T> reply) {
        requests.add(request);
        for (Object each : answer instanceof List<?> list ? list : List.of(answer)) {
            if (each instanceof StatusRuntimeException failure) {
                reply.onError(failure);
                return;
            }
            if (each instanceof Runnable silence) {
                silence.run();
                return;
            }
            @SuppressWarnings("unchecked")
            T message = (T) each;
            reply.onNext(message);
        }
        reply.onCompleted();
    }

    /** The requests so far of one kind. */
    <T> List<T> all(Class<T> kind) {
        List<T> found = new ArrayList<>();
        for (MessageLite request : requests) {
            if (kind.isInstance(request)) {
                found.add(kind.cast(request));
            }
        }
        return found;
    }

    @Override
    public void createService(CreateServiceRequest request, StreamObserver<CreateServiceResponse> reply) {
        reply(request, reply, CreateServiceResponse.newBuilder().setId("id1").build());
    }

    @Override
    public void updateService(UpdateServiceRequest request, StreamObserver<UpdateServiceResponse> reply) {
        reply(request, reply, UpdateServiceResponse.getDefaultInstance());
    }

    @Override
    public void removeService(RemoveServiceRequest request, StreamObserver<RemoveServiceResponse> reply) {
        if (request.getName().equals("gone")) {
            requests.add(request);
            reply.onError(refusal(Status.NOT_FOUND, "NOT_FOUND", "there is no service gone"));
        } else {
            reply(request, reply, RemoveServiceResponse.getDefaultInstance());
        }
    }

    @Override
    public void listServices(ListServicesRequest request, StreamObserver<ListServicesResponse> reply) {
        reply(request, reply, ListServicesResponse.getDefaultInstance());
    }

    @Override
    public void inspectService(InspectServiceRequest request, StreamObserver<ServiceView> reply) {
        reply(request, reply, ServiceView.getDefaultInstance());
    }

    @Override
    public void watchService(InspectServiceRequest request, StreamObserver<ServiceView> reply) {
        watched.run();
        stream(request, answers.getOrDefault(ServiceView.class, List.of()), reply);
    }

    @Override
    public void listTasks(ListTasksRequest request, StreamObserver<ListTasksResponse> reply) {
        reply(request, reply, ListTasksResponse.getDefaultInstance());
    }

    @Override
    public void serviceLogs(ServiceLogsRequest request, StreamObserver<ServiceLogEntry> reply) {
        stream(request, answers.getOrDefault(ServiceLogsRequest.class, List.of()), reply);
    }

    @Override
    public void clusterUsage(ClusterUsageRequest request, StreamObserver<ClusterUsageResponse> reply) {
        reply(request, reply, ClusterUsageResponse.getDefaultInstance());
    }

    @Override
    public void planService(PlanServiceRequest request, StreamObserver<PlanServiceResponse> reply) {
        reply(request, reply, PlanServiceResponse.getDefaultInstance());
    }

    @Override
    public void why(WhyRequest request, StreamObserver<WhyResponse> reply) {
        reply(request, reply, WhyResponse.getDefaultInstance());
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> reply) {
        reply(request, reply, ListNodesResponse.getDefaultInstance());
    }

    @Override
    public void inspectNode(InspectNodeRequest request, StreamObserver<NodeView> reply) {
        reply(request, reply, NodeView.getDefaultInstance());
    }

    @Override
    public void updateNode(UpdateNodeRequest request, StreamObserver<UpdateNodeResponse> reply) {
        reply(request, reply, UpdateNodeResponse.getDefaultInstance());
    }

    @Override
    public void removeNode(RemoveNodeRequest request, StreamObserver<RemoveNodeResponse> reply) {
        reply(request, reply, RemoveNodeResponse.getDefaultInstance());
    }

    @Override
    public void createFile(CreateFileRequest request, StreamObserver<CreateFileResponse> reply) {
        reply(request, reply, CreateFileResponse.getDefaultInstance());
    }

    @Override
    public void listFiles(ListFilesRequest request, StreamObserver<ListFilesResponse> reply) {
        reply(request, reply, ListFilesResponse.getDefaultInstance());
    }

    @Override
    public void createClusterNetwork(CreateClusterNetworkRequest request,
            StreamObserver<CreateClusterNetworkResponse> reply) {
        reply(request, reply, CreateClusterNetworkResponse.newBuilder().setId("0".repeat(64)).build());
    }

    @Override
    public void listClusterNetworks(ListClusterNetworksRequest request,
            StreamObserver<ListClusterNetworksResponse> reply) {
        reply(request, reply, ListClusterNetworksResponse.getDefaultInstance());
    }

    @Override
    public void removeClusterNetwork(RemoveClusterNetworkRequest request,
            StreamObserver<RemoveClusterNetworkResponse> reply) {
        reply(request, reply, RemoveClusterNetworkResponse.getDefaultInstance());
    }

    @Override
    public void removeFile(RemoveFileRequest request, StreamObserver<RemoveFileResponse> reply) {
        reply(request, reply, RemoveFileResponse.getDefaultInstance());
    }

    @Override
    public void putProject(PutProjectRequest request, StreamObserver<PutProjectResponse> reply) {
        reply(request, reply, PutProjectResponse.getDefaultInstance());
    }

    @Override
    public void listProjects(ListProjectsRequest request, StreamObserver<ListProjectsResponse> reply) {
        reply(request, reply, ListProjectsResponse.getDefaultInstance());
    }

    @Override
    public void listQueue(ListQueueRequest request, StreamObserver<ListQueueResponse> reply) {
        reply(request, reply, ListQueueResponse.getDefaultInstance());
    }

    @Override
    public void removeProject(RemoveProjectRequest request, StreamObserver<RemoveProjectResponse> reply) {
        reply(request, reply, RemoveProjectResponse.getDefaultInstance());
    }

    @Override
    public void clusterStatus(ClusterStatusRequest request, StreamObserver<ClusterStatusResponse> reply) {
        reply(request, reply, ClusterStatusResponse.getDefaultInstance());
    }

    @Override
    public void createToken(CreateTokenRequest request, StreamObserver<CreateTokenResponse> reply) {
        reply(request, reply, CreateTokenResponse.getDefaultInstance());
    }

    @Override
    public void listTokens(ListTokensRequest request, StreamObserver<ListTokensResponse> reply) {
        reply(request, reply, ListTokensResponse.getDefaultInstance());
    }

    @Override
    public void removeToken(RemoveTokenRequest request, StreamObserver<RemoveTokenResponse> reply) {
        reply(request, reply, RemoveTokenResponse.getDefaultInstance());
    }
}
