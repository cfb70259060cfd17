package runtime.device;

/** A device that cannot be had; the message is for the user. */
public final class DeviceException extends Exception {
    private static final long serialVersionUID = 1;

    /** With a sentence that says what to do. */
    public DeviceException(String message) {
        super(message);
    }
}
