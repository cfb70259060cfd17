package runtime.store;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import runtime.image.TarFormatException;

/**
 * Unpacks gzip (RFC 1952) with several members one after another, as pigz and stargz write them.
 *
 * <p>Not {@link java.util.zip.GZIPInputStream}: that one takes a stream whose {@code available()} is 0
 * to have ended after the first member, and reads in small pieces.
 */
final class GzipStream extends InputStream {
    private static final int INPUT_BYTES = 64 << 10;
    private static final int MAGIC = 0x8B1F;
    private static final int DEFLATE = 8;
    private static final int FLAG_HEADER_CHECKSUM = 2;
    private static final int FLAG_EXTRA = 4;
    private static final int FLAG_NAME = 8;
    private static final int FLAG_COMMENT = 16;
    private static final int RESERVED_FLAGS = 0xE0;

    private final InputStream in;
    private final byte[] input = new byte[INPUT_BYTES];
    private int at;
    private int end;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 checksum = new CRC32();
    private boolean startedOnce;
    private boolean inMember;
    private boolean ended;

    GzipStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!ended) {
            if (!inMember && !startMember()) {
                ended = true;
                break;
            }
            int count = inflate(into, offset, length);
            if (count > 0) {
                checksum.update(into, offset, count);
                return count;
            }
            if (inflater.finished()) {
                endMember();
            }
        }
        return -1;
    }

    private int inflate(byte[] into, int offset, int length) throws IOException {
        try {
            if (inflater.needsInput()) {
                if (at == end && !fill()) {
                    throw cut();
                }
                inflater.setInput(input, at, end - at);
                at = end;
            }
            int count = inflater.inflate(into, offset, length);
            if (count == 0 && inflater.needsDictionary()) {
                throw damaged("it asks for a dictionary");
            }
            return count;
        } catch (DataFormatException e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    /** False if the stream ends here, or only zeros follow, which tape and tar tools add. */
    private boolean startMember() throws IOException {
        int first = next();
        while (startedOnce && first == 0) {
            first = next();
        }
        if (first < 0) {
            return false;
        }
        if ((first | must() << 8) != MAGIC || must() != DEFLATE) {
            throw damaged("what follows is not gzip");
        }
        int flags = must();
        if ((flags & RESERVED_FLAGS) != 0) {
            throw damaged("its header has unknown flags");
        }
        skip(6);
        if ((flags & FLAG_EXTRA) != 0) {
            skip(must() | must() << 8);
        }
        for (int flag : new int[] {FLAG_NAME, FLAG_COMMENT}) {
            if ((flags & flag) != 0) {
                skipText();
            }
        }
        if ((flags & FLAG_HEADER_CHECKSUM) != 0) {
            skip(2);
        }
        startedOnce = true;
        inMember = true;
        inflater.reset();
        checksum.reset();
        return true;
    }

    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        inMember = false;
        long stated = must32();
        if (stated != checksum.getValue()) {
            throw damaged("its checksum is wrong");
        }
        if (must32() != (inflater.getBytesWritten() & 0xFFFF_FFFFL)) {
            throw damaged("its length is wrong");
        }
    }

    private long must32() throws IOException {
        return must() | must() << 8 | must() << 16 | (long) must() << 24;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            must();
        }
    }

    private void skipText() throws IOException {
        int b;
        do {
            b = must();
        } while (b != 0);
    }

    private int must() throws IOException {
        int b = next();
        if (b < 0) {
            throw cut();
        }
        return b;
    }

    private int next() throws IOException {
        if (at == end && !fill()) {
            return -1;
        }
        return input[at++] & 0xFF;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = Math.max(0, in.read(input, 0, input.length));
        return end > 0;
    }

    private static EOFException cut() {
        return new EOFException("the archive ends too early, in the middle of its gzip data");
    }

    private static TarFormatException damaged(String why) {
        return new TarFormatException("the archive is damaged: its gzip data is broken, " + why);
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
