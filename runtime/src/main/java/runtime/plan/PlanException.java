package runtime.plan;

/** A spec that cannot be launched: it names something this version or the host does not do. */
public final class PlanException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what is asked for, why it cannot be, and what to do */
    public PlanException(String message) {
        super(message);
    }
}
