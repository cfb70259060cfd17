package runtime.plan;

/** Who performs a step. The first two run side by side from the keeper's {@code clone3(2)} on. */
public enum Lane {
    /** The keeper: outside the container, lives as long as the container does. */
    KEEPER,
    /** The process that becomes the container's program, or its init. */
    CONTAINER,
    /** The container's init, once it has become that. */
    INIT
}
