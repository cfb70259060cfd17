package runtime.registry;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import runtime.image.Descriptor;
import runtime.registry.RegistryException.Reason;
import runtime.store.Progress;

/**
 * Sends one blob in chunks (OCI distribution-spec "Pushing a blob in chunks"). After a broken
 * connection the registry's own word says how much it has, and only the rest is sent; a registry
 * that has lost the upload gets a new one.
 *
 * <pre>
 *  place unknown --open--> chunk --PATCH--> chunk … --PUT--> done
 *        ^                   ^ |
 *        |              told | | setback
 *        +------lost------- unsure (GET)
 * </pre>
 */
final class ChunkedUpload {
    // RFC 9110 has "bytes=" here, OCI distribution-spec has the numbers alone.
    private static final Pattern RANGE = Pattern.compile("(?:bytes=)?0-([0-9]{1,18})");
    // distribution 2 and 3 say so of an upload that has nothing yet.
    private static final String NOTHING = "0-0";
    private static final long NEVER = -1;
    // One broken connection says nothing about whether a registry takes chunks; a second does.
    private static final int FRUITLESS_LIMIT = 2;

    private final RegistrySession session;
    private final BlobUpload upload;
    private final BlobContent content;
    private final Descriptor blob;
    private final long chunkBytes;

    private Optional<UploadPlace> place;
    /** What the registry is known to have of this upload. */
    private long offset;
    /** What may have reached the registry of this upload. */
    private long offeredBytes;
    /** The most that any upload of this blob came to. */
    private long bestOffset;
    private long outOfRangeAt = NEVER;
    /** How often the connection broke without any chunk having arrived. */
    private int fruitless;
    private boolean unsure;
    private boolean resumed;
    private boolean done;
    private boolean wantedWhole;

    /** @param upload opens uploads and tells whether the blob has arrived */
    ChunkedUpload(RegistrySession session, BlobUpload upload, BlobContent content,
            long chunkBytes) {
        this.session = session;
        this.upload = upload;
        this.content = content;
        this.blob = content.blob();
        this.chunkBytes = chunkBytes;
    }

    /** Sends it all; false if the registry does not take it so, and needs it in one piece. */
    boolean run(UploadPlace opened) throws RegistryException, InterruptedException {
        place = Optional.of(opened);
        Attempts attempts = new Attempts(session.patience());
        while (!done && !wantedWhole) {
            try {
                step();
            } catch (Setback setback) {
                if (offset > bestOffset) {
                    bestOffset = offset;
                    attempts.progressed();
                }
                unsure = true;
                attempts.pauseAfter(setback);
            }
        }
        return done;
    }

    private void step() throws Setback, RegistryException, InterruptedException {
        if (place.isEmpty()) {
            startAnew();
        } else if (unsure) {
            ask(place.get());
        } else if (offset < blob.sizeBytes()) {
            sendChunk(place.get());
        } else {
            end(place.get());
        }
    }

    private void startAnew() throws Setback, RegistryException, InterruptedException {
        // The upload may be gone because it was done, and only the answer was lost.
        if (upload.isThere()) {
            done = true;
            return;
        }
        place = Optional.of(upload.open());
        offset = 0;
        offeredBytes = 0;
        outOfRangeAt = NEVER;
        unsure = false;
        resumed = false;
    }

    private void sendChunk(UploadPlace at)
            throws Setback, RegistryException, InterruptedException {
        long lengthBytes = Math.min(Math.max(chunkBytes, at.leastChunkBytes()),
                blob.sizeBytes() - offset);
        long end = offset + lengthBytes;
        BlobContent.Piece piece = content.piece(offset, lengthBytes);
        Query query = new Query("PATCH", at.uri(), Map.of(
                "Content-Type", "application/octet-stream",
                "Content-Range", offset + "-" + (end - 1)), piece::body, piece::sentBytes);
        content.report(Progress.Phase.UPLOADING, offset);
        offeredBytes = Math.max(offeredBytes, end);
        try (Reply reply = session.send(query)) {
            if (reply.isSuccess()) {
                moveOn(at, reply);
                took(reply, end);
            } else {
                refused(reply);
            }
        }
    }

    private void took(Reply reply, long end) throws Setback, RegistryException {
        long told = told(reply).orElse(end);
        if (told > end) {
            lose("claims to have " + told + " bytes of " + blob.digest()
                    + ", of which it was sent " + end, reply);
        } else if (told == end) {
            offset = end;
        } else if (told == 0 && noneArrived()) {
            wantedWhole = true;
        } else {
            offset = Math.max(offset, told);
            throw setback("took only " + told + " of " + end + " bytes of " + blob.digest(), reply);
        }
    }

    private void refused(Reply reply) throws Setback, RegistryException {
        switch (reply.status()) {
            case 416 -> {
                // It has another length of the upload than we know: asked, it says which.
                if (noneArrived()) {
                    wantedWhole = true;
                    return;
                }
                outOfRangeAt = offset;
                throw setback("did not take the bytes from " + offset + " of " + blob.digest()
                        + " (416)", reply);
            }
            case 400, 404, 405, 410, 411, 413, 415, 501 -> lose(lost(reply), reply);
            default -> throw session.failures().refused(reply, "such repository");
        }
    }

    /** OCI distribution-spec "Pushing a blob in chunks": GET tells what has arrived. */
    private void ask(UploadPlace at) throws Setback, RegistryException, InterruptedException {
        try (Reply reply = session.send(Query.get(at.uri()))) {
            switch (reply.status()) {
                case 200, 202, 204 -> goOn(at, reply);
                case 401, 403, 408, 429, 500, 502, 503, 504 ->
                        throw session.failures().refused(reply, "such repository");
                default -> loseUnheard(lost(reply), reply);
            }
        }
    }

    private void goOn(UploadPlace at, Reply reply) throws Setback, RegistryException {
        OptionalLong told = told(reply);
        if (told.isEmpty()) {
            loseUnheard("does not say how much it has of the upload of " + blob.digest(), reply);
        } else if (told.getAsLong() > offeredBytes) {
            loseUnheard("claims to have " + told.getAsLong() + " bytes of " + blob.digest()
                    + ", of which it was sent at most " + offeredBytes, reply);
        } else if (told.getAsLong() == outOfRangeAt) {
            loseUnheard("says it has " + outOfRangeAt + " bytes of " + blob.digest()
                    + " and does not take the next", reply);
        } else if (told.getAsLong() == 0 && isFruitless()) {
            wantedWhole = true;
        } else {
            moveOn(at, reply);
            offset = told.getAsLong();
            unsure = false;
            resumed |= offset > 0;
        }
    }

    private void end(UploadPlace at) throws Setback, RegistryException, InterruptedException {
        // All has left: the registry may need its time now to check it.
        Query query = Query.withoutBody("PUT", at.ending(blob.digest()));
        Query patient = new Query(query.method(), query.uri(), Map.of(), query.body(),
                blob::sizeBytes);
        try (Reply reply = session.send(patient)) {
            if (reply.isSuccess()) {
                done = true;
            } else if (resumed && reply.status() == 400) {
                // It had other bytes than it said: once more, in one piece.
                wantedWhole = true;
            } else if (reply.status() == 404 || reply.status() == 416) {
                lose("lost the upload of " + blob.digest() + " at its end (" + reply.status()
                        + ")", reply);
            } else {
                throw session.failures().refused(reply, "such repository");
            }
        }
    }

    /** A registry that answered and took no chunk at all is taken not to take any. */
    private void lose(String what, Reply reply) throws Setback {
        place = Optional.empty();
        if (noneArrived()) {
            wantedWhole = true;
            return;
        }
        throw setback(what, reply);
    }

    /** As {@link #lose}, after a chunk that had no answer, which may be the network's fault. */
    private void loseUnheard(String what, Reply reply) throws Setback {
        if (isFruitless()) {
            wantedWhole = true;
            return;
        }
        place = Optional.empty();
        throw setback(what, reply);
    }

    private boolean noneArrived() {
        return offset == 0 && bestOffset == 0;
    }

    private boolean isFruitless() {
        return noneArrived() && ++fruitless >= FRUITLESS_LIMIT;
    }

    private String lost(Reply reply) {
        return "lost the upload of " + blob.digest() + " at " + offset + " of "
                + blob.sizeBytes() + " bytes (" + reply.status() + ")";
    }

    private Setback setback(String what, Reply reply) {
        return new Setback(session.failures().failure(Reason.SERVER,
                reply.uri().getRawAuthority() + " " + what), Optional.empty());
    }

    private void moveOn(UploadPlace at, Reply reply) throws RegistryException {
        place = Optional.of(reply.header("Location").isPresent()
                ? at.movedTo(session.location(reply)) : at);
    }

    /** How many bytes the registry says it has; empty if it says nothing that makes sense. */
    private static OptionalLong told(Reply reply) {
        String text = reply.header("Range").orElse("").strip();
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(text.equals(NOTHING) ? 0 : Long.parseLong(range.group(1)) + 1);
    }
}
