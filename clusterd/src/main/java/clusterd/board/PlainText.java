package clusterd.board;

import java.util.regex.Pattern;

/** Text that others wrote, without what would steer a screen or turn the writing around. */
public final class PlainText {
    /** ECMA-48: CSI with its parameters; OSC, DCS, APC and the like up to their end; two-letter escapes. */
    private static final Pattern ESCAPES = Pattern.compile(
            "\u001b\\[[0-?]*+[ -/]*+[@-~]|\u001b[\\]PX^_][^\u0007\u001b\n]*+(?:\u0007|\u001b\\\\)?|\u001b[ -/]*+[0-~]");
    private static final char REPLACEMENT = '\ufffd';

    private PlainText() {
    }

    /** The same without escape sequences; other control characters and marks of direction are replaced, line ends and tabs stay. */
    public static String of(String text) {
        String rest = text.indexOf('\u001b') < 0 ? text : ESCAPES.matcher(text).replaceAll("");
        StringBuilder changed = null;
        for (int at = 0; at < rest.length(); at++) {
            char each = rest.charAt(at);
            boolean bad = isSteering(each) || isHalf(rest, at);
            if (bad && changed == null) {
                changed = new StringBuilder(rest);
            }
            if (bad) {
                changed.setCharAt(at, REPLACEMENT);
            }
        }
        return changed == null ? rest : changed.toString();
    }

    private static boolean isSteering(char each) {
        return each < ' ' && each != '\n' && each != '\t' || each >= 0x7f && each < 0xa0
                || each >= 0x202a && each <= 0x202e || each >= 0x2066 && each <= 0x2069
                || each == 0x200e || each == 0x200f || each == 0x061c;
    }

    private static boolean isHalf(String text, int at) {
        char each = text.charAt(at);
        if (Character.isHighSurrogate(each)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(each) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
