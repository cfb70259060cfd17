package runtime.cgroup;

/** One act on the cgroup file system. */
public sealed interface CgroupStep {

    /** The absolute path it acts on. */
    String path();

    /** Why it is done, for people. */
    String reason();

    /**
     * {@code mkdir(2)}, mode 0755.
     *
     * @param mayExist whether EEXIST is fine
     */
    record MakeDirectory(String path, boolean mayExist, String reason) implements CgroupStep {}

    /**
     * One {@code write(2)} of the whole value to an existing file; the kernel takes one setting per
     * write.
     *
     * @param optional whether a failure is to be passed over
     */
    record WriteFile(String path, String value, boolean optional, String reason)
            implements CgroupStep {}

    /** Writes what another file says, unless this one says something already. */
    record CopyIfEmpty(String from, String path, String reason) implements CgroupStep {}
}
