package clusterd.credential;

/** Text of unknown origin, made fit for a message: short, and without control characters. */
public final class Shown {
    private static final int LONGEST = 80;

    private Shown() {}

    /** At most 80 characters of it; what a terminal could obey is replaced. */
    public static String of(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints().limit(LONGEST).map(c -> Character.isISOControl(c) || !Character.isDefined(c)
                || Character.getType(c) == Character.FORMAT || Character.getType(c) == Character.SURROGATE
                ? '?' : c).forEach(shown::appendCodePoint);
        return text.codePointCount(0, text.length()) > LONGEST ? shown + "…" : shown.toString();
    }
}
