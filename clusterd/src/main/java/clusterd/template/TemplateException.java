package clusterd.template;

/** A template says what cannot be done for any task; the message says what, and where. */
public final class TemplateException extends Exception {
    /** @param message a sentence for the user */
    public TemplateException(String message) {
        super(message);
    }

    /** @param message a sentence for the user */
    public TemplateException(String message, Throwable cause) {
        super(message, cause);
    }
}
