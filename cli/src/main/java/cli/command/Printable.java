package cli.command;

/** Text of strangers on a terminal. */
final class Printable {
    private Printable() {}

    /** The same without control characters, which could move the cursor or worse: each is a question mark. */
    static String text(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return replaced(text, i, false);
            }
        }
        return text;
    }

    /** The same, but line ends and tabs stay. */
    static String lines(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isHarmful(text.charAt(i))) {
                return replaced(text, i, true);
            }
        }
        return text;
    }

    private static boolean isHarmful(char character) {
        return Character.isISOControl(character) && character != '\n' && character != '\t';
    }

    private static String replaced(String text, int from, boolean lines) {
        StringBuilder plain = new StringBuilder(text);
        for (int i = from; i < plain.length(); i++) {
            char character = plain.charAt(i);
            if (lines ? isHarmful(character) : Character.isISOControl(character)) {
                plain.setCharAt(i, '?');
            }
        }
        return plain.toString();
    }
}
