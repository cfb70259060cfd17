package clusterd.wire;

import clusterd.state.ClusterState;
import clusterd.state.Entry;
import clusterd.state.Part;
import clusterd.state.Result;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;

/**
 * States, entries and their results as bytes. A snapshot is a sequence of parts, each after its length (four
 * bytes, the highest first), and a length of zero at the end.
 */
public final class StateCodec {
    private static final int LONGEST_PART_BYTES = 16 << 20;
    private static final RecordCodec<Part> PARTS = RecordCodec.of(Part.class);
    private static final RecordCodec<Entry> ENTRIES = RecordCodec.of(Entry.class);
    private static final RecordCodec<Results> RESULTS = RecordCodec.of(Results.class);

    /** Results as one message. */
    public record Results(List<Result> results) {
    }

    private StateCodec() {
    }

    /** An entry of the log. */
    public static byte[] encode(Entry entry) {
        return ENTRIES.encode(entry);
    }

    /** What {@link #encode(Entry)} was given. */
    public static Entry entry(byte[] bytes) throws MalformedRecordException {
        return ENTRIES.decode(bytes);
    }

    /** What became of an entry's commands. */
    public static byte[] encode(List<Result> results) {
        return RESULTS.encode(new Results(results));
    }

    /** What {@link #encode(List)} was given. */
    public static List<Result> results(byte[] bytes) throws MalformedRecordException {
        return RESULTS.decode(bytes).results();
    }

    /** Writes a snapshot. */
    public static void write(ClusterState state, OutputStream stream) throws IOException {
        DataOutputStream out = new DataOutputStream(stream);
        for (Iterator<Part> parts = state.parts().iterator(); parts.hasNext();) {
            byte[] part = PARTS.encode(parts.next());
            out.writeInt(part.length);
            out.write(part);
        }
        out.writeInt(0);
        out.flush();
    }

    /**
     * Reads one.
     *
     * @throws IOException if it is cut short or damaged
     */
    public static ClusterState read(InputStream stream) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        List<Part> parts = new ArrayList<>();
        for (int length = in.readInt(); length != 0; length = in.readInt()) {
            if (length < 0 || length > LONGEST_PART_BYTES) {
                throw new IOException("a part of " + length + " bytes: the snapshot is damaged");
            }
            byte[] part = in.readNBytes(length);
            if (part.length < length) {
                throw new IOException("the snapshot ends within a part");
            }
            parts.add(PARTS.decode(part));
        }
        try {
            return ClusterState.of(parts);
        } catch (RuntimeException e) {
            throw new IOException("the snapshot's parts do not fit together: " + e.getMessage(), e);
        }
    }

    /** SHA-256 of the snapshot, in hexadecimal: equal for equal states. */
    public static String digest(ClusterState state) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            write(state, new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        } catch (IOException e) {
            throw new UncheckedIOException("a stream that keeps nothing refused bytes", e);
        }
    }

    /** The messages of entries and snapshots as a {@code .proto} file declares them. */
    public static String schema() {
        return ENTRIES.schema() + "\n" + PARTS.schema();
    }
}
