package runtime.image;

/** An image name or document that does not obey its grammar; the message says which part and why. */
public final class ImageFormatException extends Exception {
    private static final int SHOWN_CHARACTERS = 120;

    public ImageFormatException(String message) {
        super(message);
    }

    public ImageFormatException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Text that came from outside, made fit to stand in a message: shortened, without control
     * characters, so that a hostile document cannot write to the reader's terminal.
     */
    public static String shown(String text) {
        StringBuilder shown = new StringBuilder("\"");
        text.codePoints().limit(SHOWN_CHARACTERS).forEach(point -> {
            if (isPrintable(point)) {
                shown.appendCodePoint(point);
            } else {
                shown.append(String.format("\\u%04x", point));
            }
        });
        shown.append('"');
        if (text.codePointCount(0, text.length()) > SHOWN_CHARACTERS) {
            shown.append("… (").append(text.length()).append(" characters)");
        }
        return shown.toString();
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.UNASSIGNED,
                 Character.PRIVATE_USE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }
}
