package runtime.launch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import runtime.plan.StatusPage;

/** A process that ended while no daemon watched; its page tells how. */
final class EndedProcess implements Launched {
    private final StatusView page;

    EndedProcess(StatusView page) {
        this.page = page;
    }

    @Override
    public int pid() {
        return page.integer(StatusPage.CONTAINER_PID);
    }

    @Override
    public int keeperPid() {
        return (int) page.number(StatusPage.KEEPER_PID);
    }

    @Override
    public Phase phase() {
        return Phase.EXITED;
    }

    @Override
    public void start() throws LaunchException {
        throw new LaunchException("only a created container can be started; this one is EXITED",
                -1, 0, 125);
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return CompletableFuture.completedFuture(page.exit());
    }

    @Override
    public boolean signal(int signal) {
        return false;
    }

    @Override
    public boolean hasTerminal() {
        return page.integer(StatusPage.TERMINAL) > 0;
    }

    @Override
    public void resize(int rows, int columns) {
        // The terminal went with the process.
    }

    @Override
    public void writeInput(ByteBuffer bytes) throws IOException {
        throw new IOException("the process has ended");
    }

    @Override
    public void closeInput() {
        // It was closed with the process.
    }

    @Override
    public List<StepResult> trace() {
        return List.of();
    }

    @Override
    public void close() {
        // Nothing is held.
    }
}
