package runtime.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import linux.abi.Errno;
import linux.socket.UnixSocket;
import linux.syscall.Descriptors;
import linux.syscall.Memory;
import linux.syscall.SystemCallException;

/**
 * The way to systemd-journald by its native protocol: a datagram for each entry; one that is too large for
 * the socket goes as a sealed memory file, whose descriptor is sent instead
 * (systemd's JOURNAL_NATIVE_PROTOCOL).
 */
final class JournalSocket implements LogTarget.Wire {
    private static final long PAUSE_NANOS = 1_000_000;
    private static final int MOST_PAUSES = 2_000;

    private final UnixSocket socket;

    /** @param path where it listens */
    JournalSocket(Path path) throws SystemCallException {
        socket = UnixSocket.connectDatagram(path);
    }

    @Override
    public void send(byte[] entry) throws IOException {
        try {
            patiently(() -> socket.sendDatagram(entry));
        } catch (SystemCallException large) {
            if (!large.is(Errno.EMSGSIZE) && !large.is(Errno.ENOBUFS)) {
                throw large;
            }
            int file = Memory.sealedFile("journal-entry", entry);
            try {
                patiently(() -> socket.sendDescriptors(List.of(file)));
            } finally {
                Descriptors.close(file);
            }
        }
    }

    private interface Sending {
        void once() throws SystemCallException;
    }

    /** Its queue is short: a journal that is behind is waited for, one that stands still is not. */
    private static void patiently(Sending sending) throws IOException {
        for (int pauses = 0;; pauses++) {
            try {
                sending.once();
                return;
            } catch (SystemCallException full) {
                if (!full.is(Errno.EAGAIN) || pauses == MOST_PAUSES) {
                    throw full;
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
            if (Thread.currentThread().isInterrupted()) {
                throw new IOException("interrupted while the journal was behind");
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
