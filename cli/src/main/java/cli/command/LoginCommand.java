package cli.command;

import java.io.IOException;
import java.nio.file.Path;

/** Stores credentials for a registry. They are tried at the next pull or push. */
final class LoginCommand implements Command {

    @Override
    public Syntax syntax() {
        return new Syntax("login", "Store credentials for a registry")
                .positionals("[SERVER]", 0, 1)
                .value('u', "username", "string", "User name")
                .value('p', "password", "string", "Password (others may see it: use "
                        + "--password-stdin)")
                .flag("password-stdin", "Read the password from standard input");
    }

    @Override
    public int run(Arguments arguments, Console console) throws UsageException, IOException {
        String server = RegistryLogins.named(
                arguments.positionals().isEmpty() ? "" : arguments.positional(0));
        String user = arguments.value("username");
        String password = arguments.value("password");
        if (arguments.isOn("password-stdin")) {
            if (user.isEmpty()) {
                throw new UsageException("must provide --username with --password-stdin");
            }
            password = LineInput.read(console.in());
        } else if (password.isEmpty()) {
            if (!console.isInTerminal() || System.console() == null) {
                throw new UsageException(
                        "cannot ask for a password without a terminal: use --password-stdin");
            }
            if (user.isEmpty()) {
                user = String.valueOf(System.console().readLine("Username: "));
            }
            char[] typed = System.console().readPassword("Password: ");
            password = typed == null ? "" : new String(typed);
        }
        if (user.isEmpty() || password.isEmpty() || user.indexOf(':') >= 0) {
            throw new UsageException("user name and password must not be empty, and a user name "
                    + "has no colon");
        }
        Path file = RegistryLogins.store(server, user, password, console);
        console.println("Credentials for " + server + " stored in " + file
                + " (readable by you alone); they are tried at the next pull or push");
        return 0;
    }
}
