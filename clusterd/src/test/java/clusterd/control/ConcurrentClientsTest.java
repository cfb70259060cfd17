package clusterd.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import api.cluster.ClusterStatusRequest;
import api.cluster.ContainerTemplate;
import api.cluster.CreateFileRequest;
import api.cluster.CreateServiceRequest;
import api.cluster.InspectNodeRequest;
import api.cluster.InspectServiceRequest;
import api.cluster.ListFilesRequest;
import api.cluster.Mode;
import api.cluster.RemoveFileRequest;
import api.cluster.ServiceSpec;
import api.cluster.ServiceView;
import api.cluster.TaskTemplate;
import api.cluster.UpdateNodeRequest;
import api.cluster.UpdateServiceRequest;
import api.node.CreateContainerRequest;
import api.node.ResourceRequest;
import clusterd.manager.ClusterAccess;
import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.raft.Member;
import clusterd.raft.MemberKind;
import clusterd.raft.MemoryLog;
import clusterd.raft.Settings;
import clusterd.state.Command;
import clusterd.state.Sample;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import testkit.history.Linearizability;
import testkit.history.NameSet;
import testkit.history.Recorder;
import testkit.history.Register;
import testkit.history.Verdict;

/** Several clients of one manager at once, through its API. */
class ConcurrentClientsTest {
    private static final int CLIENTS = 6;
    private static final int OPERATIONS = 60;
    private static final int SECONDS = 60;

    private MemoryLog log;
    private ClusterService service;

    @BeforeEach
    void begin() throws Exception {
        StateMachine machine = new StateMachine();
        log = new MemoryLog(new Member("m", "127.0.0.1", 1, MemberKind.VOTER), machine, new MemoryLog.Disk(),
                Settings.Limits.usual());
        ClusterAccess access = new ClusterAccess(log, machine, new Proposals(log));
        access.change(List.of(new Command.AddNode(Sample.node("n1", 1, 1))));
        service = new ClusterService(access, () -> "id", null, file -> file, clusterd.model.StoredFile::data, InstantSource.system(), "c",
                (request, observer) -> { }, null, null, null);
    }

    @AfterEach
    void end() {
        log.close();
    }

    private static <Q, A> A call(BiConsumer<Q, StreamObserver<A>> method, Q request) throws Exception {
        CompletableFuture<A> answer = new CompletableFuture<>();
        method.accept(request, new StreamObserver<>() {
            @Override
            public void onNext(A value) {
                answer.complete(value);
            }

            @Override
            public void onError(Throwable failure) {
                answer.completeExceptionally(failure);
            }

            @Override
            public void onCompleted() {
                // There was an answer before.
            }
        });
        return answer.get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aManagerThatStoppedSaysSoInsteadOfWhatItKnew() {
        log.close();
        Throwable why = assertThrows(ExecutionException.class, () ->
                call(service::clusterStatus, ClusterStatusRequest.getDefaultInstance())).getCause();
        assertTrue(why.getMessage().contains("takes part no more"), why.getMessage());
    }

    @Test
    void whatAServiceAsksPluginsForIsReserved() throws Exception {
        ServiceSpec spec = ServiceSpec.newBuilder().setName("relay").setProject("default")
                .setMode(Mode.newBuilder().setReplicated(Mode.Replicated.newBuilder().setReplicas(1)))
                .setTask(TaskTemplate.newBuilder().setContainer(ContainerTemplate.newBuilder().setImage("r")
                        .setOptions(CreateContainerRequest.newBuilder().setImage("r").addResourceRequests(
                                ResourceRequest.newBuilder().setName("sriov/media").setCount(2)))))
                .build();
        call(service::createService, CreateServiceRequest.newBuilder().setSpec(spec).build());
        ServiceView view = call(service::inspectService, InspectServiceRequest.newBuilder().setName("relay").build());
        assertEquals(Map.of("sriov/media", 2L), view.getService().getSpec().getTask().getReservation().getNamedMap());
        TaskTemplate task = view.getService().getSpec().getTask();
        ServiceSpec other = spec.toBuilder().setTask(task.toBuilder().setReservation(
                task.getReservation().toBuilder().putNamed("sriov/media", 1))).build();
        Throwable why = assertThrows(ExecutionException.class, () -> call(service::updateService,
                UpdateServiceRequest.newBuilder().setName("relay").setSpec(other).build())).getCause();
        assertTrue(why.getMessage().contains("1 of sriov/media are reserved, and the container asks for 2"), why.getMessage());
    }

    /** Runs clients at once, each with a name and chance of its own. */
    private static void together(BiConsumer<String, Random> client) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String name = "c" + i;
            Random random = new Random(i);
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    client.accept(name, random);
                } catch (RuntimeException | Error e) {
                    synchronized (failures) {
                        failures.add(e);
                    }
                }
            }));
        }
        for (Thread each : threads) {
            each.join();
        }
        assertEquals(List.of(), failures);
    }

    @Test
    void labelsOfOneNodeThatAreWrittenAtOnceAreAllThere() throws Exception {
        Recorder<Register.Input, String> recorder = new Recorder<>(System::nanoTime);
        together((name, random) -> {
            for (int i = 0; i < OPERATIONS; i++) {
                String key = "l" + random.nextInt(3);
                try {
                    if (random.nextBoolean()) {
                        var write = recorder.invoke(name, new Register.Write(key, name + "-" + i));
                        call(service::updateNode, UpdateNodeRequest.newBuilder().setName("n1")
                                .putAddLabels(key, name + "-" + i).build());
                        write.returns(Register.DONE);
                    } else {
                        var read = recorder.invoke(name, new Register.Read(key));
                        read.returns(call(service::inspectNode, InspectNodeRequest.newBuilder().setName("n1").build())
                                .getNode().getSpec().getLabelsMap().getOrDefault(key, ""));
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        Verdict verdict = Linearizability.checkEach(new Register(), recorder.history(), Register.Input::key);
        assertInstanceOf(Verdict.Linearizable.class, verdict, verdict::toString);
    }

    @Test
    void configsThatAreMadeAndRemovedAtOnceAreThereOrNot() throws Exception {
        Recorder<NameSet.Input, NameSet.Output> recorder = new Recorder<>(System::nanoTime);
        together((name, random) -> {
            for (int i = 0; i < OPERATIONS; i++) {
                String file = "f" + random.nextInt(3);
                try {
                    switch (random.nextInt(3)) {
                        case 0 -> {
                            var list = recorder.invoke(name, new NameSet.List());
                            TreeSet<String> names = new TreeSet<>();
                            call(service::listFiles, ListFilesRequest.getDefaultInstance()).getFilesList()
                                    .forEach(each -> names.add(each.getName()));
                            list.returns(new NameSet.Listed(names));
                        }
                        case 1 -> note(recorder.invoke(name, new NameSet.Add(file)), () -> call(service::createFile,
                                CreateFileRequest.newBuilder().setName(file).build()));
                        default -> note(recorder.invoke(name, new NameSet.Remove(file)), () -> call(service::removeFile,
                                RemoveFileRequest.newBuilder().setName(file).build()));
                    }
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        Verdict verdict = Linearizability.check(new NameSet(), recorder.history());
        assertInstanceOf(Verdict.Linearizable.class, verdict, verdict::toString);
    }

    private interface Change {
        Object run() throws Exception;
    }

    private static void note(Recorder<NameSet.Input, NameSet.Output>.Call call, Change change) throws Exception {
        try {
            change.run();
            call.returns(new NameSet.Changed());
        } catch (ExecutionException e) {
            Status.Code code = Status.fromThrowable(e.getCause()).getCode();
            if (code != Status.Code.ALREADY_EXISTS && code != Status.Code.NOT_FOUND) {
                throw e;
            }
            call.returns(new NameSet.Unchanged());
        }
    }
}
