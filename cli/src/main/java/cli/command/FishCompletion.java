package cli.command;

/** A completion script for fish, made of every command's {@link Syntax}. */
final class FishCompletion {
    private FishCompletion() {}

    static String script() {
        StringBuilder script = new StringBuilder("# Completion of jctl for fish.\n"
                + "complete -c jctl -f\n");
        StringBuilder first = new StringBuilder();
        for (String group : Commands.GROUPS) {
            first.append(group).append(' ');
        }
        for (String name : Commands.NAMES) {
            first.append(name).append(' ');
        }
        String begun = "__fish_seen_subcommand_from " + first.toString().strip();
        for (String name : Commands.NAMES) {
            line(script, "not " + begun, "-a " + name, Commands.find(name).syntax().summary());
            options(script, "__fish_seen_subcommand_from " + name, Commands.find(name).syntax());
        }
        for (String group : Commands.GROUPS) {
            line(script, "not " + begun, "-a " + group, "Commands about " + group + "s");
            for (String name : Commands.namesOf(group)) {
                Syntax syntax = Commands.find(group, name).syntax();
                String inGroup = "__fish_seen_subcommand_from " + group;
                line(script, inGroup, "-a " + name, syntax.summary());
                String inName = inGroup + "; and __fish_seen_subcommand_from " + name;
                options(script, inName, syntax);
                for (String verb : Commands.verbsOf(group, name)) {
                    Syntax ofVerb = Commands.find(group, name, verb).syntax();
                    line(script, inName, "-a " + verb, ofVerb.summary());
                    options(script, inName + "; and __fish_seen_subcommand_from " + verb, ofVerb);
                }
            }
        }
        for (String within : ClusterCommands.GROUPS_WITHIN) {
            within(script, within);
        }
        return script.toString();
    }

    private static void within(StringBuilder script, String words) {
        int space = words.indexOf(' ');
        String outer = "__fish_seen_subcommand_from " + words.substring(0, space);
        String inner = outer + "; and __fish_seen_subcommand_from " + words.substring(space + 1);
        line(script, outer, "-a " + words.substring(space + 1), "Commands about " + words + "s");
        for (String name : Commands.namesOf(words)) {
            Syntax syntax = Commands.find(words, name).syntax();
            line(script, inner, "-a " + name, syntax.summary());
            options(script, inner + "; and __fish_seen_subcommand_from " + name, syntax);
        }
    }

    private static void options(StringBuilder script, String when, Syntax syntax) {
        for (Option option : syntax.options()) {
            String words = (option.letter() == 0 ? "" : "-s " + option.letter() + " ")
                    + "-l " + option.name() + (option.isSwitch() ? "" : " -r");
            line(script, when, words, option.description());
        }
    }

    private static void line(StringBuilder script, String when, String words, String description) {
        script.append("complete -c jctl -n ").append(quoted(when)).append(' ').append(words)
                .append(" -d ").append(quoted(description)).append('\n');
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
