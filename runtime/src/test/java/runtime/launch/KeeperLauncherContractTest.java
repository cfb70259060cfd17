package runtime.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import testkit.NeedsKernel;
import testkit.Requires;

/**
 * The launcher of real processes does what the fake does. The programs run in no process id namespace:
 * the first process of one does not die of a signal it has no handler for.
 */
@NeedsKernel
class KeeperLauncherContractTest extends LauncherContract {
    private LaunchFixture fixture;

    @BeforeEach
    void requireRoot() {
        Requires.root();
    }

    @Override
    protected Launcher open() throws IOException {
        return new KeeperLauncher();
    }

    @Override
    protected LaunchRequest request(Path runFolder, Path log, Program program, boolean terminal,
            boolean openInput) throws Exception {
        if (fixture == null) {
            Path folder = Files.createDirectories(temporary.resolve("fixture"));
            fixture = new LaunchFixture(folder);
            Files.writeString(folder.resolve("layers/base/bin/forbidden"), "not a program");
            Files.setPosixFilePermissions(folder.resolve("layers/base/bin/forbidden"),
                    PosixFilePermissions.fromString("rw-r--r--"));
        }
        LaunchFixture.Wish wish = new LaunchFixture.Wish(false, terminal, openInput, false,
                runtime.spec.Process.User.root(), java.util.List.of(), false, java.util.List.of());
        return fixture.request(wish, new LaunchFixture.Place(runFolder, log), arguments(program));
    }

    private static String[] arguments(Program program) {
        return switch (program) {
            case EXIT_3 -> new String[] {"sh", "-c", "exit 3"};
            case SLEEP -> new String[] {"sleep", "1000"};
            case CAT -> new String[] {"cat"};
            case BOTH -> new String[] {"sh", "-c", "echo out; echo err >&2"};
            case MISSING -> new String[] {"no-such-program"};
            case UNEXECUTABLE -> new String[] {"/bin/forbidden"};
        };
    }
}
