package runtime.spec;

/**
 * The root file system.
 *
 * @param path     folder on the host, absolute or relative to the bundle
 * @param readonly whether it is mounted read-only in the container
 */
public record Root(String path, boolean readonly) {}
