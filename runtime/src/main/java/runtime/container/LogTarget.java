package runtime.container;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import linux.socket.UnixSocket;
import runtime.forward.JournalMessage;
import runtime.forward.LogChoice;
import runtime.forward.LogDriver;
import runtime.forward.LogLine;
import runtime.forward.LogSubject;
import runtime.forward.SyslogMessage;
import runtime.forward.SyslogSettings;

/** Where lines are forwarded to; open as long as it takes them. For one thread. */
interface LogTarget extends AutoCloseable {
    /** Hands a message over, or fails at once if it cannot be taken. */
    void send(LogLine line) throws IOException;

    @Override
    void close() throws IOException;

    /** Where a choice's output goes, for people. */
    static String address(LogChoice choice, Path journal) {
        return choice.driver() == LogDriver.JOURNALD ? journal.toString()
                : SyslogSettings.of(choice).address();
    }

    /**
     * Opens a connection to where a choice's output goes.
     *
     * @param journal where systemd-journald listens
     */
    static LogTarget open(LogChoice choice, LogSubject subject, Path journal) throws IOException {
        if (choice.driver() == LogDriver.JOURNALD) {
            Wire wire = new JournalSocket(journal);
            return over(wire, line -> JournalMessage.of(line, subject, choice));
        }
        SyslogSettings settings = SyslogSettings.of(choice);
        String hostname = hostname();
        Wire wire = switch (settings.transport()) {
            case UDP -> udp(settings);
            case TCP -> tcp(settings);
            case UNIXGRAM -> datagrams(Path.of(settings.path()));
            case UNIX -> stream(SocketChannel.open(
                    UnixDomainSocketAddress.of(settings.path())));
        };
        return over(wire, line -> SyslogMessage.of(line, subject, choice, settings, hostname,
                ZoneId.systemDefault()));
    }

    /** Carries bytes. */
    interface Wire extends AutoCloseable {
        void send(byte[] bytes) throws IOException;

        @Override
        void close() throws IOException;
    }

    /** Makes bytes of lines. */
    @FunctionalInterface
    interface Format {
        byte[] of(LogLine line);
    }

    private static LogTarget over(Wire wire, Format format) {
        return new LogTarget() {
            @Override
            public void send(LogLine line) throws IOException {
                wire.send(format.of(line));
            }

            @Override
            public void close() throws IOException {
                wire.close();
            }
        };
    }

    private static Wire datagrams(Path path) throws IOException {
        UnixSocket socket = UnixSocket.connectDatagram(path);
        return new Wire() {
            @Override
            public void send(byte[] bytes) throws IOException {
                socket.sendDatagram(bytes);
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }

    private static Wire udp(SyslogSettings settings) throws IOException {
        InetSocketAddress address = new InetSocketAddress(
                InetAddress.getByName(settings.host()), settings.port());
        DatagramSocket socket = new DatagramSocket();
        socket.connect(address);
        return new Wire() {
            @Override
            public void send(byte[] bytes) throws IOException {
                socket.send(new DatagramPacket(bytes, bytes.length));
            }

            @Override
            public void close() {
                socket.close();
            }
        };
    }

    private static Wire tcp(SyslogSettings settings) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getByName(settings.host()),
                    settings.port()), 10_000);
        } catch (IOException refused) {
            socket.close();
            throw refused;
        }
        return new Wire() {
            private long lookedAtNanos = System.nanoTime();

            @Override
            public void send(byte[] bytes) throws IOException {
                // Looking takes a millisecond: not for each line of many.
                long now = System.nanoTime();
                if (now - lookedAtNanos > 100_000_000L) {
                    lookedAtNanos = now;
                    if (hasEnded(socket)) {
                        throw new IOException("the other end has closed the connection");
                    }
                }
                socket.getOutputStream().write(bytes);
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }

    /** A syslog server never answers: what can be read is its end. */
    private static boolean hasEnded(Socket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            return socket.getInputStream().read() < 0;
        } catch (java.net.SocketTimeoutException open) {
            return false;
        }
    }

    private static Wire stream(SocketChannel channel) {
        return new Wire() {
            @Override
            public void send(byte[] bytes) throws IOException {
                ByteBuffer left = ByteBuffer.wrap(bytes);
                while (left.hasRemaining()) {
                    channel.write(left);
                }
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    private static String hostname() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException unknown) {
            return "localhost";
        }
    }
}
