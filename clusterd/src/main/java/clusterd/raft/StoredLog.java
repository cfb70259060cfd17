package clusterd.raft;

import clusterd.raft.AppliedOnce.Proposal;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.CodedInputStream;

/** A voter's log as it lies on the disk, read beside Ratis: for people, to apply it again, and to save it. */
public final class StoredLog {
    private static final int HEADER_BYTES = 8;
    private static final int TRIES = 5;

    /**
     * An entry.
     *
     * @param index   its place
     * @param term    it was proposed in
     * @param content for the machine; empty: Raft's own
     */
    public record StoredEntry(long index, long term, Optional<byte[]> content) {
    }

    /**
     * What was read.
     *
     * @param snapshotIndex up to where the snapshot went; -1: there is none
     * @param lastIndex     the last entry that was applied or in the snapshot; -1: there is none
     */
    public record Read(long snapshotIndex, long lastIndex) {
    }

    private final Machine machine;
    private final Consumer<StoredEntry> seen;
    private final long upTo;
    private AppliedOnce once = new AppliedOnce();
    private long snapshotIndex = -1;
    private long lastIndex = -1;

    private StoredLog(Machine machine, Consumer<StoredEntry> seen, long upTo) {
        this.machine = machine;
        this.seen = seen;
        this.upTo = upTo;
    }

    /**
     * Restores the newest snapshot into a machine and applies what follows; entries before it that are still there
     * are told of alone.
     *
     * @param folder    of {@link Settings}
     * @param clusterId the group
     * @param machine   in its first state
     * @param upTo      the last entry to look at
     * @param seen      told of each entry, in order
     * @throws IOException if there is no log, or it is broken
     */
    public static Read read(Path folder, UUID clusterId, Machine machine, long upTo, Consumer<StoredEntry> seen)
            throws IOException {
        Path group = folder.resolve(clusterId.toString());
        StoredLog log = new StoredLog(machine, seen, upTo);
        Optional<Path> newest = Snapshots.newest(group.resolve("sm"));
        if (newest.isPresent()) {
            SnapshotFile.check(newest.get());
            SnapshotFile.read(newest.get(), (applied, content) -> {
                log.once = applied;
                machine.restore(new DataInputStream(content));
            });
            log.snapshotIndex = Snapshots.index(newest.get());
            log.lastIndex = log.snapshotIndex;
        }
        for (Path segment : LogFolder.segmentFiles(group)) {
            log.readSegment(segment);
        }
        return new Read(log.snapshotIndex, log.lastIndex);
    }

    /** A file may be closed, and so get another name, between being listed and being opened. */
    private void readSegment(Path segment) throws IOException {
        Path file = segment;
        for (int i = 1;; i++) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(Integer.MAX_VALUE - HEADER_BYTES, channel.size()));
                while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                    continue;
                }
                readEntries(file, bytes.flip());
                return;
            } catch (NoSuchFileException moved) {
                long first = LogFolder.first(segment);
                Optional<Path> now = LogFolder.segmentFiles(segment.getParent().getParent()).stream()
                        .filter(each -> LogFolder.first(each) == first).findFirst();
                if (now.isEmpty() && first <= snapshotIndex) {
                    return;
                }
                if (now.isEmpty() || i == TRIES) {
                    throw moved;
                }
                file = now.get();
            }
        }
    }

    private void readEntries(Path file, ByteBuffer bytes) throws IOException {
        int at = Math.min(bytes.limit(), HEADER_BYTES);
        while (at < bytes.limit()) {
            int end = SegmentScan.after(bytes, at, bytes.limit());
            if (end < 0) {
                return;
            }
            byte[] raw = new byte[end - Integer.BYTES - at];
            bytes.get(at, raw);
            at = end;
            CodedInputStream in = CodedInputStream.newInstance(raw);
            in.readRawVarint32();
            LogEntryProto entry = LogEntryProto.parseFrom(in);
            if (entry.getIndex() > upTo) {
                return;
            }
            if (lastIndex >= 0 && entry.getIndex() > Math.max(lastIndex, snapshotIndex) + 1) {
                throw new IOException("the log lacks the entries before " + entry.getIndex() + " in " + file
                        + ": the last one before is " + lastIndex);
            }
            apply(entry);
        }
    }

    private void apply(LogEntryProto entry) {
        Optional<byte[]> content = Optional.empty();
        if (entry.hasStateMachineLogEntry()) {
            StateMachineLogEntryProto proposed = entry.getStateMachineLogEntry();
            content = Envelope.open(proposed.getLogData());
            Proposal proposal = new Proposal(uuid(proposed.getClientId()), proposed.getCallId());
            if (entry.getIndex() > snapshotIndex && content.isPresent() && once.answer(proposal).isEmpty()) {
                once.remember(proposal, machine.apply(entry.getIndex(), content.get()));
            }
        }
        lastIndex = Math.max(lastIndex, entry.getIndex());
        seen.accept(new StoredEntry(entry.getIndex(), entry.getTerm(), content));
    }

    private static UUID uuid(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
