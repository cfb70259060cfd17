package clusterd.wire;

import clusterd.model.Decision;
import clusterd.model.Node;
import clusterd.model.Project;
import clusterd.model.Resources;
import clusterd.model.Service;
import clusterd.model.ServiceSpec;
import clusterd.model.Task;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/**
 * Records and the messages of {@code cluster.proto} that declare them, which have the same bytes.
 */
public final class Messages {
    private static final RecordCodec<ServiceSpec> SPECS = RecordCodec.of(ServiceSpec.class);
    private static final RecordCodec<Service> SERVICES = RecordCodec.of(Service.class);
    private static final RecordCodec<Task> TASKS = RecordCodec.of(Task.class);
    private static final RecordCodec<Node> NODES = RecordCodec.of(Node.class);
    private static final RecordCodec<Decision> DECISIONS = RecordCodec.of(Decision.class);
    private static final RecordCodec<Project> PROJECTS = RecordCodec.of(Project.class);
    private static final RecordCodec<Resources> RESOURCES = RecordCodec.of(Resources.class);

    private Messages() {
    }

    /** What a user wants; a record refuses some of what a message can say. */
    public static ServiceSpec spec(api.cluster.ServiceSpec message) throws MalformedRecordException {
        return SPECS.decode(message.toByteArray());
    }

    /** What a user wants of a project. */
    public static Project project(api.cluster.Project message) throws MalformedRecordException {
        return PROJECTS.decode(message.toByteArray());
    }

    /** As the message. */
    public static api.cluster.Service of(Service service) {
        return parse(SERVICES.encode(service), api.cluster.Service.parser());
    }

    /** As the message. */
    public static api.cluster.Task of(Task task) {
        return parse(TASKS.encode(task), api.cluster.Task.parser());
    }

    /** As the message. */
    public static api.cluster.Node of(Node node) {
        return parse(NODES.encode(node), api.cluster.Node.parser());
    }

    /** As the message. */
    public static api.cluster.Decision of(Decision decision) {
        return parse(DECISIONS.encode(decision), api.cluster.Decision.parser());
    }

    /** As the message. */
    public static api.cluster.Project of(Project project) {
        return parse(PROJECTS.encode(project), api.cluster.Project.parser());
    }

    /** As the message. */
    public static api.cluster.Resources of(Resources resources) {
        return parse(RESOURCES.encode(resources), api.cluster.Resources.parser());
    }

    private static <T extends MessageLite> T parse(byte[] bytes, Parser<T> parser) {
        try {
            return parser.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a record is not written as its message is declared", e);
        }
    }
}
