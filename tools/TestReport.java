import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Counts what ran: surefire's XML reports of every module, and the lines that acceptance scripts
 * print ({@code ok NAME}, {@code not ok NAME: why}, {@code skip NAME: reason}), then compares the
 * machine before and after.
 *
 * <p>Arguments: the checkout, and the folder of this run's results. Exits with 1 if a test failed,
 * or if something was left behind and {@code JCTL_TEST_SHARED} is not set, or if nothing ran.
 */
final class TestReport {
    private final List<String> passed = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();
    /** Reason to the names of the tests that were skipped for it. */
    private final TreeMap<String, List<String>> skipped = new TreeMap<>();

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        Path results = Path.of(arguments[1]);
        TestReport report = new TestReport();
        report.readSurefire(root);
        report.readAcceptance(results.resolve("acceptance"));
        report.compareResidue(results, System.getenv("JCTL_TEST_SHARED") != null);
        System.exit(report.print() ? 0 : 1);
    }

    private void readSurefire(Path root) throws Exception {
        List<Path> files;
        try (Stream<Path> modules = Files.list(root)) {
            files = modules.map(module -> module.resolve("target/surefire-reports"))
                    .filter(Files::isDirectory).flatMap(TestReport::list)
                    .filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                    .sorted().toList();
        }
        for (Path file : files) {
            var cases = DocumentBuilderFactory.newInstance().newDocumentBuilder()
                    .parse(file.toFile()).getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                readCase((Element) cases.item(i));
            }
        }
    }

    private void readCase(Element testCase) {
        String name = testCase.getAttribute("classname") + "." + testCase.getAttribute("name");
        if (testCase.getElementsByTagName("skipped").item(0) instanceof Element skip) {
            String said = skip.getAttribute("message");
            String reason = (said.isEmpty() ? skip.getTextContent() : said).strip()
                    .replaceFirst("^(org\\.opentest4j\\.\\w+: )?(Assumption failed: )?", "");
            skip(reason.lines().findFirst().orElse("no reason given"), name);
        } else if (testCase.getElementsByTagName("failure").getLength() > 0
                || testCase.getElementsByTagName("error").getLength() > 0) {
            failed.add(name);
        } else {
            passed.add(name);
        }
    }

    private void readAcceptance(Path folder) throws IOException {
        for (Path log : list(folder).sorted().toList()) {
            String script = log.getFileName().toString().replaceFirst("\\.log$", "");
            boolean ended = false;
            for (String line : Files.readAllLines(log)) {
                if (line.startsWith("ok ")) {
                    passed.add(script + ": " + line.substring(3));
                } else if (line.startsWith("not ok ")) {
                    failed.add(script + ": " + line.substring(7));
                } else if (line.startsWith("skip ")) {
                    int colon = line.indexOf(": ");
                    skip(colon < 0 ? "no reason given" : line.substring(colon + 2),
                            script + ": " + line.substring(5, colon < 0 ? line.length() : colon));
                } else if (line.equals("end")) {
                    ended = true;
                }
            }
            if (!ended) {
                failed.add(script + ": ended before its last line");
            }
        }
    }

    private void compareResidue(Path results, boolean shared) throws IOException {
        Set<String> before = new HashSet<>(Files.readAllLines(results.resolve("residue.before")));
        List<String> left = Files.readAllLines(results.resolve("residue.after")).stream()
                .filter(line -> !before.contains(line)).toList();
        left.forEach(line -> System.out.println("left behind: " + line));
        if (left.isEmpty()) {
            passed.add("nothing left behind on the machine");
        } else if (shared) {
            skip("others use this machine (JCTL_TEST_SHARED)", "nothing left behind");
        } else {
            failed.add("nothing left behind on the machine: " + left.size() + " things were");
        }
    }

    private void skip(String reason, String name) {
        skipped.computeIfAbsent(reason, key -> new ArrayList<>()).add(name);
    }

    /** Prints the skips by reason, the failures, and the count. */
    private boolean print() {
        skipped.forEach((reason, names) -> {
            System.out.println("skipped " + names.size() + ": " + reason);
            names.forEach(name -> System.out.println("    " + name));
        });
        failed.forEach(name -> System.out.println("failed: " + name));
        int skips = skipped.values().stream().mapToInt(List::size).sum();
        System.out.printf("%d passed, %d failed, %d skipped%n",
                passed.size(), failed.size(), skips);
        return failed.isEmpty() && passed.size() > 1;
    }

    private static Stream<Path> list(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw new IllegalStateException("cannot list " + folder, e);
        }
    }
}
