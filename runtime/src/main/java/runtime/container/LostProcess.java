package runtime.container;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import runtime.launch.Exit;
import runtime.launch.Launched;
import runtime.launch.StepResult;

/** The process of a container that ended unseen: the host was rebooted, or its keeper was killed. */
record LostProcess(int pid) implements Launched {

    @Override
    public int keeperPid() {
        return 0;
    }

    @Override
    public Phase phase() {
        return Phase.EXITED;
    }

    @Override
    public void start() {
        throw new IllegalStateException("it has ended");
    }

    @Override
    public CompletableFuture<Exit> exit() {
        return CompletableFuture.failedFuture(
                new IOException("the host was rebooted or the keeper was killed"));
    }

    @Override
    public boolean signal(int signal) {
        return false;
    }

    @Override
    public boolean hasTerminal() {
        return false;
    }

    @Override
    public void resize(int rows, int columns) {}

    @Override
    public void writeInput(ByteBuffer bytes) throws IOException {
        throw new IOException("process " + pid + " has ended");
    }

    @Override
    public void closeInput() {}

    @Override
    public List<StepResult> trace() {
        return List.of();
    }

    @Override
    public void close() {}
}
