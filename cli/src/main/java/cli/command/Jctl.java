package cli.command;

import cli.transport.CallException;
import cli.transport.ConnectionLostException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import linux.abi.SystemCall;
import linux.syscall.Kernel;

/** The program: finds the command the user named, and makes its failures sentences and exit codes. */
public final class Jctl {
    /** What jctl calls itself; the same as the poms'. */
    public static final String VERSION = "0.1.0";
    /** The exit code of a program whose reader went away: 128 + SIGPIPE, as a shell has it. */
    private static final int OUTPUT_CLOSED = 141;

    private Jctl() {}

    /** Runs a command and ends the process with its exit code. */
    public static void main(String[] words) {
        int code = run(words, Console.ofProcess());
        if (InputPump.isWaiting()) {
            // The JVM's own end would wait 300 ms for the thread that is in read(2).
            Kernel.call(SystemCall.EXIT_GROUP, code);
        }
        // Not exit: there is nothing to wait for.
        Runtime.getRuntime().halt(code);
    }

    /** Runs a command; never throws. */
    static int run(String[] words, Console console) {
        try {
            return dispatch(words, console);
        } catch (OutputClosedException e) {
            return OUTPUT_CLOSED;
        } catch (IOException e) {
            // Standard error is gone as well: the exit code is all that is left to say it with.
            return 1;
        }
    }

    private static int dispatch(String[] words, Console console) throws IOException {
        int at = 0;
        while (at < words.length && words[at].startsWith("-")) {
            String word = words[at];
            if (word.equals("-H") || word.equals("--host")) {
                if (at + 1 == words.length) {
                    return refused(console, "flag needs an argument: " + word, "", 1);
                }
                console.setHost(words[at + 1]);
                at += 2;
            } else if (word.startsWith("--host=")) {
                console.setHost(word.substring(7));
                at++;
            } else if (word.equals("-c") || word.equals("--context")) {
                if (at + 1 == words.length) {
                    return refused(console, "flag needs an argument: " + word, "", 1);
                }
                console.setContext(words[at + 1]);
                at += 2;
            } else if (word.startsWith("--context=")) {
                console.setContext(word.substring(10));
                at++;
            } else if (word.equals("--version") || word.equals("-v")) {
                console.println("jctl version " + VERSION);
                return 0;
            } else if (word.equals("--help") || word.equals("-h")) {
                console.print(HelpText.ofProgram());
                return 0;
            } else {
                return refused(console, "unknown flag: " + word, "", 1);
            }
        }
        if (at == words.length) {
            console.print(HelpText.ofProgram());
            return 0;
        }
        return command(words, at, console);
    }

    private static int command(String[] words, int at, Console console) throws IOException {
        String first = words[at];
        if (Commands.isGroup(first)) {
            return commandOf(first, words, at + 1, console);
        }
        if (first.equals("help")) {
            return help(words, at + 1, console);
        }
        Command command = Commands.find(first);
        if (command == null) {
            return refused(console, "'" + first + "' is no jctl command", "", 1);
        }
        return run(command, words, at + 1, console);
    }

    private static int commandOf(String group, String[] words, int at, Console console)
            throws IOException {
        if (at == words.length || words[at].equals("--help")) {
            console.print(HelpText.ofGroup(group));
            return 0;
        }
        String within = group + " " + words[at];
        if (Commands.isGroup(within)) {
            return commandOf(within, words, at + 1, console);
        }
        if (at + 1 < words.length && Commands.verbsOf(group, words[at]).length > 0
                && !words[at + 1].startsWith("-")) {
            Command verb = Commands.find(group, words[at], words[at + 1]);
            return verb == null ? refused(console, "'" + words[at + 1] + "' is no command of jctl " + within,
                    within, 1) : run(verb, words, at + 2, console);
        }
        Command command = Commands.find(group, words[at]);
        if (command != null) {
            return run(command, words, at + 1, console);
        }
        return refused(console, "'" + words[at] + "' is no command of jctl " + group, group, 1);
    }

    private static int help(String[] words, int at, Console console) throws IOException {
        if (at == words.length) {
            console.print(HelpText.ofProgram());
            return 0;
        }
        String[] changed = new String[words.length - at + 1];
        System.arraycopy(words, at, changed, 0, words.length - at);
        changed[changed.length - 1] = "--help";
        return command(changed, 0, console);
    }

    private static int run(Command command, String[] words, int at, Console console)
            throws IOException {
        Syntax syntax = command.syntax();
        try {
            Arguments arguments = parsed(command, syntax, words, at);
            if (arguments.isOn("help")) {
                command.leave();
                console.print(HelpText.of(syntax));
                return 0;
            }
            return command.run(arguments, console);
        } catch (UsageException e) {
            return refused(console, e.getMessage(), syntax.name(), command.failureCode());
        } catch (CallException e) {
            boolean unknown = e.code() == CallException.UNIMPLEMENTED && e.reason().isEmpty();
            console.say("jctl: " + e.getMessage() + (unknown ? ": the daemon is of another version than this"
                    + " jctl, `jctl version` says which; start it again" : ""));
            return e.exitCode() > 0 ? e.exitCode() : command.failureCode();
        } catch (OutputClosedException e) {
            throw e;
        } catch (ConnectionLostException e) {
            console.say("jctl: " + e.getMessage() + ": it may have been stopped or killed; "
                    + "containers run on, `jctl ps -a` shows them once a daemon runs again");
            return command.failureCode();
        } catch (IOException e) {
            console.say("jctl: " + sentence(e));
            return command.failureCode();
        } catch (RuntimeException e) {
            console.say("jctl: a bug in jctl, please report it: " + trace(e));
            return command.failureCode();
        }
    }

    private static Arguments parsed(Command command, Syntax syntax, String[] words, int at)
            throws UsageException {
        try {
            return ArgumentParser.parse(syntax, words, at);
        } catch (UsageException wrong) {
            command.leave();
            throw wrong;
        }
    }

    private static int refused(Console console, String message, String command, int code)
            throws IOException {
        console.say("jctl: " + message + "\nSee 'jctl " + command + (command.isEmpty() ? "" : " ")
                + "--help'.");
        return code;
    }

    private static String trace(RuntimeException e) {
        StringBuilder text = new StringBuilder(e.toString());
        for (StackTraceElement element : e.getStackTrace()) {
            text.append("\n    at ").append(element);
        }
        return text.toString();
    }

    private static String sentence(IOException e) {
        if (e instanceof NoSuchFileException) {
            return e.getMessage() + ": no such file or directory";
        }
        if (e instanceof FileSystemException file && file.getReason() == null) {
            return e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }
}
