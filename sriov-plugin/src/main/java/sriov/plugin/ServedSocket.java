package sriov.plugin;

import io.grpc.BindableService;
import io.grpc.Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A socket that is served, and is made again when somebody has taken it away or put another in its place. */
final class ServedSocket implements AutoCloseable {
    private static final int END_SECONDS = 5;

    private final Path path;
    private final LocalSocket sockets;
    private final List<BindableService> services;
    private Server server;
    private Object served = "";

    ServedSocket(Path path, LocalSocket sockets, List<BindableService> services) {
        this.path = path;
        this.sockets = sockets;
        this.services = List.copyOf(services);
    }

    /** What it is called within its folder. */
    String name() {
        return path.getFileName().toString();
    }

    /** Whether it has to be made (again). */
    boolean isMissing() throws IOException {
        return server == null || !Files.exists(path) || !identity(path).equals(served);
    }

    /** Makes it. */
    void serve() throws IOException {
        stop();
        server = sockets.serve(path, services);
        served = identity(path);
    }

    /**
     * What a file is other than one of the same name that was there before.
     *
     * @throws NoSuchFileException if there is none
     */
    static Object identity(Path file) throws IOException {
        BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
        return found.fileKey() + "@" + found.creationTime() + "@" + found.lastModifiedTime();
    }

    /** Its end takes away whatever is in its place, so that end is waited for: it could be what comes next. */
    private void stop() {
        if (server == null) {
            return;
        }
        server.shutdownNow();
        try {
            server.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt(); // whoever wants this thread to end; the server ends by itself
        }
        server = null;
    }

    @Override
    public void close() throws IOException {
        stop();
        Files.deleteIfExists(path);
    }
}
