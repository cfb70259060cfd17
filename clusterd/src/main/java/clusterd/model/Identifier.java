package clusterd.model;

/** What every id consists of. */
final class Identifier {
    private static final int LONGEST = 64;

    private Identifier() {
    }

    static void check(String kind, String value) {
        boolean fits = !value.isEmpty() && value.length() <= LONGEST;
        for (int i = 0; fits && i < value.length(); i++) {
            char c = value.charAt(i);
            fits = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-';
        }
        if (!fits) {
            throw new IllegalArgumentException(kind + " \"" + value
                    + "\": 1 to " + LONGEST + " letters, digits and - are expected");
        }
    }
}
