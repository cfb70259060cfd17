package clusterd.raft;

import java.util.Optional;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/** What stands in the log: a byte that says what it is, and an entry's bytes. */
final class Envelope {
    private static final byte ENTRY = 0;
    private static final byte MARK = 1;

    private Envelope() {}

    static Message entry(byte[] entry) {
        byte[] bytes = new byte[entry.length + 1];
        bytes[0] = ENTRY;
        System.arraycopy(entry, 0, bytes, 1, entry.length);
        return Message.valueOf(UnsafeByteOperations.unsafeWrap(bytes));
    }

    /** Of no meaning but for its place. */
    static Message mark() {
        return Message.valueOf(UnsafeByteOperations.unsafeWrap(new byte[] {MARK}));
    }

    /** The entry for the machine; empty: it is a mark. */
    static Optional<byte[]> open(ByteString bytes) {
        if (bytes.isEmpty() || (bytes.byteAt(0) != ENTRY && bytes.byteAt(0) != MARK)) {
            throw new IllegalArgumentException("the log holds something of a kind that this version does not know");
        }
        return bytes.byteAt(0) == MARK ? Optional.empty() : Optional.of(bytes.substring(1).toByteArray());
    }
}
