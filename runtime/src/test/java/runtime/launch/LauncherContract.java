package runtime.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.container.LogFiles;
import runtime.container.LogPosition;
import runtime.container.LogStream;
import runtime.container.WatchServiceFollower;

/** What every launcher does; a subclass says how to make one and how to describe a program to it. */
public abstract class LauncherContract {

    /** Programs the tests launch. */
    protected enum Program {
        /** Exits with 3. */
        EXIT_3,
        /** Sleeps for ever and dies of SIGTERM. */
        SLEEP,
        /** Copies standard input to standard output. */
        CAT,
        /** Writes "out" and a line end to standard output, "err" and one to standard error, exits with 0. */
        BOTH,
        /** Does not exist. */
        MISSING,
        /** Exists and may not be executed. */
        UNEXECUTABLE
    }

    @TempDir protected Path temporary;
    private final List<Launched> launched = new ArrayList<>();
    private Launcher launcher;

    /** A launcher that sees what earlier ones launched. */
    protected abstract Launcher open() throws IOException;

    /** A launch of a program into a run folder, with output to the log file. */
    protected abstract LaunchRequest request(Path runFolder, Path log, Program program,
            boolean terminal, boolean openInput) throws Exception;

    @BeforeEach
    void openLauncher() throws IOException {
        Files.createDirectories(log().getParent());
        launcher = open();
    }

    @AfterEach
    void endAll() throws IOException {
        for (Launched each : launched) {
            each.signal(9);
            each.exit().exceptionally(failed -> null).join();
            each.close();
        }
        launcher.close();
    }

    /** Where the output of the launches goes. */
    protected final Path log() {
        return temporary.resolve("log/output");
    }

    private Launched create(String name, Program program, boolean terminal, boolean input)
            throws Exception {
        Path folder = Files.createDirectories(temporary.resolve("run").resolve(name));
        Launched made = launcher.create(request(folder, log(), program, terminal, input));
        launched.add(made);
        return made;
    }

    /** What another launcher sees of a launch after this one was closed; a closed one reports no exits. */
    private Launched adoptedBySuccessor(String name) throws IOException {
        launched.forEach(Launched::close);
        launched.clear();
        launcher.close();
        launcher = open();
        Launched adopted = launcher.adopt(temporary.resolve("run").resolve(name)).orElseThrow();
        launched.add(adopted);
        return adopted;
    }

    private List<String> output() throws IOException, InterruptedException {
        List<String> output = new ArrayList<>();
        try (WatchServiceFollower follower = new WatchServiceFollower()) {
            new LogStream(new LogFiles(log().getParent(), 1 << 20, 2), follower).follow(
                    LogPosition.START, CompletableFuture.completedFuture(null),
                    frame -> output.add(frame.stream() + ":"
                            + new String(frame.payload(), StandardCharsets.UTF_8)));
        }
        return output;
    }

    @Test
    void nothingRunsBeforeTheStart() throws Exception {
        Launched made = create("a", Program.BOTH, false, false);
        assertEquals(Launched.Phase.CREATED, made.phase());
        assertTrue(made.pid() > 0);
        assertEquals(List.of(), output());
        made.start();
        assertEquals(0, made.exit().join().code());
    }

    @Test
    void createAndStartAreOneWhereNobodyWaitsBetween() throws Exception {
        Path folder = Files.createDirectories(temporary.resolve("run/a"));
        Launched made = launcher.launch(request(folder, log(), Program.SLEEP, false, false),
                Launcher.BeforeStart.NOTHING);
        launched.add(made);
        assertEquals(Launched.Phase.RUNNING, made.phase());
        assertTrue(made.signal(15));
        assertEquals(143, made.exit().join().code());
        Path other = Files.createDirectories(temporary.resolve("run/b"));
        LaunchRequest missing = request(other, log(), Program.MISSING, false, false);
        assertEquals(127, assertThrows(LaunchException.class, () -> launcher.launch(
                missing, Launcher.BeforeStart.NOTHING)).exitCode());
    }

    /** A launch from beginning to end: as long as one that began before it would have taken. */
    private void runAnother() throws IOException {
        try {
            Path folder = Files.createDirectories(temporary.resolve("run/another"));
            Path log = Files.createDirectories(temporary.resolve("log-another")).resolve("output");
            Launched another = launcher.launch(request(folder, log, Program.BOTH, false, false),
                    Launcher.BeforeStart.NOTHING);
            assertEquals(0, another.exit().join().code());
            another.close();
        } catch (IOException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException(failed);
        }
    }

    @Test
    void theProgramDoesNotRunBeforeWhatMustHaveHappened() throws Exception {
        Path folder = Files.createDirectories(temporary.resolve("run/a"));
        Launched made = launcher.launch(request(folder, log(), Program.BOTH, false, false),
                () -> {
                    runAnother();
                    try {
                        assertEquals(List.of(), output());
                    } catch (InterruptedException interrupted) {
                        throw new IOException(interrupted);
                    }
                });
        launched.add(made);
        assertEquals(0, made.exit().join().code());
        Path other = Files.createDirectories(temporary.resolve("run/b"));
        LaunchRequest second = request(other, log(), Program.SLEEP, false, false);
        assertEquals("disk full", assertThrows(IOException.class, () -> launcher.launch(second, () -> {
            throw new IOException("disk full");
        })).getMessage());
    }

    @Test
    void theExitCodeComes() throws Exception {
        Launched made = create("a", Program.EXIT_3, false, false);
        made.start();
        Exit exit = made.exit().join();
        assertEquals(3, exit.code());
        assertEquals(OptionalInt.empty(), exit.signal());
        assertEquals(Launched.Phase.EXITED, made.phase());
        assertFalse(made.signal(15));
    }

    @Test
    void allOutputIsWrittenWhenTheExitIsReported() throws Exception {
        Launched made = create("a", Program.BOTH, false, false);
        made.start();
        made.exit().join();
        List<String> output = output();
        assertTrue(output.contains("STDOUT:out\n") && output.contains("STDERR:err\n"),
                output.toString());
    }

    @Test
    void aSignalEndsIt() throws Exception {
        Launched made = create("a", Program.SLEEP, false, false);
        made.start();
        assertEquals(Launched.Phase.RUNNING, made.phase());
        assertTrue(made.signal(15));
        Exit exit = made.exit().join();
        assertEquals(143, exit.code());
        assertEquals(OptionalInt.of(15), exit.signal());
    }

    @Test
    void whatWasCreatedCanBeKilled() throws Exception {
        Launched made = create("a", Program.SLEEP, false, false);
        assertTrue(made.signal(9));
        assertEquals(137, made.exit().join().code());
        assertEquals(List.of(), output());
    }

    /** As by a daemon that found it half started, and was killed itself before it had cleared it away. */
    @Test
    void whatWasKilledBeforeItsStartHasNoExitForASuccessor() throws Exception {
        create("a", Program.SLEEP, false, false).signal(9);
        for (Launched each : launched) {
            each.exit().join();
        }
        assertEquals(Optional.empty(), launcher.adopt(temporary.resolve("run/a")));
    }

    @Test
    void aMissingProgramIs127AndAForbiddenOne126() throws Exception {
        assertEquals(127, failureOf("a", Program.MISSING).exitCode());
        assertEquals(126, failureOf("b", Program.UNEXECUTABLE).exitCode());
    }

    private LaunchException failureOf(String name, Program program) {
        return assertThrows(LaunchException.class, () -> {
            Launched made = create(name, program, false, false);
            made.start();
        });
    }

    @Test
    void inputIsPassedOnUntilItsEnd() throws Exception {
        Launched made = create("a", Program.CAT, false, true);
        made.start();
        made.writeInput(ByteBuffer.wrap("one\n".getBytes(StandardCharsets.UTF_8)));
        made.writeInput(ByteBuffer.wrap("two\n".getBytes(StandardCharsets.UTF_8)));
        made.closeInput();
        assertEquals(0, made.exit().join().code());
        assertEquals("one\ntwo\n", String.join("", output()).replace("STDOUT:", ""));
    }

    @Test
    void aSuccessorTakesUpWhatRuns() throws Exception {
        Launched made = create("a", Program.SLEEP, false, false);
        made.start();
        int pid = made.pid();
        Launched adopted = adoptedBySuccessor("a");
        assertEquals(pid, adopted.pid());
        assertEquals(Launched.Phase.RUNNING, adopted.phase());
        assertTrue(adopted.signal(9));
        assertEquals(137, adopted.exit().join().code());
    }

    @Test
    void aSuccessorLearnsOfAnEarlierExit() throws Exception {
        Launched made = create("a", Program.EXIT_3, false, false);
        made.start();
        Exit exit = made.exit().join();
        Launched adopted = adoptedBySuccessor("a");
        assertEquals(exit, adopted.exit().join());
        assertEquals(Launched.Phase.EXITED, adopted.phase());
    }

    @Test
    void anEmptyFolderHoldsNothing() throws IOException {
        Path empty = Files.createDirectories(temporary.resolve("run/empty"));
        assertEquals(Optional.empty(), launcher.adopt(empty));
    }

    @Test
    void theTraceIsInOrder() throws Exception {
        Launched made = create("a", Program.SLEEP, false, false);
        made.start();
        long before = 0;
        assertFalse(made.trace().isEmpty());
        for (StepResult step : made.trace()) {
            assertTrue(step.atNanos() >= 0);
            before = Math.max(before, step.atNanos());
        }
        assertTrue(before > 0);
    }
}
