package clusterd.model;

/** Whether tasks may be on a node. */
public enum Availability {
    /** They may. */
    ACTIVE,
    /** No further ones; those that are there stay. */
    PAUSE,
    /** None: those that are there go elsewhere. */
    DRAIN
}
