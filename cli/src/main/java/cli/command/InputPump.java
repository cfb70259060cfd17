package cli.command;

import api.node.SessionRequest;
import cli.transport.Call;
import cli.wire.MessageWriter;
import java.io.IOException;
import java.io.InputStream;

/** Sends standard input to a container until it ends or the detach keys are typed. */
final class InputPump extends Thread {
    private static final int CHUNK_BYTES = 32 * 1024;

    private static volatile boolean waiting;

    private final InputStream in;
    private final Call call;
    private final DetachKeys keys;
    private volatile boolean detached;

    /** @param keys null if there is nothing to detach with: input that is no terminal */
    InputPump(InputStream in, Call call, DetachKeys keys) {
        super("stdin");
        setDaemon(true);
        this.in = in;
        this.call = call;
        this.keys = keys;
    }

    /** Whether the user typed the detach keys; the call was half-closed then. */
    boolean detached() {
        return detached;
    }

    /** Whether a thread of this process waits for standard input: it cannot be made to stop. */
    static boolean isWaiting() {
        return waiting;
    }

    @Override
    public void run() {
        try {
            pump();
        } catch (IOException e) {
            // Either the daemon is gone, which the receiving side reports, or standard input cannot
            // be read (a background job, a closed descriptor): then there is no more of it.
            endInput();
        }
    }

    private void pump() throws IOException {
        byte[] buffer = new byte[CHUNK_BYTES];
        for (int count = read(buffer); count >= 0; count = read(buffer)) {
            byte[] bytes = keys == null ? java.util.Arrays.copyOf(buffer, count)
                    : keys.pass(buffer, count);
            if (bytes.length > 0 && !call.send(message(bytes))) {
                return;
            }
            if (keys != null && keys.found()) {
                detached = true;
                call.closeInput();
                return;
            }
        }
        endInput();
    }

    private int read(byte[] buffer) throws IOException {
        waiting = true;
        try {
            return in.read(buffer);
        } finally {
            waiting = false;
        }
    }

    private void endInput() {
        try {
            call.send(new MessageWriter().message(
                    SessionRequest.CLOSE_STDIN_FIELD_NUMBER, new MessageWriter()).toByteArray());
        } catch (IOException e) {
            // The receiving side reports a lost connection.
            return;
        }
    }

    private static byte[] message(byte[] bytes) {
        return new MessageWriter().bytes(SessionRequest.STDIN_FIELD_NUMBER, bytes).toByteArray();
    }
}
