package sriov.plugin;

import api.deviceplugin.RegisterRequest;
import api.deviceplugin.RegistrationGrpc;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import sriov.pool.ResourceName;

/**
 * Serves one pool at a socket beside a kubelet's, and registers it there: again when the kubelet's socket is another (it has begun anew, and has taken all other sockets away), and when its own is
 * gone.
 */
final class PluginServer implements AutoCloseable {
    private static final String VERSION = "v1beta1";
    private static final String KUBELET = "kubelet.sock";
    private static final int ANSWER_SECONDS = 5;
    private static final int MOST_PATH = 107;

    private final Path folder;
    private final ResourceName resource;
    private final PluginService service;
    private final LocalSocket sockets;
    private final Consumer<String> journal;
    private final ServedSocket socket;
    /** Of the kubelet's socket that it is registered at. */
    private Object registeredAt = "";
    private String said = "";

    /** @param beside what else is served at the same socket */
    PluginServer(Path folder, ResourceName resource, PluginService service, List<BindableService> beside, LocalSocket sockets,
            Consumer<String> journal) {
        this.folder = folder;
        this.resource = resource;
        this.service = service;
        this.sockets = sockets;
        this.journal = journal;
        List<BindableService> all = new ArrayList<>(beside);
        all.add(service);
        this.socket = new ServedSocket(socket(folder, resource), sockets, all);
    }

    /** The kernel takes no longer paths than that ({@code unix(7)}), and resources may have longer names. */
    private static Path socket(Path folder, ResourceName resource) {
        Path whole = folder.resolve("jctl-" + resource.toString().replace('/', '_') + ".sock");
        byte[] name = resource.toString().getBytes(StandardCharsets.UTF_8);
        return whole.toString().getBytes(StandardCharsets.UTF_8).length <= MOST_PATH ? whole : folder.resolve("jctl-" + UUID.nameUUIDFromBytes(name)
                + ".sock");
    }

    /**
     * Sees to it that it serves and is registered; to be called again and again.
     *
     * @return whether it is
     */
    synchronized boolean keep() {
        try {
            if (socket.isMissing()) {
                service.end();
                socket.serve();
                registeredAt = "";
            }
            Object kubelet = ServedSocket.identity(folder.resolve(KUBELET));
            if (!kubelet.equals(registeredAt)) {
                register();
                registeredAt = kubelet;
                tell(resource + " is registered at " + folder.resolve(KUBELET));
            }
            return true;
        } catch (NoSuchFileException nobody) {
            tell(resource + " waits for a kubelet, or an agent in its place, at " + folder.resolve(KUBELET));
        } catch (IOException | StatusRuntimeException refused) {
            tell(resource + " cannot be registered at " + folder.resolve(KUBELET) + ": " + refused.getMessage());
        }
        return false;
    }

    private void register() {
        ManagedChannel channel = sockets.dial(folder.resolve(KUBELET));
        try {
            RegistrationGrpc.newBlockingStub(channel).withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS).register(RegisterRequest.newBuilder()
                    .setVersion(VERSION).setEndpoint(socket.name()).setResourceName(resource.toString())
                    .setOptions(PluginService.options()).build());
        } finally {
            channel.shutdownNow();
        }
    }

    private void tell(String what) {
        if (!what.equals(said)) {
            said = what;
            journal.accept(what);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        service.end();
        socket.close();
    }
}
