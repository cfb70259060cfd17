package linux.proc;

/**
 * Numbers found in the bytes of a kernel file, without making strings of them: for what is read every
 * second. Whatever is not as expected is {@link #ABSENT}; nothing throws.
 */
public final class NumberScan {
    /** No such number. */
    public static final long ABSENT = -1;

    private NumberScan() {}

    /** The number a text begins with; {@code max} and what is beyond 63 bits is the largest long. */
    public static long first(byte[] text, int length) {
        if (length >= 3 && text[0] == 'm' && text[1] == 'a' && text[2] == 'x') {
            return Long.MAX_VALUE;
        }
        return at(text, 0, length);
    }

    /** The number after a key at the beginning of a line, as in {@code KEY NUMBER}. */
    public static long keyed(byte[] text, int length, byte[] key) {
        int line = 0;
        while (line < length) {
            int end = line + key.length;
            if (end < length && text[end] == ' ' && startsWith(text, line, key)) {
                return at(text, end + 1, length);
            }
            line = afterLine(text, line, length);
        }
        return ABSENT;
    }

    /** The digits from a place on, after blanks. */
    public static long at(byte[] text, int from, int length) {
        int place = from;
        while (place < length && text[place] == ' ') {
            place++;
        }
        int digits = place;
        long number = 0;
        while (place < length && text[place] >= '0' && text[place] <= '9') {
            int digit = text[place++] - '0';
            number = number > (Long.MAX_VALUE - digit) / 10 ? Long.MAX_VALUE : number * 10 + digit;
        }
        return place == digits ? ABSENT : number;
    }

    /** Where the next line begins; {@code length} after the last. */
    public static int afterLine(byte[] text, int from, int length) {
        int place = from;
        while (place < length && text[place] != '\n') {
            place++;
        }
        return Math.min(place + 1, length);
    }

    /** Whether the bytes stand at a place; the caller knows that so many are there. */
    public static boolean startsWith(byte[] text, int place, byte[] wanted) {
        for (int i = 0; i < wanted.length; i++) {
            if (text[place + i] != wanted[i]) {
                return false;
            }
        }
        return true;
    }
}
