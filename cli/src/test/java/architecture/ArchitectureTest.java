package architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the whole code base to its rules: packages, their purity, tests, names and calls. */
class ArchitectureTest {
    /** Long because they are tables of constants. */
    private static final Set<String> TABLES =
            Set.of("linux/src/main/java/linux/abi/SystemCall.java");

    private static CodeBase code;

    @BeforeAll
    static void read() throws IOException {
        code = CodeBase.read(Path.of("").toAbsolutePath().getParent());
    }

    @Test
    void seesTheModules() {
        assertTrue(code.packages().containsAll(List.of("linux.abi", "runtime.plan")),
                "packages seen: " + code.packages());
    }

    @Test
    void everyPackageSaysItsKind() {
        assertNone(PackageRules.kinds(code));
    }

    @Test
    void packagesAreInNoCircle() {
        assertNone(PackageRules.cycles(code));
    }

    @Test
    void modulesKnowEachOtherAlongTheArrows() {
        assertNone(PackageRules.arrows(code));
    }

    @Test
    void wireTypesStopAtTheEdge() {
        assertNone(PackageRules.wireTypes(code));
    }

    @Test
    void pureIsPure() {
        assertNone(PurityRules.pureIsPure(code));
    }

    @Test
    void everyTestAsserts() {
        assertNone(TestRules.everyTestAsserts(code));
    }

    @Test
    void everyTestRuns() {
        assertNone(TestRules.everyTestRuns(code));
    }

    @Test
    void testsThatNeedRootAreMarked() {
        assertNone(TestRules.rootIsMarked(code));
    }

    @Test
    void noBannedCall() {
        assertNone(TidyRules.calls(code));
    }

    @Test
    void noEmptyName() {
        assertNone(TidyRules.names(code));
    }

    @Test
    void nothingUnfinishedOrSwallowed() {
        assertNone(TidyRules.words(code));
    }

    /** Reported, not failed: {@code cli/target/look-again.txt}. */
    @Test
    void placesToLookAtAgainAreListed() throws IOException {
        Path report = Path.of("target/look-again.txt");
        List<String> prompts = TidyRules.prompts(code, TABLES);
        Files.write(report, prompts);
        assertEquals(prompts, Files.readAllLines(report));
    }

    private static void assertNone(List<String> violations) {
        assertEquals("", String.join("\n", violations));
    }
}
