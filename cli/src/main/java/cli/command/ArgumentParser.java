package cli.command;

/**
 * Sorts the user's words as docker's flag library does: {@code --name value}, {@code --name=value},
 * {@code --switch}, {@code --switch=false}, {@code -it}, {@code -eA=b}, {@code -e A=b}, {@code --}.
 */
final class ArgumentParser {
    private final Syntax syntax;
    private final String[] words;
    private final Arguments arguments = new Arguments();
    private int next;

    private ArgumentParser(Syntax syntax, String[] words, int from) {
        this.syntax = syntax;
        this.words = words;
        this.next = from;
    }

    /**
     * Sorts words from a place on. With {@code --help} among the options nothing more is checked.
     *
     * @throws UsageException for an unknown option, a missing or malformed value, or the wrong number
     *     of positional words
     */
    static Arguments parse(Syntax syntax, String[] words, int from) throws UsageException {
        ArgumentParser parser = new ArgumentParser(syntax, words, from);
        parser.parse();
        if (!parser.arguments.isOn("help")) {
            parser.checkCount();
        }
        return parser.arguments;
    }

    private void parse() throws UsageException {
        boolean options = true;
        while (next < words.length) {
            String word = words[next++];
            if (!options || word.length() < 2 || word.charAt(0) != '-') {
                arguments.addPositional(word);
                options &= !syntax.areOptionsFirst();
            } else if (word.equals("--")) {
                options = false;
            } else if (word.charAt(1) == '-') {
                longOption(word);
            } else {
                letters(word);
            }
        }
    }

    private void longOption(String word) throws UsageException {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        Option option = syntax.find(name);
        if (option == null) {
            if (name.equals("help")) {
                arguments.addOption("help", "true");
                return;
            }
            throw new UsageException("unknown flag: --" + name);
        }
        if (equals >= 0) {
            add(option, word.substring(equals + 1));
        } else if (option.isSwitch()) {
            arguments.addOption(name, "true");
        } else if (next < words.length) {
            arguments.addOption(name, words[next++]);
        } else {
            throw new UsageException("flag needs an argument: --" + name);
        }
    }

    private void letters(String word) throws UsageException {
        for (int at = 1; at < word.length(); at++) {
            Option option = syntax.find(word.charAt(at));
            if (option == null) {
                if (word.charAt(at) == 'h' && word.length() == 2) {
                    arguments.addOption("help", "true");
                    return;
                }
                throw new UsageException(
                        "unknown shorthand flag: '" + word.charAt(at) + "' in " + word);
            }
            String rest = word.substring(at + 1);
            if (option.isSwitch() && !rest.startsWith("=")) {
                arguments.addOption(option.name(), "true");
                continue;
            }
            if (!rest.isEmpty()) {
                add(option, rest.startsWith("=") ? rest.substring(1) : rest);
            } else if (next < words.length) {
                arguments.addOption(option.name(), words[next++]);
            } else {
                throw new UsageException("flag needs an argument: '" + word.charAt(at) + "' in "
                        + word);
            }
            return;
        }
    }

    private void add(Option option, String value) throws UsageException {
        if (!option.isSwitch()) {
            arguments.addOption(option.name(), value);
            return;
        }
        switch (value) {
            case "true", "1", "t", "T", "TRUE", "True" -> arguments.addOption(option.name(), "true");
            case "false", "0", "f", "F", "FALSE", "False" ->
                arguments.addOption(option.name(), "false");
            default -> throw Arguments.invalid(option.name(), value, "expected true or false");
        }
    }

    private void checkCount() throws UsageException {
        int count = arguments.positionals().size();
        int fewest = syntax.fewestPositionals();
        int most = syntax.mostPositionals();
        if (count >= fewest && count <= most) {
            return;
        }
        String wanted;
        if (most == 0) {
            wanted = "accepts no arguments";
        } else if (fewest == most) {
            wanted = "requires exactly " + counted(fewest);
        } else if (count < fewest) {
            wanted = "requires at least " + counted(fewest);
        } else {
            wanted = "requires at most " + counted(most);
        }
        throw new UsageException("\"jctl " + syntax.name() + "\" " + wanted + "\nUsage:  jctl "
                + syntax.name() + " [OPTIONS] " + syntax.positionalsPicture());
    }

    private static String counted(int count) {
        return count == 1 ? "1 argument" : count + " arguments";
    }
}
