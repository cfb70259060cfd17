package runtime.launch;

import java.nio.file.Path;
import java.util.List;

/** The fake behaves as the contract says, so what is tested with it holds for the real one. */
class FakeLauncherTest extends LauncherContract {
    private final FakeLauncher.World world = new FakeLauncher.World();

    @Override
    protected Launcher open() {
        return new FakeLauncher(world);
    }

    @Override
    protected LaunchRequest request(Path runFolder, Path log, Program program, boolean terminal,
            boolean openInput) {
        world.program(runFolder, switch (program) {
            case EXIT_3 -> List.of("exit", "3");
            case SLEEP -> List.of("sleep");
            case CAT -> List.of("cat");
            case BOTH -> List.of("both");
            case MISSING -> List.of("missing");
            case UNEXECUTABLE -> List.of("unexecutable");
        }, terminal, log);
        return new LaunchRequest(null, runFolder);
    }
}
