package overlaynet.dns;

import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.xbill.DNS.Rcode;

/**
 * Asks other name servers, passing query and answer on as they are. One that is silent for a while is asked once more,
 * and the next one beside it; whoever answers first is believed.
 */
final class Upstream {
    /** A resolver itself waits five seconds (resolv.conf(5)), and is to hear of a failure before. */
    private static final int PATIENCE_MILLIS = 4_000;
    /** Most answers come sooner, those that are not in a cache too. */
    private static final int PAUSE_MILLIS = 1_000;
    /** No server sends longer datagrams, whatever the client says it takes: 4096 is usual, 1232 better. */
    private static final int MOST_BYTES = 8_192;
    private static final int PORT = 53;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int port;
    private final int pauseMillis;
    private final int patienceMillis;

    Upstream() {
        this(PORT);
    }

    Upstream(int port) {
        this(port, PAUSE_MILLIS, PATIENCE_MILLIS);
    }

    /** One that waits so long for a server before the next is asked, and for all of them. */
    Upstream(int port, int pauseMillis, int patienceMillis) {
        this.port = port;
        this.pauseMillis = pauseMillis;
        this.patienceMillis = patienceMillis;
    }

    /**
     * The first answer of a server; that of one which cannot or will not answer if no other says more, empty if none
     * says anything in time.
     *
     * @param query  a whole one
     * @param stream whether to ask over TCP
     */
    Optional<byte[]> ask(List<InetAddress> servers, byte[] query, boolean stream) {
        try (Round round = new Round(query, stream)) {
            return round.run(servers);
        }
    }

    /** All that is done for one query. */
    private final class Round implements AutoCloseable {
        private final byte[] query;
        private final boolean stream;
        private final long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMillis);
        /** Of each server that was asked one, at the latest when its socket is closed. */
        private final BlockingQueue<Optional<byte[]>> answers = new LinkedBlockingQueue<>();
        /** Guarded by itself. */
        private final List<Closeable> sockets = new ArrayList<>();
        private boolean closed;

        Round(byte[] query, boolean stream) {
            this.query = query;
            this.stream = stream;
        }

        Optional<byte[]> run(List<InetAddress> servers) {
            Optional<byte[]> failure = Optional.empty();
            int asked = 0;
            int answered = 0;
            while (answered < servers.size()) {
                if (asked < servers.size()) {
                    InetAddress next = servers.get(asked++);
                    Thread.startVirtualThread(() -> answers.add(exchange(next)));
                }
                long left = end - System.nanoTime();
                long wait = asked < servers.size() ? Math.min(left, TimeUnit.MILLISECONDS.toNanos(pauseMillis)) : left;
                Optional<byte[]> answer;
                try {
                    answer = answers.poll(wait, TimeUnit.NANOSECONDS);
                } catch (InterruptedException hurry) {
                    Thread.currentThread().interrupt();
                    return failure;
                }
                if (answer != null) {
                    answered++;
                    if (answer.isPresent() && isHelpful(answer.get())) {
                        return answer;
                    }
                    failure = failure.or(() -> answer);
                } else if (System.nanoTime() - end >= 0) {
                    return failure;
                }
            }
            return failure;
        }

        private Optional<byte[]> exchange(InetAddress server) {
            byte[] own = query.clone();
            WireQuestion.setId(own, RANDOM.nextInt(0x10000));
            try {
                byte[] answer = stream ? overStream(server, own) : overDatagrams(server, own);
                WireQuestion.setId(answer, WireQuestion.id(query));
                return Optional.of(answer);
            } catch (IOException | RuntimeException silent) {
                return Optional.empty();
            }
        }

        /** From a port of its own each time, and only of the one asked: answers are hard to forge (RFC 5452). */
        private byte[] overDatagrams(InetAddress server, byte[] own) throws IOException {
            try (DatagramSocket socket = new DatagramSocket()) {
                keep(socket);
                socket.connect(new InetSocketAddress(server, port));
                byte[] buffer = new byte[MOST_BYTES];
                long again = System.nanoTime();
                while (true) {
                    if (again - System.nanoTime() <= 0) {
                        socket.send(new DatagramPacket(own, own.length));
                        again = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
                    }
                    DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                    socket.setSoTimeout(Math.clamp(TimeUnit.NANOSECONDS.toMillis(again - System.nanoTime()), 1,
                            leftMillis(server)));
                    try {
                        socket.receive(packet);
                    } catch (SocketTimeoutException lost) {
                        continue; // it is asked again, or it is too late
                    }
                    byte[] answer = Arrays.copyOf(buffer, packet.getLength());
                    if (answers(answer, own)) {
                        if (answer.length == MOST_BYTES) {
                            throw new IOException("an answer that is cut off");
                        }
                        return answer;
                    }
                }
            }
        }

        private byte[] overStream(InetAddress server, byte[] own) throws IOException {
            try (Socket socket = new Socket()) {
                keep(socket);
                socket.connect(new InetSocketAddress(server, port), leftMillis(server));
                socket.setSoTimeout(leftMillis(server));
                new DataOutputStream(socket.getOutputStream()).write(NameServer.framed(own));
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] answer = new byte[in.readUnsignedShort()];
                in.readFully(answer);
                if (!answers(answer, own)) {
                    throw new IOException("an answer to another question");
                }
                return answer;
            }
        }

        private int leftMillis(InetAddress server) throws SocketTimeoutException {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                throw new SocketTimeoutException("no answer of " + server.getHostAddress());
            }
            return (int) left;
        }

        /** To be closed when nobody waits for it any more. */
        private void keep(Closeable socket) throws IOException {
            synchronized (sockets) {
                if (closed) {
                    throw new IOException("another server has answered");
                }
                sockets.add(socket);
            }
        }

        @Override
        public void close() {
            synchronized (sockets) {
                closed = true;
                for (Closeable each : sockets) {
                    NameServer.close(each);
                }
            }
        }
    }

    /** Whether no other server is to be asked. */
    private static boolean isHelpful(byte[] answer) {
        int code = WireQuestion.code(answer);
        return code != Rcode.SERVFAIL && code != Rcode.REFUSED && code != Rcode.NOTIMP && code != Rcode.FORMERR;
    }

    /** Of the same number, and an answer to the same question; without one only if it was not understood. */
    static boolean answers(byte[] answer, byte[] query) {
        return answer.length >= WireQuestion.HEADER_BYTES && WireQuestion.isResponse(answer)
                && WireQuestion.id(answer) == WireQuestion.id(query)
                && WireQuestion.opcode(answer) == WireQuestion.opcode(query)
                && (WireQuestion.isOf(answer, query) || WireQuestion.questions(answer) == 0 && !isHelpful(answer));
    }
}
