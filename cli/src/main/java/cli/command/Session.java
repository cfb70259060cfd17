package cli.command;

import api.node.CreatedContainer;
import api.node.Exit;
import api.node.Progress;
import api.node.SessionReply;
import cli.terminal.RawTerminal;
import cli.transport.Call;
import cli.transport.CallException;
import cli.wire.MessageReader;
import cli.wire.MessageWriter;
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
    private String createdId = "";
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
    MessageWriter size() throws IOException {
        return terminal == null ? new MessageWriter() : SignalForwarding.size(terminal);
    }

    /** The id of the container that was created; empty if none was. */
    String createdId() {
        return createdId;
    }

    /**
     * Makes the call and stays until it ends.
     *
     * @param method  Run, Attach or Exec
     * @param field   of SessionRequest that holds its options
     * @param options RunOptions, AttachOptions or ExecOptions
     * @param stay    until the process exits
     * @return the exit code of the process; 0 if the user detached or the daemon was told not to wait
     */
    int run(String method, int field, MessageWriter options, boolean stay)
            throws IOException, CallException, UsageException {
        try (Call call = client.open(method)) {
            call.send(new MessageWriter().message(field, options).toByteArray());
            if (signals && terminal == null && stay) {
                SignalForwarding.ofProcess(call);
            }
            for (byte[] bytes = call.receive(); bytes != null; bytes = call.receive()) {
                MessageReader reply = new MessageReader(bytes);
                while (reply.next()) {
                    if (reply.field() == SessionReply.EXIT_FIELD_NUMBER) {
                        return ended(reply.message());
                    }
                    received(call, reply, stay);
                }
            }
        } finally {
            close();
        }
        if (!stay && createdId.isEmpty() && !started) {
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

    private void received(Call call, MessageReader reply, boolean stay)
            throws IOException, UsageException {
        switch (reply.field()) {
            case SessionReply.STDOUT_FIELD_NUMBER -> console.write(reply.bytes());
            case SessionReply.STDERR_FIELD_NUMBER -> console.writeError(reply.bytes());
            case SessionReply.PROGRESS_FIELD_NUMBER ->
                progress().show(Progress.parseFrom(reply.bytes()));
            case SessionReply.CREATED_FIELD_NUMBER -> created(reply.message());
            case SessionReply.STARTED_FIELD_NUMBER -> started(call, stay);
            default -> { }
        }
    }

    private int ended(MessageReader exit) throws IOException {
        int code = 0;
        boolean outOfMemory = false;
        while (exit.next()) {
            if (exit.field() == Exit.CODE_FIELD_NUMBER) {
                code = (int) exit.number();
            } else if (exit.field() == Exit.OOM_KILLED_FIELD_NUMBER) {
                outOfMemory = exit.flag();
            }
        }
        if (outOfMemory) {
            close();
            console.say("jctl: the container ran out of memory: the kernel killed a process in it "
                    + "(see --memory)");
        }
        return code;
    }

    private ProgressReport progress() {
        if (progress == null) {
            progress = new ProgressReport(console, "auto");
        }
        return progress;
    }

    private void created(MessageReader container) throws IOException {
        if (progress != null) {
            progress.close();
        }
        while (container.next()) {
            if (container.field() == CreatedContainer.ID_FIELD_NUMBER) {
                createdId = container.string();
            } else if (container.field() == CreatedContainer.WARNINGS_FIELD_NUMBER) {
                console.say("WARNING: " + container.string());
            }
        }
        if (idFile != null) {
            idFile.write(createdId);
        }
    }

    private void started(Call call, boolean stay) throws IOException, UsageException {
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
