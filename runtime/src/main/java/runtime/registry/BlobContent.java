package runtime.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.concurrent.atomic.AtomicLong;
import runtime.image.Descriptor;
import runtime.store.BlobStore;
import runtime.store.Progress;

/** A stored blob as the bodies of requests, whole or in pieces, with a report of what has left. */
record BlobContent(BlobStore store, Descriptor blob, Progress progress) {
    private static final int REPORT_STEP_BYTES = 512 << 10;

    long sizeBytes() {
        return blob.sizeBytes();
    }

    /** A piece of the blob, read anew each time it is sent. */
    Piece piece(long offset, long lengthBytes) {
        return new Piece(offset, lengthBytes, new AtomicLong());
    }

    void report(Progress.Phase phase, long doneBytes) {
        progress.report(blob.digest(), phase, doneBytes, blob.sizeBytes());
    }

    /** One body; {@code sent} counts what is read, which is what leaves for the network soon. */
    final class Piece {
        private final long offset;
        private final long lengthBytes;
        private final AtomicLong sent;

        private Piece(long offset, long lengthBytes, AtomicLong sent) {
            this.offset = offset;
            this.lengthBytes = lengthBytes;
            this.sent = sent;
        }

        long sentBytes() {
            return sent.get();
        }

        /** Fails later with an {@link UncheckedIOException} if the store cannot be read. */
        BodyPublisher body() {
            if (lengthBytes == 0) {
                return BodyPublishers.noBody();
            }
            return BodyPublishers.fromPublisher(
                    BodyPublishers.ofInputStream(this::open), lengthBytes);
        }

        private InputStream open() {
            sent.set(0);
            try {
                InputStream in = store.open(blob.digest());
                in.skipNBytes(offset);
                return new Counted(in, this);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Ends where the piece ends. */
    private final class Counted extends FilterInputStream {
        private final Piece piece;
        private long reportedBytes;

        Counted(InputStream in, Piece piece) {
            super(in);
            this.piece = piece;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            long leftBytes = piece.lengthBytes - piece.sent.get();
            if (leftBytes <= 0) {
                return -1;
            }
            int got = super.read(target, offset, (int) Math.min(count, leftBytes));
            if (got > 0) {
                long nowBytes = piece.sent.addAndGet(got);
                if (nowBytes - reportedBytes >= REPORT_STEP_BYTES) {
                    reportedBytes = nowBytes;
                    report(Progress.Phase.UPLOADING, piece.offset + nowBytes);
                }
            }
            return got;
        }
    }
}
