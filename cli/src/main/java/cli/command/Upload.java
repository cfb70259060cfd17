package cli.command;

import api.node.SharedPath;
import cli.transport.Call;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Sends a file or standard input to a call while its progress is shown. */
final class Upload {
    private static final int CHUNK_BYTES = 256 * 1024;

    /** Makes a message of the call's kind of a piece of the file. */
    interface Wrapping {
        MessageLite message(ByteString data);
    }

    private Upload() {}

    /** A file's name for the daemon to open itself; unset for what is no regular file. */
    static SharedPath shared(String file) throws IOException {
        if (file.isEmpty() || file.equals("-")) {
            return SharedPath.getDefaultInstance();
        }
        Path path = Path.of(file).toRealPath();
        if (Files.isDirectory(path)) {
            throw new IOException(file + " is a folder; name an archive, as tar makes one of it");
        }
        if (!Files.isRegularFile(path)) {
            return SharedPath.getDefaultInstance();
        }
        return SharedPath.newBuilder().setPath(path.toString())
                .setInode((Long) Files.getAttribute(path, "unix:ino"))
                .setSizeBytes(Files.size(path)).build();
    }

    /** Sends a file (standard input for "" and "-") in the background, then half-closes the call. */
    static void start(Call call, String file, Console console, Wrapping wrapping)
            throws IOException {
        InputStream in = file.isEmpty() || file.equals("-") ? console.in()
                : Files.newInputStream(Path.of(file));
        Thread thread = new Thread("upload") {
            @Override
            public void run() {
                send(call, in, wrapping);
            }
        };
        thread.setDaemon(true);
        thread.start();
    }

    private static void send(Call call, InputStream in, Wrapping wrapping) {
        try (in) {
            boolean taken = true;
            while (taken) {
                byte[] chunk = in.readNBytes(CHUNK_BYTES);
                if (chunk.length == 0) {
                    break;
                }
                ByteString data = UnsafeByteOperations.unsafeWrap(chunk);
                taken = call.send(wrapping.message(data).toByteArray());
            }
            call.closeInput();
        } catch (IOException e) {
            // A file that cannot be read to its end must not look like a shorter one: the daemon
            // sees a cancelled call, and the receiving side reports it.
            call.fail(e);
        }
    }

    /** A stream whose bytes are sent; once the call has ended they go nowhere, and it tells why. */
    static OutputStream stream(Call call, Wrapping wrapping) {
        return new BufferedOutputStream(new Outgoing(call, wrapping), CHUNK_BYTES);
    }

    private static final class Outgoing extends OutputStream {
        private final Call call;
        private final Wrapping wrapping;

        private Outgoing(Call call, Wrapping wrapping) {
            this.call = call;
            this.wrapping = wrapping;
        }

        @Override
        public void write(int single) throws IOException {
            write(new byte[] {(byte) single}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (!call.send(wrapping.message(ByteString.copyFrom(bytes, offset, length))
                    .toByteArray())) {
                throw new Refused();
            }
        }
    }

    /** The daemon ended the call before it had everything. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        private Refused() {
            super("the daemon takes no more");
        }
    }
}
