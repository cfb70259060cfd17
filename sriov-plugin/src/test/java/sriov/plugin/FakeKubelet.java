package sriov.plugin;

import api.deviceplugin.DevicePluginGrpc;
import api.deviceplugin.Empty;
import api.deviceplugin.ListAndWatchResponse;
import api.deviceplugin.RegisterRequest;
import api.deviceplugin.RegistrationGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/** Takes registrations, as a kubelet does, and calls plug-ins back. */
final class FakeKubelet implements AutoCloseable {
    private final Path folder;
    private final LocalSocket sockets = new LocalSocket();
    private final List<RegisterRequest> registered = new CopyOnWriteArrayList<>();
    private final Semaphore said = new Semaphore(0);
    private Server server;
    private ManagedChannel channel;

    FakeKubelet(Path folder) throws IOException {
        this.folder = folder;
        begin();
    }

    /** Takes all sockets away before it serves, as a kubelet does when it begins. */
    void begin() throws IOException {
        end();
        try (var files = Files.newDirectoryStream(folder)) {
            for (Path each : files) {
                Files.delete(each);
            }
        }
        server = sockets.serve(folder.resolve("kubelet.sock"), List.of(new RegistrationGrpc.RegistrationImplBase() {
            @Override
            public void register(RegisterRequest request, StreamObserver<Empty> observer) {
                if (!request.getVersion().equals("v1beta1")) {
                    observer.onError(Status.INVALID_ARGUMENT.asRuntimeException());
                    return;
                }
                registered.add(request);
                said.release();
                observer.onNext(Empty.getDefaultInstance());
                observer.onCompleted();
            }
        }));
    }

    /** Until so many have registered, since the last that were waited for. */
    void await(int registrations) throws InterruptedException {
        said.acquire(registrations);
    }

    List<RegisterRequest> registered() {
        return registered;
    }

    DevicePluginGrpc.DevicePluginBlockingStub plugin() {
        if (channel != null) {
            channel.shutdownNow();
        }
        channel = sockets.dial(folder.resolve(registered.getLast().getEndpoint()));
        return DevicePluginGrpc.newBlockingStub(channel);
    }

    Iterator<ListAndWatchResponse> watch() {
        return plugin().listAndWatch(Empty.getDefaultInstance());
    }

    private void end() {
        if (server != null) {
            server.shutdownNow();
        }
    }

    @Override
    public void close() {
        if (channel != null) {
            channel.shutdownNow();
        }
        end();
        sockets.close();
    }
}
