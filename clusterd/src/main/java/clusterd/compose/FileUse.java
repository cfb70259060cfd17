package clusterd.compose;

/**
 * A secret or configuration that a service's containers find as a file.
 *
 * @param source  as the file calls it
 * @param target  absolute path in the container
 * @param userId  of its owner, in the container
 * @param groupId of it, in the container
 * @param mode    permission bits
 */
public record FileUse(String source, String target, int userId, int groupId, int mode) {
}
