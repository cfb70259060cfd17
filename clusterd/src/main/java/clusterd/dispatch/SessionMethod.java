package clusterd.dispatch;

import clusterd.session.FromNode;
import clusterd.session.ToNode;
import clusterd.wire.MalformedRecordException;
import clusterd.wire.RecordCodec;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The one method of the service between nodes and managers: a stream each way of records as messages. */
public final class SessionMethod {
    /** Its service. */
    public static final String SERVICE = "jctl.session.v1.Session";

    /** The method. */
    public static final MethodDescriptor<FromNode, ToNode> OPEN = MethodDescriptor.<FromNode, ToNode>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Open"))
            .setRequestMarshaller(new Records<>(FromNode.class))
            .setResponseMarshaller(new Records<>(ToNode.class)).build();

    private SessionMethod() {
    }

    /** Records of one type as messages. */
    private static final class Records<T> implements MethodDescriptor.Marshaller<T> {
        private final RecordCodec<T> codec;

        Records(Class<T> type) {
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
}
