package architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Calls, words and names that are not used here, each with what to use instead. */
final class TidyRules {
    private static final int MOST_LINES_PER_FILE = 500;
    private static final int MOST_LINES_PER_METHOD = 70;
    private static final int MOST_COLUMNS = 100;

    /** Owner.name of a call to the reason and the way out; for all code. */
    private static final Map<String, String> BANNED_EVERYWHERE = Map.of(
            "java.util.Date.<init>", "use java.time.Instant",
            "java.io.File.deleteOnExit", "delete it in a finally: it leaks until the JVM ends",
            "java.lang.Object.finalize", "use try-with-resources",
            "java.lang.Thread.stop", "interrupt it");
    private static final Map<String, String> BANNED_IN_TESTS = Map.of(
            "java.lang.Thread.sleep", "wait for the event itself: a latch, a future, the process",
            "java.util.concurrent.TimeUnit.sleep", "wait for the event itself",
            "org.junit.jupiter.api.Assertions.assertTimeout", "assert no time: machines differ",
            "org.junit.jupiter.api.Assertions.assertTimeoutPreemptively",
            "assert no time: machines differ");
    /** With the descriptor, since another overload is the one to use. */
    private static final Map<String, String> BANNED_OVERLOADS = Map.of(
            "java.lang.Throwable.printStackTrace()V",
            "throw it on, or say it in the log with its cause",
            "java.lang.String.toLowerCase()Ljava/lang/String;", "give Locale.ROOT",
            "java.lang.String.toUpperCase()Ljava/lang/String;", "give Locale.ROOT");
    private static final String EXIT = "java.lang.System.exit";
    private static final String EXIT_PACKAGE = "cli.command";
    private static final Pattern BANNED_NAME =
            Pattern.compile(".*(Utils?|Manager|Impl|Helpers?)|Default[A-Z].*|Abstract[A-Z].*");
    private static final Pattern UNFINISHED =
            Pattern.compile("\\b(TODO|FIXME|XXX|HACK)\\b|Exception\\([^)]*not (yet )?implemented");
    private static final Pattern EMPTY_CATCH =
            Pattern.compile("catch\\s*\\([^)]*\\)\\s*\\{\\s*\\}");

    private TidyRules() {}

    static List<String> calls(CodeBase code) {
        List<String> violations = new ArrayList<>();
        for (CompiledClass type : code.classes()) {
            for (CompiledClass.Method method : type.methods()) {
                for (CompiledClass.Member use : method.uses()) {
                    String way = wayOut(type, use);
                    if (way != null) {
                        violations.add(type.name() + "." + method.name() + " calls " + use.owner()
                                + "." + use.name() + ": " + way);
                    }
                }
            }
        }
        return violations;
    }

    /** What to do instead of a banned call, or null if it is none. */
    private static String wayOut(CompiledClass type, CompiledClass.Member use) {
        String call = use.owner() + "." + use.name();
        if (type.module().equals("api")) {
            return null; // generated
        }
        boolean mayExit = type.packageName().equals(EXIT_PACKAGE)
                || type.module().equals("testkit");
        if (call.equals(EXIT) && !mayExit) {
            return "only " + EXIT_PACKAGE + " ends the JVM: throw, or return an exit code";
        }
        String inTests = type.test() ? BANNED_IN_TESTS.get(call) : null;
        if (inTests != null) {
            return inTests;
        }
        boolean trace = use.name().equals("printStackTrace"); // called through any subclass
        String overload = BANNED_OVERLOADS.get(
                (trace ? "java.lang.Throwable.printStackTrace" : call) + use.descriptor());
        return overload != null ? overload : BANNED_EVERYWHERE.get(call);
    }

    static List<String> names(CodeBase code) {
        return code.classes().stream().filter(type -> !type.module().equals("api"))
                .filter(type -> BANNED_NAME.matcher(type.simpleName()).matches())
                .map(type -> type.name() + ": the name says nothing; name what it holds or does")
                .toList();
    }

    static List<String> words(CodeBase code) {
        List<String> violations = new ArrayList<>();
        for (CodeBase.Source source : code.sources()) {
            if (source.file().startsWith("cli/src/test/java/architecture")) {
                continue; // the rules and their planted violations name what they ban
            }
            report(source, UNFINISHED, "finish it, or fail loudly and say what is missing",
                    violations);
            report(source, EMPTY_CATCH, "swallows an exception: handle it, or say why not",
                    violations);
        }
        return violations;
    }

    private static void report(CodeBase.Source source, Pattern banned, String way,
            List<String> violations) {
        Matcher found = banned.matcher(source.text());
        while (found.find()) {
            long line = source.text().substring(0, found.start()).lines().count();
            violations.add(source.file() + ":" + line + " \""
                    + found.group().replaceAll("\\s+", " ") + "\": " + way);
        }
    }

    /** Not violations: places to look at again. */
    static List<String> prompts(CodeBase code, Set<String> tables) {
        List<String> prompts = new ArrayList<>();
        for (CodeBase.Source source : code.sources()) {
            long lines = source.text().lines().count();
            if (lines > MOST_LINES_PER_FILE && !tables.contains(source.file().toString())) {
                prompts.add(source.file() + " has " + lines + " lines");
            }
            long wide = source.text().lines().filter(line -> line.length() > MOST_COLUMNS).count();
            if (wide > 0) {
                prompts.add(source.file() + " has " + wide + " lines over " + MOST_COLUMNS
                        + " columns");
            }
        }
        for (CompiledClass type : code.classes()) {
            for (CompiledClass.Method method : type.methods()) {
                boolean body = !method.name().startsWith("<") && !type.module().equals("api");
                if (body && method.lines() > MOST_LINES_PER_METHOD) {
                    prompts.add(type.name() + "." + method.name() + " has " + method.lines()
                            + " lines");
                }
            }
        }
        return prompts;
    }
}
