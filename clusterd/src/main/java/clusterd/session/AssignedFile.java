package clusterd.session;

import java.util.Arrays;

/**
 * A secret or configuration on its way into a task.
 *
 * @param name    of it
 * @param secret  whether it is a secret: kept in memory, never on the node's disk
 * @param target  path in the container
 * @param userId  of the file's owner, in the container
 * @param groupId of the file, in the container
 * @param mode    permission bits
 * @param data    its bytes
 */
public record AssignedFile(String name, boolean secret, String target, int userId, int groupId, int mode,
        byte[] data) {
    /** Copies the bytes. */
    public AssignedFile {
        data = data.clone();
    }

    @Override
    public byte[] data() {
        return data.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AssignedFile that && name.equals(that.name) && secret == that.secret
                && target.equals(that.target) && userId == that.userId && groupId == that.groupId
                && mode == that.mode && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return (secret ? "secret " : "config ") + name + " at " + target;
    }
}
