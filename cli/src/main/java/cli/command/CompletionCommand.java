package cli.command;

import java.io.IOException;

/** Prints a script that completes jctl's commands and options in a shell. */
final class CompletionCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("completion", "Print a completion script: source <(jctl completion bash)")
                .positionals("bash|zsh|fish", 1, 1);
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        switch (arguments.positional(0)) {
            case "bash", "zsh" -> console.print(HelpText.completion());
            case "fish" -> console.print(FishCompletion.script());
            default -> throw new UsageException("no completion for the shell \""
                    + arguments.positional(0) + "\", expected bash, zsh or fish");
        }
        return 0;
    }
}
