package overlaynet.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/** Answers each datagram with those that a function makes of it, and keeps what it was asked. */
final class FakeNameServer implements AutoCloseable {
    final BlockingQueue<DatagramPacket> asked = new LinkedBlockingQueue<>();
    private final DatagramSocket socket;
    private final Function<byte[], List<byte[]>> answers;

    /** At that address; 0 = a free port. */
    FakeNameServer(String address, int port, Function<byte[], List<byte[]>> answers) throws IOException {
        socket = new DatagramSocket(port, InetAddress.ofLiteral(address));
        this.answers = answers;
        Thread.ofVirtual().start(this::run);
    }

    /** One that says nothing. */
    static FakeNameServer silent(String address, int port) throws IOException {
        return new FakeNameServer(address, port, query -> List.of());
    }

    /** A response with that code, of nothing else than the query. */
    static byte[] response(byte[] query, int code) {
        byte[] answer = query.clone();
        answer[2] |= (byte) 0x80;
        answer[3] = (byte) code;
        return answer;
    }

    static byte[] bytes(DatagramPacket packet) {
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    int port() {
        return socket.getLocalPort();
    }

    InetAddress address() {
        return socket.getLocalAddress();
    }

    /** Answers a query late. */
    void answer(DatagramPacket query, byte[] answer) throws IOException {
        socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
    }

    private void run() {
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[4_096], 4_096);
                socket.receive(packet);
                asked.add(packet);
                for (byte[] each : answers.apply(bytes(packet))) {
                    answer(packet, each);
                }
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
