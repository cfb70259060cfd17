package clusterd.model;

/**
 * A secret or configuration that a task finds as a file.
 *
 * @param name   of the secret or configuration
 * @param target path in the container
 * @param userId of the file's owner, in the container
 * @param groupId of the file, in the container
 * @param mode   permission bits
 */
public record FileReference(String name, String target, int userId, int groupId, int mode) {
}
