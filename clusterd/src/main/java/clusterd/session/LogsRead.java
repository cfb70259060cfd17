package clusterd.session;

/**
 * The end of a reading, from the manager's side.
 *
 * @param chunks that were passed on
 */
public record LogsRead(long chunks) {
}
