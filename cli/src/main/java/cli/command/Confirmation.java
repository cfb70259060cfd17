package cli.command;

import java.io.IOException;

/** Asks before something is lost. */
final class Confirmation {
    private Confirmation() {}

    /**
     * Asks the user.
     *
     * @param warning what will happen, without its question
     * @return whether he agreed; nobody is asked with --force
     * @throws UsageException if there is no terminal to ask at
     */
    static boolean given(String warning, Arguments arguments, Console console)
            throws UsageException, IOException {
        if (arguments.isOn("force")) {
            return true;
        }
        if (!console.isInTerminal()) {
            throw new UsageException("there is no terminal to ask at: give --force to go ahead"
                    + " without a question");
        }
        console.sayText(warning + "\nAre you sure you want to continue? [y/N] ");
        String answer = LineInput.read(console.in()).strip();
        return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
    }
}
