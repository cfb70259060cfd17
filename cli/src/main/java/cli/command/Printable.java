package cli.command;

/** Text of strangers on a terminal. */
final class Printable {
    private Printable() {}

    /** The same without control characters, which could move the cursor or worse: each is a question mark. */
    static String text(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return replaced(text, i);
            }
        }
        return text;
    }

    private static String replaced(String text, int from) {
        StringBuilder plain = new StringBuilder(text);
        for (int i = from; i < plain.length(); i++) {
            if (Character.isISOControl(plain.charAt(i))) {
                plain.setCharAt(i, '?');
            }
        }
        return plain.toString();
    }
}
