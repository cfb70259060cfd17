package linux.socket;

/**
 * Who is at the other end of a Unix socket, as the kernel recorded it when the connection was made
 * ({@code SO_PEERCRED}, {@code unix(7)}).
 *
 * @param pid process id in the reader's pid namespace, 0 if the process is not in it
 * @param uid effective user id
 * @param gid effective group id
 */
public record PeerCredentials(int pid, int uid, int gid) {}
