package clusterd.dispatch;

import clusterd.wire.MalformedRecordException;
import clusterd.wire.RecordCodec;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Records of one type as the messages of calls.
 *
 * @param <T> a record or a choice of records
 */
public final class RecordMarshaller<T> implements MethodDescriptor.Marshaller<T> {
    private final RecordCodec<T> codec;

    /** Of that type. */
    public RecordMarshaller(Class<T> type) {
        this.codec = RecordCodec.of(type);
    }

    @Override
    public InputStream stream(T value) {
        return new ByteArrayInputStream(codec.encode(value));
    }

    @Override
    public T parse(InputStream stream) {
        try {
            return codec.decode(stream.readAllBytes());
        } catch (MalformedRecordException e) {
            throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).withCause(e).asRuntimeException();
        } catch (IOException e) {
            throw Status.INTERNAL.withDescription("a message cannot be read").withCause(e)
                    .asRuntimeException();
        }
    }
}
