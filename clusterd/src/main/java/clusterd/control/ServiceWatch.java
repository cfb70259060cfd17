package clusterd.control;

import api.cluster.ServiceView;
import clusterd.explain.Names;
import clusterd.manager.ClusterAccess;
import clusterd.model.Service;
import clusterd.model.ServiceId;
import clusterd.state.Change;
import clusterd.state.ClusterState;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Tells one client of each change of a service. Changes that come faster than it reads are told as one. */
final class ServiceWatch {
    /** How often it is looked whether this manager still takes part, while it tells nothing. */
    private static final int LOOK_SECONDS = 2;

    private final ClusterAccess access;
    private final String name;
    private final ServerCallStreamObserver<ServiceView> observer;
    private final Semaphore changed = new Semaphore(1);
    private volatile ServiceId id;
    private volatile boolean ended;

    ServiceWatch(ClusterAccess access, String name, StreamObserver<ServiceView> observer) {
        this.access = access;
        this.name = name;
        this.observer = (ServerCallStreamObserver<ServiceView>) observer;
        this.observer.setOnCancelHandler(() -> {
            ended = true;
            changed.release();
        });
        this.observer.setOnReadyHandler(changed::release);
    }

    void start() {
        Thread.ofVirtual().name("watch").start(this::run);
    }

    private void run() {
        Consumer<ClusterState.Applied> listener = this::note;
        try {
            access.read();
            ClusterState first = access.attach(listener);
            id = Names.service(name, first).id();
            ServiceView last = null;
            while (!ended) {
                if (!changed.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS)) {
                    access.checkTakesPart();
                }
                changed.drainPermits();
                ClusterState state = access.glance();
                Optional<Service> service = state.service(id);
                if (service.isEmpty()) {
                    observer.onCompleted();
                    return;
                }
                if (observer.isReady()) {
                    ServiceView view = Views.of(service.get(), state);
                    if (!view.equals(last)) {
                        observer.onNext(view);
                        last = view;
                    }
                }
            }
        } catch (Exception e) {
            if (!ended) {
                observer.onError(Answer.status(e));
            }
        } finally {
            access.detach(listener);
        }
    }

    private void note(ClusterState.Applied applied) {
        for (Change each : applied.changes()) {
            ServiceId its = switch (each) {
                case Change.ServiceChange service -> service.latest().id();
                case Change.TaskChange task -> task.latest().service();
                case Change.DecisionKept kept -> kept.decision().service();
                default -> null;
            };
            if (its != null && its.equals(id)) {
                changed.release();
                return;
            }
        }
    }
}
