package runtime.registry;

import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import runtime.image.Descriptor;
import runtime.registry.RegistryException.Reason;
import runtime.store.BlobException;
import runtime.store.BlobStore;
import runtime.store.BlobWriter;
import runtime.store.Progress;

/**
 * Brings one blob from a registry into the store. What an earlier attempt stored, in this run or
 * before it, is not fetched again: the rest is asked for with a range (RFC 9110 §14).
 */
final class BlobDownload {
    private static final int BUFFER_BYTES = 256 << 10;
    private static final int REPORT_STEP_BYTES = 512 << 10;
    private static final Pattern CONTENT_RANGE =
            Pattern.compile("bytes ([0-9]{1,18})-([0-9]{1,18})/(\\*|[0-9]{1,18})");

    private final RegistrySession session;
    private final Descriptor blob;
    private final BlobStore store;
    private final Progress progress;
    private long reportedBytes;

    BlobDownload(RegistrySession session, Descriptor blob, BlobStore store, Progress progress) {
        this.session = session;
        this.blob = blob;
        this.store = store;
        this.progress = progress;
    }

    void run() throws RegistryException, IOException, InterruptedException {
        try (BlobWriter writer = store.writer(blob.digest(), blob.sizeBytes())) {
            if (writer.exists()) {
                report(Progress.Phase.EXISTS, blob.sizeBytes());
                return;
            }
            boolean resumed = writer.writtenBytes() > 0;
            resumed |= transfer(writer);
            report(Progress.Phase.VERIFYING, blob.sizeBytes());
            if (commit(writer, resumed)) {
                report(Progress.Phase.DONE, blob.sizeBytes());
                return;
            }
        }
        fromTheStart();
    }

    // The parts of a resumed download may come from different answers: one try in one piece.
    private void fromTheStart() throws RegistryException, IOException, InterruptedException {
        try (BlobWriter writer = store.writer(blob.digest(), blob.sizeBytes())) {
            transfer(writer);
            commit(writer, false);
            report(Progress.Phase.DONE, blob.sizeBytes());
        }
    }

    /** False if a resumed download has the wrong digest; one in a single piece fails for it. */
    private boolean commit(BlobWriter writer, boolean resumed)
            throws RegistryException, IOException {
        try {
            writer.commit();
            return true;
        } catch (BlobException e) {
            if (e.reason() != BlobException.Reason.WRONG_DIGEST) {
                throw e;
            }
            if (resumed) {
                return false;
            }
            throw session.failures().failure(Reason.INVALID,
                    session.endpoint().host() + " sent wrong content: " + e.getMessage(), e);
        }
    }

    /** Fetches what is missing; true if that took more than one answer. */
    private boolean transfer(BlobWriter writer)
            throws RegistryException, IOException, InterruptedException {
        Attempts attempts = new Attempts(session.patience());
        boolean resumed = false;
        while (writer.writtenBytes() < writer.expectedSizeBytes()) {
            long before = writer.writtenBytes();
            try {
                attempt(writer);
            } catch (Setback setback) {
                if (writer.writtenBytes() > before) {
                    attempts.progressed();
                }
                resumed = true;
                attempts.pauseAfter(setback);
            }
        }
        return resumed;
    }

    private void attempt(BlobWriter writer)
            throws Setback, RegistryException, IOException, InterruptedException {
        long offset = writer.writtenBytes();
        Query query = Query.get(session.uri("blobs/" + blob.digest()))
                .withHeader("Accept-Encoding", "identity");
        if (offset > 0) {
            query = query.withHeader("Range", "bytes=" + offset + "-");
        }
        report(Progress.Phase.DOWNLOADING, offset);
        try (Reply reply = session.send(query)) {
            if (reply.status() == 416 && offset > 0) {
                writer.restart();
                throw dropped("it has less of the blob than it had before", reply);
            }
            if (!reply.isSuccess()) {
                throw session.failures().refused(reply, "blob " + blob.digest());
            }
            if (reply.status() == 206) {
                checkRange(reply, offset, writer.expectedSizeBytes());
            } else if (offset > 0) {
                writer.restart();
            }
            checkLength(reply, writer);
            copy(reply, writer);
            if (writer.writtenBytes() < writer.expectedSizeBytes()) {
                throw dropped("it sent only " + writer.writtenBytes() + " of "
                        + writer.expectedSizeBytes() + " bytes", reply);
            }
        }
    }

    private void copy(Reply reply, BlobWriter writer)
            throws Setback, RegistryException, IOException, InterruptedException {
        byte[] buffer = new byte[BUFFER_BYTES];
        while (true) {
            int count;
            try {
                count = reply.body().read(buffer);
            } catch (IOException e) {
                throw session.broken(e, reply.uri());
            }
            if (count < 0) {
                return;
            }
            try {
                writer.write(buffer, 0, count);
            } catch (BlobException e) {
                if (e.reason() != BlobException.Reason.WRONG_LENGTH) {
                    throw e;
                }
                throw lie(reply, "sent more than the " + blob.sizeBytes()
                        + " bytes that the manifest gives for " + blob.digest());
            }
            if (writer.writtenBytes() - reportedBytes >= REPORT_STEP_BYTES) {
                report(Progress.Phase.DOWNLOADING, writer.writtenBytes());
            }
        }
    }

    private void checkLength(Reply reply, BlobWriter writer) throws RegistryException {
        long wantedBytes = writer.expectedSizeBytes() - writer.writtenBytes();
        OptionalLong givenBytes = reply.contentLengthBytes();
        if (givenBytes.isPresent() && givenBytes.getAsLong() != wantedBytes) {
            throw lie(reply, "wants to send " + givenBytes.getAsLong() + " bytes of "
                    + blob.digest() + ", but by the manifest it must be " + wantedBytes);
        }
    }

    private void checkRange(Reply reply, long offset, long sizeBytes) throws RegistryException {
        String text = reply.header("Content-Range").orElse("");
        Matcher range = CONTENT_RANGE.matcher(text);
        boolean fits = range.matches()
                && Long.parseLong(range.group(1)) == offset
                && Long.parseLong(range.group(2)) == sizeBytes - 1
                && (range.group(3).equals("*") || Long.parseLong(range.group(3)) == sizeBytes);
        if (!fits) {
            throw lie(reply, "was asked for the bytes from " + offset + " of " + sizeBytes
                    + " and sent " + runtime.image.ImageFormatException.shown(text));
        }
    }

    private Setback dropped(String what, Reply reply) {
        return new Setback(session.failures().failure(Reason.UNREACHABLE, "the download of "
                + blob.digest() + " from " + reply.uri().getRawAuthority() + " broke off: "
                + what), Optional.empty());
    }

    private RegistryException lie(Reply reply, String what) {
        return session.failures().failure(
                Reason.INVALID, reply.uri().getRawAuthority() + " " + what);
    }

    private void report(Progress.Phase phase, long doneBytes) {
        reportedBytes = doneBytes;
        progress.report(blob.digest(), phase, doneBytes, blob.sizeBytes());
    }
}
