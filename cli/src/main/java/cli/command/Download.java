package cli.command;

import api.node.Chunk;
import cli.transport.Call;
import cli.transport.CallException;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Takes the bytes a call sends. */
final class Download {
    private Download() {}

    /**
     * Asks the daemon for an archive and writes it to the file --output names, or to standard output.
     *
     * @return the command's exit code
     * @throws UsageException if that would be a terminal
     */
    static int archive(String method, MessageLite request, Arguments arguments, Console console)
            throws UsageException, CallException, IOException {
        String file = arguments.value("output");
        if (file.isEmpty() && console.isOutTerminal()) {
            throw new UsageException(
                    "cowardly refusing to save to a terminal: use --output FILE or redirect");
        }
        try (NodeClient client = NodeClient.connect(console);
                Call call = client.stream(method, request)) {
            to(call, file, console);
        }
        return 0;
    }

    /** Writes them to a file, or to standard output if none is named. */
    static void to(Call call, String file, Console console) throws CallException, IOException {
        if (file.isEmpty()) {
            for (byte[] data = next(call); data != null; data = next(call)) {
                console.write(data);
            }
        } else {
            toFile(call, Path.of(file).toAbsolutePath());
        }
    }

    /** Under another name until it is whole. */
    private static void toFile(Call call, Path file) throws CallException, IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            try (OutputStream out = Files.newOutputStream(file)) {
                copy(call, out);
            }
            return;
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (OutputStream out = Files.newOutputStream(part)) {
                copy(call, out);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private static void copy(Call call, OutputStream out) throws CallException, IOException {
        for (byte[] data = next(call); data != null; data = next(call)) {
            out.write(data);
        }
    }

    private static byte[] next(Call call) throws CallException, IOException {
        Chunk chunk = NodeClient.next(call, Chunk.parser());
        return chunk == null ? null : chunk.getData().toByteArray();
    }

    /** The bytes as a stream; {@link Broken} if the call fails. */
    static InputStream stream(Call call) {
        return new Incoming(call);
    }

    /** A call failed while its bytes were read; the cause says why. */
    static final class Broken extends IOException {
        private static final long serialVersionUID = 1L;

        private Broken(CallException cause) {
            super(cause.getMessage(), cause);
        }

        /** What the daemon said. */
        CallException failure() {
            return (CallException) getCause();
        }
    }

    private static final class Incoming extends InputStream {
        private final Call call;
        private byte[] piece = new byte[0];
        private int at;

        private Incoming(Call call) {
            this.call = call;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            while (piece != null && at == piece.length) {
                at = 0;
                try {
                    piece = next(call);
                } catch (CallException e) {
                    throw new Broken(e);
                }
            }
            if (piece == null) {
                return -1;
            }
            int count = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, into, offset, count);
            at += count;
            return count;
        }
    }
}
