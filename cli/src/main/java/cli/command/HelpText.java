package cli.command;

import java.util.ArrayList;
import java.util.List;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Help and shell completion, which picocli writes from a model made of our {@link Syntax}. */
final class HelpText {
    private static final int WIDTH = 100;

    private HelpText() {}

    /** The help of one command. */
    static String of(Syntax syntax) {
        CommandSpec spec = spec(syntax);
        spec.name("jctl " + syntax.name());
        spec.usageMessage().customSynopsis("Usage:  jctl " + syntax.name() + " [OPTIONS]"
                + (syntax.positionalsPicture().isEmpty() ? "" : " ")
                + syntax.positionalsPicture(), "", syntax.summary(), "");
        String[] words = syntax.name().split(" ");
        if (words.length == 2) {
            addVerbs(spec, words[0], words[1]);
        }
        return usage(spec);
    }

    /** The help of the program: its commands. */
    static String ofProgram() {
        CommandSpec program = CommandSpec.create().name("jctl");
        program.usageMessage().customSynopsis(
                "Usage:  jctl [-H unix:///path/jctl.sock] [-c CONTEXT] COMMAND", "",
                "Runs containers from images, isolated by the kernel's own means", "");
        program.usageMessage().footer("", "Run 'jctl COMMAND --help' for more on a command.");
        for (String group : Commands.GROUPS) {
            program.addSubcommand(group, group(group));
        }
        for (String name : Commands.NAMES) {
            program.addSubcommand(name, spec(Commands.find(name).syntax()));
        }
        return usage(program);
    }

    /** The help of a group: its commands. */
    static String ofGroup(String group) {
        CommandSpec spec = group(group);
        spec.usageMessage().customSynopsis("Usage:  jctl " + group + " COMMAND", "");
        spec.usageMessage().footer("", "Run 'jctl " + group + " COMMAND --help' for more.");
        return usage(spec);
    }

    /** A script for bash, which zsh reads as well. */
    static String completion() {
        CommandSpec program = CommandSpec.create().name("jctl");
        for (String group : Commands.GROUPS) {
            program.addSubcommand(group, group(group));
        }
        for (String name : Commands.NAMES) {
            program.addSubcommand(name, spec(Commands.find(name).syntax()));
        }
        return AutoComplete.bash("jctl", new CommandLine(program));
    }

    private static CommandSpec group(String group) {
        CommandSpec spec = CommandSpec.create().name(group);
        spec.usageMessage().description(switch (group) {
            case "explain" -> "Print what a command would do, call by call";
            case "system" -> "Look at the node as a whole, and clean it up";
            case "cluster" -> "Look at the cluster, and let machines join it";
            case "resource" -> "Look at what plug-ins offer, for --resource";
            case "vf" -> "Manage virtual functions, the parts of PCI cards";
            default -> "Manage " + group + "s";
        });
        for (String name : Commands.namesOf(group)) {
            CommandSpec command = spec(Commands.find(group, name).syntax());
            addVerbs(command, group, name);
            spec.addSubcommand(name, command);
        }
        for (String within : ClusterCommands.GROUPS_WITHIN) {
            if (within.startsWith(group + " ")) {
                spec.addSubcommand(within.substring(group.length() + 1), group(within));
            }
        }
        return spec;
    }

    private static void addVerbs(CommandSpec command, String group, String name) {
        for (String verb : Commands.verbsOf(group, name)) {
            command.addSubcommand(verb, spec(Commands.find(group, name, verb).syntax()));
        }
    }

    private static CommandSpec spec(Syntax syntax) {
        CommandSpec spec = CommandSpec.create();
        spec.usageMessage().description(syntax.summary());
        List<Option> options = new ArrayList<>(syntax.options());
        for (Option option : options) {
            List<String> names = new ArrayList<>();
            if (option.letter() != 0) {
                names.add("-" + option.letter());
            }
            names.add("--" + option.name());
            OptionSpec.Builder builder = OptionSpec.builder(names.toArray(new String[0]))
                    .description(escaped(option.description()));
            if (option.isSwitch()) {
                builder.arity("0");
            } else {
                builder.arity("1").type(String.class).paramLabel(option.valueName());
            }
            spec.addOption(builder.build());
        }
        if (syntax.mostPositionals() > 0) {
            spec.addPositional(PositionalParamSpec.builder().arity("0..*").hidden(true)
                    .type(List.class).auxiliaryTypes(String.class).build());
        }
        return spec;
    }

    private static String escaped(String description) {
        return description.replace("%", "%%");
    }

    private static String usage(CommandSpec spec) {
        spec.usageMessage().width(WIDTH).sortOptions(true).abbreviateSynopsis(true)
                .synopsisHeading("").optionListHeading("Options:%n")
                .commandListHeading("Commands:%n").descriptionHeading("")
                .description(new String[0]);
        return new CommandLine(spec).getUsageMessage(Ansi.OFF);
    }
}
