package cli.command;

import java.util.Arrays;

/**
 * Looks for the keys that detach from a container in what is typed. Keys that begin the sequence are
 * held back until it is clear that they are none.
 */
final class DetachKeys {
    /** What docker uses: ctrl-p, ctrl-q. */
    static final String USUAL = "ctrl-p,ctrl-q";

    private final byte[] keys;
    private int matched;
    private boolean found;

    /**
     * @param words "ctrl-p,ctrl-q": letters and digits as they are, ctrl- with a letter or one of
     *     @[\]^_; empty for no keys at all
     */
    DetachKeys(String words) throws UsageException {
        keys = words.isEmpty() ? new byte[0] : parse(words);
    }

    private static byte[] parse(String words) throws UsageException {
        String[] names = words.split(",", -1);
        byte[] keys = new byte[names.length];
        for (int i = 0; i < names.length; i++) {
            keys[i] = key(words, names[i]);
        }
        return keys;
    }

    private static byte key(String words, String name) throws UsageException {
        if (name.length() == 1 && name.charAt(0) < 0x80) {
            return (byte) name.charAt(0);
        }
        if (name.length() == 6 && name.startsWith("ctrl-")) {
            char letter = name.charAt(5);
            if (letter >= 'a' && letter <= 'z') {
                return (byte) (letter - 'a' + 1);
            }
            if (letter >= '@' && letter <= '_') {
                return (byte) (letter - '@');
            }
        }
        throw Arguments.invalid("detach-keys", words, "unknown key \"" + name + "\"");
    }

    /** What of the input goes on to the container; after {@link #found} nothing does. */
    byte[] pass(byte[] input, int length) {
        if (keys.length == 0) {
            return Arrays.copyOf(input, length);
        }
        byte[] passed = new byte[length + keys.length];
        int count = 0;
        for (int i = 0; i < length && !found; i++) {
            while (matched > 0 && input[i] != keys[matched]) {
                // Let go of the first held key; what follows it may begin the sequence again.
                int held = matched;
                matched = longestBorder(held);
                for (int j = 0; j < held - matched; j++) {
                    passed[count++] = keys[j];
                }
            }
            if (input[i] == keys[matched]) {
                matched++;
                found = matched == keys.length;
            } else {
                passed[count++] = input[i];
            }
        }
        return Arrays.copyOf(passed, count);
    }

    /** Whether the whole sequence was typed. */
    boolean found() {
        return found;
    }

    /** The length of the longest proper prefix of the first keys that also ends them. */
    private int longestBorder(int length) {
        for (int border = length - 1; border > 0; border--) {
            if (Arrays.equals(keys, 0, border, keys, length - border, length)) {
                return border;
            }
        }
        return 0;
    }
}
