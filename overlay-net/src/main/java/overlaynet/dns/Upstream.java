package overlaynet.dns;

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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Asks other name servers, passing query and answer on as they are. */
final class Upstream {
    /** Of a resolver's own five seconds two servers get their share. */
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int MOST_BYTES = 65_535;
    private static final int HEADER_BYTES = 12;
    private static final int PORT = 53;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int port;

    Upstream() {
        this(PORT);
    }

    Upstream(int port) {
        this.port = port;
    }

    /**
     * The answer of the first server that gives one; empty if none does.
     *
     * @param stream whether to ask over TCP
     */
    Optional<byte[]> ask(List<InetAddress> servers, byte[] query, boolean stream) {
        for (InetAddress server : servers) {
            try {
                byte[] own = query.clone();
                int id = RANDOM.nextInt(0x10000);
                setId(own, id);
                byte[] answer = stream ? overStream(server, own) : overDatagrams(server, own);
                setId(answer, (query[0] & 0xff) << 8 | query[1] & 0xff);
                return Optional.of(answer);
            } catch (IOException silent) {
                continue; // the next one may know
            }
        }
        return Optional.empty();
    }

    /** From a port of its own each time, and only of the one asked: answers are hard to forge. */
    private byte[] overDatagrams(InetAddress server, byte[] query) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(server, port));
            socket.send(new DatagramPacket(query, query.length));
            byte[] buffer = new byte[MOST_BYTES];
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000L;
            while (true) {
                long left = (end - System.nanoTime()) / 1_000_000L;
                if (left <= 0) {
                    throw new SocketTimeoutException("no answer of " + server.getHostAddress());
                }
                socket.setSoTimeout((int) left);
                socket.receive(packet);
                byte[] answer = Arrays.copyOf(buffer, packet.getLength());
                if (answers(answer, query)) {
                    return answer;
                }
            }
        }
    }

    private byte[] overStream(InetAddress server, byte[] query) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(server, port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] framed = new byte[query.length + 2];
            framed[0] = (byte) (query.length >> 8);
            framed[1] = (byte) query.length;
            System.arraycopy(query, 0, framed, 2, query.length);
            out.write(framed);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            if (!answers(answer, query)) {
                throw new IOException("an answer to another question");
            }
            return answer;
        }
    }

    /** Of the same number, and an answer. */
    private static boolean answers(byte[] answer, byte[] query) {
        return answer.length >= HEADER_BYTES && answer[0] == query[0] && answer[1] == query[1]
                && answer[2] < 0;
    }

    private static void setId(byte[] message, int id) {
        message[0] = (byte) (id >> 8);
        message[1] = (byte) id;
    }
}
