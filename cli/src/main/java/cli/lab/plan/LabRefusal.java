package cli.lab.plan;

/** What was asked of a lab cannot be; the message says why, and what to do, as a sentence for the user. */
public final class LabRefusal extends Exception {
    private static final long serialVersionUID = 1;

    /** @param reason a sentence without its full stop */
    public LabRefusal(String reason) {
        super(reason);
    }
}
