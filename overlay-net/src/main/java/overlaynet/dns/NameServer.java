package overlaynet.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * The name server of one network, on the host's address in it. It answers the network's containers
 * about each other, and passes other questions on. A question that comes while too many are being
 * answered is dropped: resolvers ask again.
 */
public final class NameServer implements AutoCloseable {
    /** The port of {@code resolv.conf(5)}, which cannot name another. */
    public static final int PORT = 53;
    private static final int MOST_QUESTIONS = 256;
    private static final int MOST_CONNECTIONS = 64;
    private static final int IDLE_MILLIS = 10_000;
    private static final int BACKLOG = 16;
    private static final int PAUSE_NANOS = 20_000_000;
    /** Questions are short, even with extensions (RFC 6891). */
    private static final int QUESTION_BYTES = 4_096;

    private final Directory directory;
    private final Upstream upstream;
    private final DatagramSocket datagrams;
    private final ServerSocket streams;
    private final Semaphore questions = new Semaphore(MOST_QUESTIONS);
    private final Semaphore connections = new Semaphore(MOST_CONNECTIONS);

    private NameServer(Directory directory, Upstream upstream, DatagramSocket datagrams,
            ServerSocket streams) {
        this.directory = directory;
        this.upstream = upstream;
        this.datagrams = datagrams;
        this.streams = streams;
    }

    /**
     * Serves from now on.
     *
     * @throws IOException if the address is not the host's, or another program has its port
     */
    public static NameServer open(InetAddress address, Directory directory) throws IOException {
        return open(address, PORT, directory, new Upstream());
    }

    static NameServer open(InetAddress address, int port, Directory directory, Upstream upstream)
            throws IOException {
        DatagramSocket datagrams = new DatagramSocket(new InetSocketAddress(address, port));
        ServerSocket streams = null;
        try {
            streams = new ServerSocket(datagrams.getLocalPort(), BACKLOG, address);
        } finally {
            if (streams == null) {
                datagrams.close();
            }
        }
        NameServer server = new NameServer(directory, upstream, datagrams, streams);
        String name = "names-" + address.getHostAddress();
        Thread.ofVirtual().name(name).start(server::serveDatagrams);
        Thread.ofVirtual().name(name + "-tcp").start(server::serveStreams);
        return server;
    }

    /** Where it answers. */
    int port() {
        return datagrams.getLocalPort();
    }

    private void serveDatagrams() {
        byte[] buffer = new byte[QUESTION_BYTES];
        while (!datagrams.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                datagrams.receive(packet);
            } catch (IOException closedOrFailed) {
                LockSupport.parkNanos(PAUSE_NANOS); // closed, or a failure that may last
                continue;
            }
            byte[] query = Arrays.copyOf(buffer, packet.getLength());
            SocketAddress client = packet.getSocketAddress();
            if (questions.tryAcquire()) {
                Thread.startVirtualThread(() -> {
                    try {
                        answerDatagram(query, client);
                    } finally {
                        questions.release();
                    }
                });
            }
        }
    }

    private void answerDatagram(byte[] query, SocketAddress client) {
        Optional<byte[]> answer =
                answer(query, ((InetSocketAddress) client).getAddress(), false);
        if (answer.isPresent()) {
            try {
                datagrams.send(new DatagramPacket(answer.get(), answer.get().length, client));
            } catch (IOException gone) {
                return; // who asked is no more
            }
        }
    }

    private Optional<byte[]> answer(byte[] query, InetAddress client, boolean stream) {
        Optional<Directory.View> view = directory.of(client);
        if (view.isEmpty()) {
            return Optional.empty();
        }
        return switch (Answers.decide(query, view.get(), stream)) {
            case Answers.Decision.Reply(byte[] message) -> Optional.of(message);
            case Answers.Decision.Ignore() -> Optional.empty();
            case Answers.Decision.Forward(var servers, byte[] failure) ->
                Optional.of(upstream.ask(servers, query, stream).orElse(failure));
        };
    }

    private void serveStreams() {
        while (!streams.isClosed()) {
            Socket socket;
            try {
                socket = streams.accept();
            } catch (IOException closedOrFailed) {
                LockSupport.parkNanos(PAUSE_NANOS); // closed, or no descriptor is left for now
                continue;
            }
            if (!connections.tryAcquire()) {
                close(socket);
                continue;
            }
            Thread.startVirtualThread(() -> {
                try (socket) {
                    serve(socket);
                } catch (IOException over) {
                    return; // closed by the client, or silent for too long
                } finally {
                    connections.release();
                }
            });
        }
    }

    /** Each message is preceded by its length in two bytes (RFC 1035, 4.2.2). */
    private void serve(Socket socket) throws IOException {
        socket.setSoTimeout(IDLE_MILLIS);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream();
        while (true) {
            int length = in.readUnsignedShort();
            if (length > QUESTION_BYTES) {
                return;
            }
            byte[] query = new byte[length];
            in.readFully(query);
            Optional<byte[]> answer = answer(query, socket.getInetAddress(), true);
            if (answer.isEmpty()) {
                return;
            }
            byte[] message = answer.get();
            byte[] framed = new byte[message.length + 2];
            framed[0] = (byte) (message.length >> 8);
            framed[1] = (byte) message.length;
            System.arraycopy(message, 0, framed, 2, message.length);
            out.write(framed);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            return; // closed all the same
        }
    }

    /** Answers no more. */
    @Override
    public void close() throws IOException {
        datagrams.close();
        streams.close();
    }
}
