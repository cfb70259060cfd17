package cli.command;

import java.util.ArrayList;
import java.util.List;

/**
 * What a command understands: data for the parser, the help and shell completion alike.
 *
 * <p>Why not picocli's own model: building and parsing with it costs more than 40 ms of a cold start,
 * which is more than all the rest of a command. It is made from this when help is asked for.
 */
final class Syntax {
    /** As many as one likes. */
    static final int ANY = Integer.MAX_VALUE;

    private final String name;
    private final String summary;
    private final List<Option> options = new ArrayList<>();
    private String positionals = "";
    private int fewest;
    private int most;
    private boolean optionsFirst;

    /**
     * @param name    the words that call it, without "jctl": "run", "image ls"
     * @param summary a sentence without its full stop
     */
    Syntax(String name, String summary) {
        this.name = name;
        this.summary = summary;
    }

    /** Declares what follows the options: its picture in the help, and how many words it is. */
    Syntax positionals(String picture, int fewest, int most) {
        this.positionals = picture;
        this.fewest = fewest;
        this.most = most;
        return this;
    }

    /** The first word that is no option ends the options: the rest is a command of its own. */
    Syntax optionsFirst() {
        optionsFirst = true;
        return this;
    }

    /** Adds a switch without short form. */
    Syntax flag(String option, String description) {
        return option(option, (char) 0, "", description);
    }

    /** Adds a switch. */
    Syntax flag(char letter, String option, String description) {
        return option(option, letter, "", description);
    }

    /** Adds an option with a value, without short form. */
    Syntax value(String option, String valueName, String description) {
        return option(option, (char) 0, valueName, description);
    }

    /** Adds an option with a value. */
    Syntax value(char letter, String option, String valueName, String description) {
        return option(option, letter, valueName, description);
    }

    /** Adds the options of another, but for those of some long names. */
    Syntax optionsOf(Syntax other, java.util.Set<String> except) {
        for (int i = 0; i < other.options.size(); i++) {
            if (!except.contains(other.options.get(i).name())) {
                options.add(other.options.get(i));
            }
        }
        return this;
    }

    private Syntax option(String option, char letter, String valueName, String description) {
        options.add(new Option(option, letter, valueName, description));
        return this;
    }

    String name() {
        return name;
    }

    String summary() {
        return summary;
    }

    List<Option> options() {
        return options;
    }

    String positionalsPicture() {
        return positionals;
    }

    int fewestPositionals() {
        return fewest;
    }

    int mostPositionals() {
        return most;
    }

    boolean areOptionsFirst() {
        return optionsFirst;
    }

    /** The option of that long name, or null. */
    Option find(String option) {
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).name().equals(option)) {
                return options.get(i);
            }
        }
        return null;
    }

    /** The option of that short name, or null. */
    Option find(char letter) {
        for (int i = 0; i < options.size(); i++) {
            if (options.get(i).letter() == letter) {
                return options.get(i);
            }
        }
        return null;
    }
}
