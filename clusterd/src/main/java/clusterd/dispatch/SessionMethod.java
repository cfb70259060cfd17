package clusterd.dispatch;

import clusterd.session.FromNode;
import clusterd.session.ToNode;
import io.grpc.MethodDescriptor;

/** The one method of the service between nodes and managers: a stream each way of records as messages. */
public final class SessionMethod {
    /** Its service. */
    public static final String SERVICE = "jctl.session.v1.Session";

    /** The method. */
    public static final MethodDescriptor<FromNode, ToNode> OPEN = MethodDescriptor.<FromNode, ToNode>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Open"))
            .setRequestMarshaller(new RecordMarshaller<>(FromNode.class))
            .setResponseMarshaller(new RecordMarshaller<>(ToNode.class)).build();

    private SessionMethod() {
    }
}
