package overlaynet.dns;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.xbill.DNS.Rcode;

/**
 * The name server of one network, on the host's address in it. It answers the network's containers
 * about each other, and passes other questions on.
 *
 * <p>Questions are looked at in the order they come, so many at once; meanwhile the kernel keeps those that come, as
 * many as fit its buffer, and resolvers ask again for what it dropped. Those that are passed on no longer count as
 * such: however slow others are, what is known here is answered.
 */
public final class NameServer implements AutoCloseable {
    /** The port of {@code resolv.conf(5)}, which cannot name another. */
    public static final int PORT = 53;
    private static final int MOST_QUESTIONS = 64;
    /** Of all clients; each takes a socket, or one for each server, and up to 8 KiB. */
    private static final int MOST_FORWARDED = 256;
    /** Of one client, so that a single one does not take all. */
    private static final int MOST_FORWARDED_OF_ONE = MOST_FORWARDED / 2;
    private static final int MOST_CONNECTIONS = 64;
    private static final int MOST_CONNECTIONS_OF_ONE = MOST_CONNECTIONS / 2;
    /** Of a connection, answered in any order (RFC 7766, 7). */
    private static final int MOST_QUESTIONS_OF_CONNECTION = 16;
    private static final int RECEIVE_BYTES = 1 << 20;
    private static final int IDLE_MILLIS = 10_000;
    private static final int BACKLOG = 16;
    private static final int PAUSE_NANOS = 20_000_000;
    /** A thread that waits at a socket needs no such time to wake up. */
    private static final int CLOSE_MILLIS = 1_000;
    /** Questions are short, even with extensions (RFC 6891). */
    private static final int QUESTION_BYTES = 4_096;

    private final Directory directory;
    private final Upstream upstream;
    private final DatagramSocket datagrams;
    private final ServerSocket streams;
    private final List<Thread> serving;
    private final Semaphore questions = new Semaphore(MOST_QUESTIONS);
    private final Shares forwarded = new Shares(MOST_FORWARDED, MOST_FORWARDED_OF_ONE);
    private final Shares connections = new Shares(MOST_CONNECTIONS, MOST_CONNECTIONS_OF_ONE);

    private NameServer(Directory directory, Upstream upstream, DatagramSocket datagrams,
            ServerSocket streams) {
        this.directory = directory;
        this.upstream = upstream;
        this.datagrams = datagrams;
        this.streams = streams;
        String name = "names-" + streams.getInetAddress().getHostAddress();
        this.serving = List.of(Thread.ofVirtual().name(name).unstarted(this::serveDatagrams),
                Thread.ofVirtual().name(name + "-tcp").unstarted(this::serveStreams));
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
            datagrams.setReceiveBufferSize(RECEIVE_BYTES); // of which the kernel gives what it may
            streams = new ServerSocket(datagrams.getLocalPort(), BACKLOG, address);
        } finally {
            if (streams == null) {
                datagrams.close();
            }
        }
        NameServer server = new NameServer(directory, upstream, datagrams, streams);
        server.serving.forEach(Thread::start);
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
            InetSocketAddress client = (InetSocketAddress) packet.getSocketAddress();
            questions.acquireUninterruptibly();
            Thread.startVirtualThread(() -> answerDatagram(query, client));
        }
    }

    private void answerDatagram(byte[] query, InetSocketAddress client) {
        try {
            Optional<byte[]> answer = answer(query, client.getAddress(), false);
            if (answer.isPresent()) {
                datagrams.send(new DatagramPacket(answer.get(), answer.get().length, client));
            }
        } catch (IOException gone) {
            return; // who asked is no more
        }
    }

    /** Needs one of the questions' permits, and gives it back. */
    private Optional<byte[]> answer(byte[] query, InetAddress client, boolean stream) {
        Answers.Decision decision;
        try {
            Optional<Directory.View> view = directory.of(client);
            if (view.isEmpty()) {
                return Optional.empty();
            }
            decision = Answers.decide(query, view.get(), stream);
        } finally {
            questions.release();
        }
        return switch (decision) {
            case Answers.Decision.Reply(byte[] message) -> Optional.of(message);
            case Answers.Decision.Ignore() -> Optional.empty();
            case Answers.Decision.Forward forward -> Optional.of(forward(forward, query, client, stream));
        };
    }

    /**
     * What others say. One question too many is a failure at once, rather than silence: who asks does not wait
     * five seconds to ask again, and what is sent is no longer than what came.
     */
    private byte[] forward(Answers.Decision.Forward forward, byte[] query, InetAddress client, boolean stream) {
        if (!forwarded.take(client)) {
            return forward.failure();
        }
        try {
            Optional<byte[]> answer = upstream.ask(forward.servers(), query, stream);
            boolean unknown = answer.filter(each -> WireQuestion.code(each) == Rcode.NXDOMAIN).isPresent();
            return (unknown ? forward.unknown().or(() -> answer) : answer).orElse(forward.failure());
        } finally {
            forwarded.giveBack(client);
        }
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
            InetAddress client = socket.getInetAddress();
            if (!connections.take(client)) {
                close(socket);
                continue;
            }
            Thread.startVirtualThread(() -> {
                try (socket) {
                    serve(socket);
                } catch (IOException over) {
                    return; // closed by the client, or silent for too long
                } catch (InterruptedException hurry) {
                    Thread.currentThread().interrupt();
                } finally {
                    connections.giveBack(client);
                }
            });
        }
    }

    /** Each message is preceded by its length in two bytes (RFC 1035, 4.2.2). */
    private void serve(Socket socket) throws IOException, InterruptedException {
        socket.setSoTimeout(IDLE_MILLIS);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        Semaphore open = new Semaphore(MOST_QUESTIONS_OF_CONNECTION);
        try {
            while (true) {
                int length = in.readUnsignedShort();
                if (length > QUESTION_BYTES) {
                    return;
                }
                byte[] query = new byte[length];
                in.readFully(query);
                if (!open.tryAcquire(IDLE_MILLIS, TimeUnit.MILLISECONDS)) {
                    return; // it asks, and does not read what it is told
                }
                questions.acquireUninterruptibly();
                Thread.startVirtualThread(() -> {
                    try {
                        answerOnStream(query, socket);
                    } finally {
                        open.release();
                    }
                });
            }
        } finally {
            // What was asked before the end is answered.
            open.tryAcquire(MOST_QUESTIONS_OF_CONNECTION, IDLE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void answerOnStream(byte[] query, Socket socket) {
        Optional<byte[]> answer = answer(query, socket.getInetAddress(), true);
        try {
            if (answer.isEmpty()) {
                socket.close();
                return;
            }
            synchronized (socket) {
                socket.getOutputStream().write(framed(answer.get()));
            }
        } catch (IOException gone) {
            close(socket);
        }
    }

    static byte[] framed(byte[] message) {
        byte[] framed = new byte[message.length + 2];
        framed[0] = (byte) (message.length >> 8);
        framed[1] = (byte) message.length;
        System.arraycopy(message, 0, framed, 2, message.length);
        return framed;
    }

    static void close(Closeable socket) {
        try {
            socket.close();
        } catch (IOException gone) {
            return; // closed all the same
        }
    }

    /**
     * Answers no more, and its port is free: a socket at which a virtual thread waits is closed by that thread, a moment
     * later, and a network that takes the place of another may have the same address.
     */
    @Override
    public void close() throws IOException {
        datagrams.close();
        streams.close();
        try {
            for (Thread each : serving) {
                each.join(CLOSE_MILLIS);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
