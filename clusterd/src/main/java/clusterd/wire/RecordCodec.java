package clusterd.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Records as protobuf messages and back, so that the log and its snapshots can be read by a later version and
 * by other languages, without a second set of types.
 *
 * <p>A record is a message whose fields are its components, numbered from 1 in their order; so components are
 * only ever added at the end, and what an older version wrote lacks them: it is read as zero, empty or absent.
 * A sealed interface is a message with one field, numbered by the order of its permitted types. A record of one
 * scalar component (an id) is written as that scalar. Enums are their ordinals, optionals are absent or present,
 * lists and sets are repeated fields, maps are repeated entries of key 1 and value 2 in the order of keys: equal
 * values have equal bytes. Numbers, and times in milliseconds, are {@code int64}, {@code bool} or {@code double}.
 *
 * @param <T> a record, or a sealed interface of records
 */
public final class RecordCodec<T> {
    private final Class<T> type;
    private final MessageShape shape;

    private RecordCodec(Class<T> type) {
        this.type = type;
        this.shape = MessageShape.of(type);
    }

    /** For a type whose components are all of the kinds named above; others are a mistake in the program. */
    public static <T> RecordCodec<T> of(Class<T> type) {
        return new RecordCodec<>(type);
    }

    /** As a message. */
    public byte[] encode(T value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 512);
        try {
            shape.write(value, out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("an array refused bytes", e);
        }
        return bytes.toByteArray();
    }

    /**
     * What {@link #encode} was given.
     *
     * @throws MalformedRecordException if the bytes are cut short, of another type, or hold what the type's own
     *                                  checks refuse
     */
    public T decode(byte[] bytes) throws MalformedRecordException {
        try {
            return type.cast(shape.read(CodedInputStream.newInstance(bytes)));
        } catch (MalformedRecordException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new MalformedRecordException(type, e);
        }
    }

    /** The messages as a {@code .proto} file would declare them, for other readers and to see that it stays. */
    public String schema() {
        return Schema.of(shape);
    }
}
