package clusterd.compose;

import java.util.Collection;

/** Guesses what a misspelt key was to be. */
final class NearestName {
    private static final int LONGEST = 64;
    private static final int MOST_NAMES = 200;

    private NearestName() {
    }

    /** {@code ", did you mean "ports"?"}; {@code ""} if all names are quite another. */
    static String hint(String word, Collection<String> known) {
        String nearest = "";
        int fewest = Math.max(2, word.length() / 3) + 1;
        if (word.length() > LONGEST || known.size() > MOST_NAMES) {
            return "";
        }
        for (String candidate : known) {
            int changes = Math.abs(word.length() - candidate.length()) < fewest ? changes(word, candidate) : fewest;
            if (changes < fewest) {
                fewest = changes;
                nearest = candidate;
            }
        }
        return nearest.isEmpty() ? "" : ", did you mean \"" + nearest + "\"?";
    }

    /** Letters to add, drop, replace or swap with their neighbour (the restricted Damerau distance). */
    private static int changes(String from, String to) {
        int[][] rows = new int[from.length() + 1][to.length() + 1];
        for (int i = 0; i <= from.length(); i++) {
            for (int j = 0; j <= to.length(); j++) {
                if (i == 0 || j == 0) {
                    rows[i][j] = i + j;
                    continue;
                }
                boolean same = from.charAt(i - 1) == to.charAt(j - 1);
                rows[i][j] = Math.min(rows[i - 1][j - 1] + (same ? 0 : 1),
                        Math.min(rows[i - 1][j], rows[i][j - 1]) + 1);
                if (i > 1 && j > 1 && from.charAt(i - 1) == to.charAt(j - 2)
                        && from.charAt(i - 2) == to.charAt(j - 1)) {
                    rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
                }
            }
        }
        return rows[from.length()][to.length()];
    }
}
