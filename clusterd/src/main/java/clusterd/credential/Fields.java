package clusterd.credential;

import java.util.List;
import java.util.Locale;

/**
 * Text that people copy, {@code PREFIX-field-field…}: its letters, its parts and its checksum, each mistake
 * told by itself.
 */
final class Fields {
    private Fields() {}

    /** Joins bytes to text; the last part is followed by the checksum over all before it. */
    static String write(String prefix, List<byte[]> parts) {
        String text = prefix + String.join("-", parts.stream().map(Letters::write).toList());
        return text + Letters.checksum(text);
    }

    /**
     * The parts again.
     *
     * @param what  what the text is, for messages
     * @param sizes how many bytes each part has
     * @throws CredentialException on any mistake, with a sentence that does not repeat the text: it is secret
     */
    static List<byte[]> read(String what, String prefix, String text, List<Integer> sizes) {
        String copyAgain = "; copy the whole " + what + " again";
        String stripped = text.strip();
        if (stripped.isEmpty()) {
            throw new CredentialException("no " + what + " is given; it begins with " + prefix);
        }
        if (!stripped.chars().allMatch(c -> c > ' ' && c < 127)) {
            throw new CredentialException("the " + what + " has letters of another script, or spaces within;"
                    + " it consists of capitals, digits and dashes" + copyAgain);
        }
        checkBeginning(what, prefix, stripped, copyAgain);
        if (stripped.chars().anyMatch(c -> c >= 'a' && c <= 'z')) {
            throw new CredentialException("the " + what + " has small letters: it is written in capitals"
                    + copyAgain);
        }
        int expected = prefix.length() + sizes.stream().mapToInt(Letters::length).sum() + sizes.size() - 1
                + Letters.checksumLength();
        if (stripped.length() != expected) {
            throw new CredentialException("the " + what + " is " + (stripped.length() < expected
                    ? "cut short" : "too long") + ": it has " + stripped.length() + " characters of "
                    + expected + copyAgain);
        }
        String body = stripped.substring(0, expected - Letters.checksumLength());
        if (!stripped.endsWith(Letters.checksum(body))) {
            throw new CredentialException("the " + what + " has a typo: its last four letters do not fit the"
                    + " others" + copyAgain);
        }
        return split(what, body.substring(prefix.length()), sizes);
    }

    private static void checkBeginning(String what, String prefix, String text, String copyAgain) {
        if (text.startsWith(prefix)) {
            return;
        }
        if (text.toUpperCase(Locale.ROOT).startsWith(prefix)) {
            throw new CredentialException("the " + what + " has small letters: it is written in capitals"
                    + copyAgain);
        }
        String family = prefix.substring(0, prefix.indexOf('-') + 1);
        if (prefix.startsWith(text)) {
            throw new CredentialException("the " + what + " is cut short" + copyAgain);
        }
        throw new CredentialException(text.startsWith(family)
                ? "the " + what + " is of a version that this jctl does not know: it begins with " + prefix
                        + " here; use the version of jctl that the managers have"
                : "this is no " + what + ": one begins with " + prefix + copyAgain);
    }

    private static List<byte[]> split(String what, String body, List<Integer> sizes) {
        String[] parts = body.split("-", -1);
        if (parts.length != sizes.size()) {
            throw new CredentialException("the " + what + " has " + parts.length + " parts after its beginning,"
                    + " not " + sizes.size() + "; copy the whole " + what + " again");
        }
        byte[][] read = new byte[parts.length][];
        for (int i = 0; i < parts.length; i++) {
            read[i] = Letters.read(parts[i], what);
            if (read[i].length != sizes.get(i) || parts[i].length() != Letters.length(sizes.get(i))) {
                throw new CredentialException("part " + (i + 1) + " of the " + what + " has a wrong length;"
                        + " copy the whole " + what + " again");
            }
        }
        return List.of(read);
    }
}
