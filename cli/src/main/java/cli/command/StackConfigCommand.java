package cli.command;

import clusterd.compose.ComposePrinter;
import clusterd.compose.ComposeProject;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Prints what Compose files come to, with nothing left to replace, merge or shorten. */
final class StackConfigCommand implements Command {

    @Override
    public Syntax syntax() {
        return StackOptions.addFiles(new Syntax("stack config", "Print what Compose files come to"))
                .value('p', "project-name", "name", "The project's name (default as the files say, else after their"
                        + " folder)");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        List<String> files = arguments.has("compose-file") ? arguments.values("compose-file")
                : ComposeFiles.usual();
        Optional<ComposeProject> project =
                ComposeFiles.readNamed(files, arguments.value("project-name"), List.of(), console);
        if (project.isEmpty()) {
            return 1;
        }
        console.print(ComposePrinter.print(project.get()));
        return 0;
    }
}
