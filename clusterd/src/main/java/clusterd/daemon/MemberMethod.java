package clusterd.daemon;

import clusterd.dispatch.RecordMarshaller;
import io.grpc.MethodDescriptor;

/** How a node that becomes a manager or witness asks the managers. */
final class MemberMethod {
    static final String SERVICE = "jctl.member.v1.Member";

    static final MethodDescriptor<MemberRequest, MemberAnswer> ASK =
            MethodDescriptor.<MemberRequest, MemberAnswer>newBuilder()
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, "Ask"))
                    .setRequestMarshaller(new RecordMarshaller<>(MemberRequest.class))
                    .setResponseMarshaller(new RecordMarshaller<>(MemberAnswer.class)).build();

    private MemberMethod() {
    }
}
