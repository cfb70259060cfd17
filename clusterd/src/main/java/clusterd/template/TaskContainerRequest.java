package clusterd.template;

import api.node.CreateContainerRequest;
import api.node.Mount;
import clusterd.model.ContainerTemplate;
import clusterd.session.AssignedFile;
import clusterd.session.Assignment;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;

/** What a node is asked to make for a task. */
public final class TaskContainerRequest {
    private TaskContainerRequest() {
    }

    /**
     * The template's container with the task's name, labels, files and values.
     *
     * @param nodeId  of the node
     * @param sources where on the host each of the assignment's files lies, in their order
     * @throws TemplateException if the template cannot be read, or has a placeholder that stands for nothing
     */
    public static CreateContainerRequest of(Assignment assignment, String nodeId, List<String> sources)
            throws TemplateException {
        ContainerTemplate template = assignment.template().container();
        TaskNames names = new TaskNames(assignment, nodeId);
        CreateContainerRequest options = decode(template);
        CreateContainerRequest.Builder request = options.toBuilder()
                .setImage(template.image())
                .setName(names.container())
                .setHostname(names.expand(options.getHostname()))
                .putLabels(TaskNames.TASK_LABEL, assignment.task().value())
                .putLabels(TaskNames.SERVICE_LABEL, assignment.service().value())
                .putLabels(TaskNames.SERVICE_NAME_LABEL, assignment.serviceName())
                .putLabels(TaskNames.SLOT_LABEL, Integer.toString(assignment.slot()))
                .setLeased(assignment.unique())
                .clearInteractive()
                .clearAutoRemove()
                .clearRestart()
                .clearEnv()
                .clearMounts();
        for (String variable : options.getEnvList()) {
            request.addEnv(names.expand(variable));
        }
        for (Mount mount : options.getMountsList()) {
            request.addMounts(mount.toBuilder().setSource(names.expand(mount.getSource())));
        }
        for (int i = 0; i < sources.size(); i++) {
            request.addMounts(Mount.newBuilder().setKind(Mount.Kind.BIND).setSource(sources.get(i))
                    .setTarget(target(assignment.files().get(i))).setReadOnly(true));
        }
        return request.build();
    }

    /** As docker has it: a name alone is of {@code /run/secrets}, or of the root folder. */
    static String target(AssignedFile file) {
        String target = file.target().isEmpty() ? file.name() : file.target();
        return target.startsWith("/") ? target : (file.secret() ? "/run/secrets/" : "/") + target;
    }

    /** The template's options. */
    static CreateContainerRequest decode(ContainerTemplate template) throws TemplateException {
        try {
            return CreateContainerRequest.parseFrom(template.options());
        } catch (InvalidProtocolBufferException malformed) {
            throw new TemplateException("the container's options cannot be read: " + malformed.getMessage(),
                    malformed);
        }
    }
}
