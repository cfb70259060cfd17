package runtime.node;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** A filter's name as docker takes it: a regular expression that fits somewhere in the name. */
final class NamePattern {
    /** So many looks at the name; an expression that takes more is given up. */
    private static final int MOST_LOOKS = 100_000;

    private NamePattern() {}

    /** Whether it fits; what is no regular expression must be a part of the name. */
    static boolean fits(String pattern, String name) {
        if (name.contains(pattern)) {
            return true;
        }
        try {
            return Pattern.compile(pattern).matcher(new Watched(name, new int[1])).find()
                    || Pattern.compile(pattern).matcher(
                            new Watched("/" + name, new int[1])).find();
        } catch (PatternSyntaxException plain) {
            return false;
        }
    }

    /** Ends what would look at it for ever. */
    private record Watched(String text, int[] looks) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++looks[0] > MOST_LOOKS) {
                throw FilterTerms.refused("the name in the filter is too costly an expression;"
                        + " write a simpler one");
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
