package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Prints a command's manual page, or writes all of them into a folder. */
final class ManCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("man", "Print a manual page: jctl man run | man -l -")
                .positionals("[COMMAND]", 0, 3)
                .value("folder", "string", "Write all pages there: jctl.1, jctl-run.1, …");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        List<Syntax> all = all();
        if (arguments.has("folder")) {
            Path folder = Files.createDirectories(Path.of(arguments.value("folder")));
            Files.writeString(folder.resolve("jctl.1"), ManualPage.ofProgram(all));
            for (Syntax syntax : all) {
                Files.writeString(folder.resolve("jctl-" + syntax.name().replace(' ', '-') + ".1"),
                        ManualPage.of(syntax));
            }
            return 0;
        }
        String wanted = String.join(" ", arguments.positionals());
        if (wanted.isEmpty()) {
            console.print(ManualPage.ofProgram(all));
            return 0;
        }
        for (Syntax syntax : all) {
            if (syntax.name().equals(wanted)) {
                console.print(ManualPage.of(syntax));
                return 0;
            }
        }
        throw new UsageException("no manual page: '" + wanted + "' is no jctl command");
    }

    /** Every command's, in the order the help lists them. */
    static List<Syntax> all() {
        List<Syntax> all = new ArrayList<>();
        for (String name : Commands.NAMES) {
            all.add(Commands.find(name).syntax());
        }
        for (String group : Commands.GROUPS) {
            addGroup(all, group);
        }
        for (String group : ClusterCommands.GROUPS_WITHIN) {
            addGroup(all, group);
        }
        return all;
    }

    private static void addGroup(List<Syntax> all, String group) {
        for (String name : Commands.namesOf(group)) {
            all.add(Commands.find(group, name).syntax());
            for (String verb : Commands.verbsOf(group, name)) {
                all.add(Commands.find(group, name, verb).syntax());
            }
        }
    }
}
