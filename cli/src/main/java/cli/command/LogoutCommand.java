package cli.command;

import java.io.IOException;

/** Forgets credentials for a registry. */
final class LogoutCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("logout", "Forget credentials for a registry")
                .positionals("[SERVER]", 0, 1);
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        String server = RegistryLogins.named(
                arguments.positionals().isEmpty() ? "" : arguments.positional(0));
        console.println(RegistryLogins.remove(server, console)
                ? "Removed credentials for " + server : "Not logged in to " + server);
        return 0;
    }
}
