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
        return given(warning + "\nAre you sure you want to continue?", console);
    }

    /** The same without a terminal: the answer may come from a file or a pipe. */
    static boolean givenAnywhere(String question, Arguments arguments, Console console)
            throws IOException {
        return arguments.isOn("force") || given(question, console);
    }

    private static boolean given(String question, Console console) throws IOException {
        console.sayText(question + " [y/N] ");
        String answer = LineInput.read(console.in()).strip();
        return answer.equalsIgnoreCase("y") || answer.equalsIgnoreCase("yes");
    }
}
