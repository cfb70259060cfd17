package cli.command;

import java.util.List;
import java.util.Optional;

/** Guesses what a misspelt word was to be. */
final class NearestWord {

    private NearestWord() {}

    /** The word that takes the fewest changes of a letter; empty if all are quite another. */
    static Optional<String> of(String word, List<String> known) {
        Optional<String> nearest = Optional.empty();
        int fewest = Math.max(2, word.length() / 2) + 1;
        for (String candidate : known) {
            int changes = changes(word, candidate);
            if (changes < fewest) {
                fewest = changes;
                nearest = Optional.of(candidate);
            }
        }
        return nearest;
    }

    /** Letters to add, drop or replace (Levenshtein's distance). */
    private static int changes(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] row = new int[to.length() + 1];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(row[j - 1], previous[j]) + 1);
            }
            previous = row;
        }
        return previous[to.length()];
    }
}
