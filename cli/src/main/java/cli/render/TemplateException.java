package cli.render;

/** A --format that cannot be read, or does not fit what it is applied to. */
public final class TemplateException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what is wrong, quoting the place */
    public TemplateException(String message) {
        super("template: " + message);
    }
}
