package clusterd.model;

/**
 * How far a change of a service has come.
 *
 * @param phase        where it stands
 * @param startedMillis when it began, milliseconds since 1970
 * @param message      why it paused or was taken back; {@code ""} otherwise
 */
public record UpdateStatus(Phase phase, long startedMillis, String message) {
    /** Never updated. */
    public static final UpdateStatus NONE = new UpdateStatus(Phase.NONE, 0, "");

    /** Where a change stands. */
    public enum Phase { NONE, UPDATING, PAUSED, COMPLETED, ROLLING_BACK, ROLLBACK_PAUSED, ROLLED_BACK }

    /** Whether tasks are being exchanged. */
    public boolean isUnderWay() {
        return phase == Phase.UPDATING || phase == Phase.ROLLING_BACK;
    }
}
