package clusterd.dispatch;

import clusterd.session.FromNode;
import clusterd.session.LogChunk;
import clusterd.session.LogsRead;
import clusterd.session.ToNode;
import io.grpc.MethodDescriptor;

/** The service between nodes and managers: streams of records as messages. */
public final class SessionMethod {
    /** Its service. */
    public static final String SERVICE = "jctl.session.v1.Session";

    /** The session itself: a stream each way. */
    public static final MethodDescriptor<FromNode, ToNode> OPEN = MethodDescriptor.<FromNode, ToNode>newBuilder()
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Open"))
            .setRequestMarshaller(new RecordMarshaller<>(FromNode.class))
            .setResponseMarshaller(new RecordMarshaller<>(ToNode.class)).build();

    /** What tasks wrote, from a node to a manager that asked for it in the session. */
    public static final MethodDescriptor<LogChunk, LogsRead> LOGS = MethodDescriptor.<LogChunk, LogsRead>newBuilder()
            .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
            .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Logs"))
            .setRequestMarshaller(new RecordMarshaller<>(LogChunk.class))
            .setResponseMarshaller(new RecordMarshaller<>(LogsRead.class)).build();

    private SessionMethod() {
    }
}
