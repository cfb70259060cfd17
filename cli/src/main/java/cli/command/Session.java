package cli.command;

import api.node.CreatedContainer;
import api.node.Exit;
import api.node.SessionReply;
import api.node.SessionRequest;
import api.node.Started;
import api.node.TerminalSize;
import cli.terminal.RawTerminal;
import cli.transport.Call;
import cli.transport.CallException;
import java.io.IOException;

/** A process at the other end of a call, with this process's input, output, signals and terminal. */
final class Session implements AutoCloseable {
    private final Console console;
    private final NodeClient client;
    private boolean input;
    private boolean signals = true;
    private String detachKeys = DetachKeys.USUAL;
    private RawTerminal terminal;
    private Thread restoring;
    private InputPump pump;
    private ContainerIdFile idFile;
    private ProgressReport progress;
    private CreatedContainer created;
    private boolean started;

    Session(Console console, NodeClient client) {
        this.console = console;
        this.client = client;
    }

    /** Sends standard input to the process. */
    Session withInput() {
        input = true;
        return this;
    }

    /** Shows no progress. */
    Session quiet(boolean quiet) {
        if (quiet) {
            progress = new ProgressReport(console, "none");
        }
        return this;
    }

    /** Where to write the id of a created container. */
    Session onCreated(ContainerIdFile file) {
        idFile = file;
        return this;
    }

    /** --sig-proxy, --detach-keys. */
    Session withOptions(Arguments arguments) throws UsageException {
        signals = Truth.of(arguments, "sig-proxy", true);
        detachKeys = arguments.value("detach-keys", DetachKeys.USUAL);
        new DetachKeys(detachKeys);
        return this;
    }

    /**
     * Hands this process's terminal to the process.
     *
     * @throws UsageException if input is wanted and standard input is no terminal
     */
    Session withTerminal() throws UsageException, IOException {
        if (input && !console.isInTerminal()) {
            throw new UsageException("the input device is not a terminal (leave out -t, or give it "
                    + "one)");
        }
        if (console.isInTerminal() || console.isOutTerminal()) {
            terminal = new RawTerminal(console.isInTerminal() ? 0 : 1);
        }
        return this;
    }

    /** The terminal's size; unknown without one. */
    TerminalSize size() throws IOException {
        return terminal == null ? TerminalSize.getDefaultInstance()
                : SignalForwarding.size(terminal);
    }

    /** What was created, once it was; else null. */
    CreatedContainer created() {
        return created;
    }

    /** Whether the process was started. */
    boolean started() {
        return started;
    }

    /**
     * Makes the call and stays until it ends.
     *
     * @param method Run, Attach or Exec
     * @return the exit code of the process; 0 if the user detached or the daemon was told not to wait
     */
    int run(String method, SessionRequest options, boolean stay)
            throws IOException, CallException, UsageException {
        try (Call call = client.open(method)) {
            call.send(options.toByteArray());
            if (signals && terminal == null && stay) {
                SignalForwarding.ofProcess(call);
            }
            for (SessionReply reply = NodeClient.next(call, SessionReply.parser()); reply != null;
                    reply = NodeClient.next(call, SessionReply.parser())) {
                switch (reply.getKindCase()) {
                    case STDOUT -> console.write(reply.getStdout().toByteArray());
                    case STDERR -> console.writeError(reply.getStderr().toByteArray());
                    case EXIT -> {
                        return ended(reply.getExit());
                    }
                    case PROGRESS -> progress().show(reply.getProgress());
                    case CREATED -> created(reply.getCreated());
                    case STARTED -> started(call, reply.getStarted(), stay);
                    case KIND_NOT_SET -> { }
                }
            }
        } finally {
            close();
        }
        if (!stay && created == null && !started) {
            throw new IOException("the daemon ended the session without an answer");
        }
        if (stay && (pump == null || !pump.detached())) {
            throw new IOException("the daemon ended the session before the process did");
        }
        return 0;
    }

    /** Puts the terminal back as it was. */
    @Override
    public void close() throws IOException {
        if (progress != null) {
            progress.close();
        }
        if (terminal != null) {
            terminal.close();
        }
    }

    private int ended(Exit exit) throws IOException {
        if (exit.getOomKilled()) {
            close();
            console.say("jctl: the container ran out of memory: the kernel killed a process in it "
                    + "(see --memory)");
        }
        return exit.getCode();
    }

    private ProgressReport progress() {
        if (progress == null) {
            progress = new ProgressReport(console, "auto");
        }
        return progress;
    }

    private void created(CreatedContainer container) throws IOException {
        if (progress != null) {
            progress.close();
        }
        created = container;
        if (idFile != null) {
            idFile.write(container.getId());
        }
        for (int i = 0; i < container.getWarningsCount(); i++) {
            console.say("WARNING: " + container.getWarnings(i));
        }
    }

    private void started(Call call, Started process, boolean stay)
            throws IOException, UsageException {
        started = true;
        if (!stay) {
            return;
        }
        if (terminal != null) {
            restoring = new RestoringThread(terminal);
            Runtime.getRuntime().addShutdownHook(restoring);
            if (input) {
                terminal.makeRaw();
            }
            SignalForwarding.ofTerminal(call, terminal);
        }
        if (input) {
            pump = new InputPump(console.in(), call,
                    terminal == null ? null : new DetachKeys(detachKeys));
            pump.start();
        }
    }

    /** For when a signal ends this process. */
    private static final class RestoringThread extends Thread {
        private final RawTerminal terminal;

        RestoringThread(RawTerminal terminal) {
            this.terminal = terminal;
        }

        @Override
        public void run() {
            try {
                terminal.close();
            } catch (IOException e) {
                // The terminal is gone, and its settings with it.
                return;
            }
        }
    }
}
