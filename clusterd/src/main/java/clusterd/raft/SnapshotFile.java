package clusterd.raft;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import org.apache.ratis.server.protocol.TermIndex;

/**
 * A snapshot on disk: eight bytes of magic, the kind of the member that wrote it, term and index, what was
 * {@linkplain AppliedOnce applied once}, what the machine wrote, and SHA-256 over all that.
 */
final class SnapshotFile {
    private static final byte[] MAGIC = {'J', 'C', 'T', 'L', 'S', 'N', 'P', '1'};
    private static final int DIGEST_BYTES = 32;
    private static final int BUFFER_BYTES = 64 * 1024;

    private SnapshotFile() {}

    /**
     * What a whole file says of itself.
     *
     * @param md5 over the file, for Ratis, which sends it along with the file
     */
    record Header(MemberKind kind, TermIndex at, byte[] md5) {}

    /** What is to be written. */
    record Content(MemberKind kind, TermIndex at, AppliedOnce applied, Machine.SnapshotWriter machine) {}

    /** Takes what is read from a file. */
    @FunctionalInterface
    interface Reader {
        void read(AppliedOnce applied, InputStream machine) throws IOException;
    }

    /** Writes a new file and forces it to the disk. */
    static void write(Path file, Content content) throws IOException {
        MessageDigest sha = digest("SHA-256");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            OutputStream raw = new BufferedOutputStream(Channels.newOutputStream(channel), BUFFER_BYTES);
            DataOutputStream out = new DataOutputStream(new DigestOutputStream(raw, sha));
            out.write(MAGIC);
            out.writeByte(content.kind().ordinal());
            out.writeLong(content.at().getTerm());
            out.writeLong(content.at().getIndex());
            content.applied().writeTo(out);
            content.machine().writeTo(out);
            out.flush();
            raw.write(sha.digest());
            raw.flush();
            channel.force(true);
        }
    }

    /**
     * Reads a file through, to see whether it is whole.
     *
     * @throws IOException that names the file, if it is not
     */
    static Header check(Path file) throws IOException {
        long size = Files.size(file);
        MessageDigest sha = digest("SHA-256");
        MessageDigest md5 = digest("MD5");
        byte[] head = new byte[MAGIC.length + 1 + 2 * Long.BYTES];
        if (size < head.length + Integer.BYTES + DIGEST_BYTES) {
            throw broken(file, "it has " + size + " bytes, fewer than any snapshot");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
            in.mark(head.length);
            in.readNBytes(head, 0, head.length);
            in.reset();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (long left = size - DIGEST_BYTES; left > 0;) {
                int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (read < 0) {
                    throw broken(file, "it ends while it is read");
                }
                sha.update(buffer, 0, read);
                md5.update(buffer, 0, read);
                left -= read;
            }
            byte[] expected = in.readNBytes(DIGEST_BYTES);
            md5.update(expected);
            if (!Arrays.equals(MAGIC, Arrays.copyOf(head, MAGIC.length))) {
                throw broken(file, "it does not begin as a snapshot does");
            }
            if (!MessageDigest.isEqual(expected, sha.digest())) {
                throw broken(file, "its SHA-256 does not match");
            }
        }
        DataInputStream fields = new DataInputStream(new java.io.ByteArrayInputStream(head));
        fields.skipNBytes(MAGIC.length);
        int kind = fields.readByte();
        if (kind < 0 || kind >= MemberKind.values().length) {
            throw broken(file, "it was written by a member of an unknown kind, " + kind);
        }
        return new Header(MemberKind.values()[kind], TermIndex.valueOf(fields.readLong(), fields.readLong()),
                md5.digest());
    }

    /** Reads the content of a file that was {@linkplain #check checked}. */
    static void read(Path file, Reader reader) throws IOException {
        try (InputStream raw = Files.newInputStream(file)) {
            long content = Files.size(file) - DIGEST_BYTES;
            DataInputStream in = new DataInputStream(
                    new BufferedInputStream(new Bounded(raw, content), BUFFER_BYTES));
            in.skipNBytes(MAGIC.length + 1 + 2 * Long.BYTES);
            AppliedOnce applied = AppliedOnce.readFrom(in);
            reader.read(applied, in);
        }
    }

    private static IOException broken(Path file, String why) {
        return new LogException(LogException.Kind.STORAGE, "the snapshot " + file + " is broken: " + why
                + ". If other members are well, take this one out of the group, empty its data folder and let it"
                + " join again; if it is alone, restore a backup");
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK lacks " + algorithm, e);
        }
    }

    /** Ends before the check sum. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long bytes) {
            super(in);
            left = bytes;
        }

        @Override
        public int read() throws IOException {
            int read = left > 0 ? super.read() : -1;
            left -= read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left <= 0) {
                return length == 0 ? 0 : -1;
            }
            int read = super.read(buffer, offset, (int) Math.min(length, left));
            left -= Math.max(read, 0);
            return read;
        }

        @Override
        public long skip(long bytes) throws IOException {
            long skipped = super.skip(Math.min(bytes, left));
            left -= skipped;
            return skipped;
        }
    }
}
