package runtime.plan;

/** Why a container has each kind of file system. */
final class MountReasons {
    private MountReasons() {}

    static String of(String type) {
        return switch (type) {
            case "proc" -> "only the processes of this PID namespace are seen";
            case "sysfs" -> "devices and kernel settings, as this network namespace sees them";
            case "devpts" -> "terminals of its own";
            case "mqueue" -> "POSIX message queues of this IPC namespace";
            case "hugetlbfs" -> "huge pages, for whoever maps its files";
            case "tmpfs" -> "memory of its own, gone with the container";
            default -> "as the spec says";
        };
    }
}
