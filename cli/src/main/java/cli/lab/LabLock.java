package cli.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One change of labs at a time on a machine; the kernel gives the lock back when its holder is killed. */
final class LabLock implements AutoCloseable {
    private static final Path FILE = Path.of("/run/jctl-lab.lock");

    private final FileChannel channel;
    private final FileLock lock;

    private LabLock(FileChannel channel, FileLock lock) {
        this.channel = channel;
        this.lock = lock;
    }

    /** Waits for it. */
    static LabLock take() throws IOException {
        FileChannel channel = FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            return new LabLock(channel, channel.lock());
        } catch (IOException | RuntimeException failed) {
            channel.close();
            throw failed;
        }
    }

    @Override
    public void close() throws IOException {
        lock.release();
        channel.close();
    }
}
