package clusterd.executor;

import clusterd.model.TaskStatus;
import clusterd.session.AssignedFile;
import clusterd.session.Assignment;
import clusterd.template.RegistryLogin;
import java.util.List;

/**
 * What a node keeps of a task on disk.
 *
 * @param assignment without the bytes of its secrets and the login of its image's registry
 * @param status     the end it came to, or what was known when this was written
 * @param bootId     of the life of the host in which its container was last started or was to be
 */
public record StoredTask(Assignment assignment, TaskStatus status, String bootId) {
    /** Leaves the secrets' bytes and the login out, whoever makes it. */
    public StoredTask {
        List<AssignedFile> files = assignment.files().stream().map(file -> !file.secret() ? file
                : new AssignedFile(file.name(), true, file.target(), file.userId(), file.groupId(), file.mode(),
                        new byte[0])).toList();
        assignment = assignment.with(files).with(RegistryLogin.leftOut(assignment.template()));
    }
}
