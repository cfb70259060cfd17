package testkit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes without a build, for machines that have only a JVM, such as the test VM. Prints
 * a line for each test as acceptance scripts do: {@code ok NAME}, {@code not ok NAME: why},
 * {@code skip NAME: reason}.
 */
public final class TestRun implements TestExecutionListener {
    private final PrintStream out;
    private final Map<String, Integer> counts = new TreeMap<>();

    /** A listener that prints what it hears. */
    public TestRun(PrintStream out) {
        this.out = out;
    }

    /** Arguments: full names of classes. Exits with 1 if a test failed or none was found. */
    public static void main(String[] classes) {
        TestRun run = new TestRun(System.out);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(Arrays.stream(classes).map(name -> selectClass(name)).toList())
                .build();
        LauncherFactory.create().execute(request, run);
        System.exit(run.succeeded() ? 0 : 1);
    }

    /** True if at least one test passed and none failed. */
    boolean succeeded() {
        return counts.containsKey("ok") && !counts.containsKey("not ok");
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        print("skip", test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        String why = result.getThrowable().map(Throwable::toString).orElse("no reason given");
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    print("ok", test, "");
                }
            }
            case ABORTED -> print("skip", test, why);
            case FAILED -> {
                print("not ok", test, why);
                result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(out));
            }
        }
    }

    private void print(String verdict, TestIdentifier test, String why) {
        counts.merge(verdict, 1, Integer::sum);
        String reason = why.replaceFirst("^(org\\.opentest4j\\.\\w+: )?(Assumption failed: )?", "")
                .lines().findFirst().orElse("");
        out.println(verdict + " " + name(test) + (reason.isEmpty() ? "" : ": " + reason));
    }

    private static String name(TestIdentifier test) {
        return test.getSource().filter(MethodSource.class::isInstance).map(MethodSource.class::cast)
                .map(source -> source.getClassName().replaceFirst(".*\\.", "") + "."
                        + source.getMethodName())
                .orElse(test.getDisplayName());
    }
}
