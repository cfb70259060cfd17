package architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Everything the rules look at, read once: the compiled classes of each module, the kind that each
 * package says it is, and the sources.
 *
 * @param classes product and test classes
 * @param kinds package name to the word its {@code package-info.java} opens with
 * @param sources every {@code .java} file
 */
record CodeBase(List<CompiledClass> classes, Map<String, String> kinds, List<Source> sources) {
    private static final Pattern KIND =
            Pattern.compile("/\\*\\*\\s*\\*?\\s*(Pure|Edge|Kernel)\\.\\s.*?\\*/\\s*(?:@\\w+\\s+)*"
                    + "package\\s+([\\w.]+)\\s*;", Pattern.DOTALL);

    /** A source file: the module it is of, where it stands, and its text. */
    record Source(String module, boolean test, Path file, String text) {}

    /** Reads the modules under {@code root}: each folder with a {@code pom.xml}. */
    static CodeBase read(Path root) throws IOException {
        List<CompiledClass> classes = new ArrayList<>();
        List<Source> sources = new ArrayList<>();
        for (Path module : modules(root)) {
            String name = module.getFileName().toString();
            for (boolean test : new boolean[] {false, true}) {
                Path compiled = module.resolve(test ? "target/test-classes" : "target/classes");
                for (Path file : files(compiled, ".class")) {
                    classes.add(CompiledClass.of(name, test, ClassFile.of().parse(file)));
                }
                for (Path file : files(module.resolve(test ? "src/test" : "src/main"), ".java")) {
                    sources.add(new Source(name, test, root.relativize(file),
                            Files.readString(file)));
                }
            }
        }
        return new CodeBase(classes, kinds(sources), sources);
    }

    /** The classes that are shipped. */
    List<CompiledClass> product() {
        return classes.stream().filter(type -> !type.test()).toList();
    }

    /** The classes of tests. */
    List<CompiledClass> tests() {
        return classes.stream().filter(CompiledClass::test).toList();
    }

    /** The packages of shipped classes. */
    List<String> packages() {
        return product().stream().map(CompiledClass::packageName).distinct().sorted().toList();
    }

    private static Map<String, String> kinds(List<Source> sources) {
        Map<String, String> kinds = new TreeMap<>();
        for (Source source : sources) {
            if (source.file().endsWith("package-info.java")) {
                Matcher kind = KIND.matcher(source.text());
                if (kind.find()) {
                    kinds.put(kind.group(2), kind.group(1));
                }
            }
        }
        return kinds;
    }

    private static List<Path> modules(Path root) throws IOException {
        try (Stream<Path> folders = Files.list(root)) {
            return folders.filter(folder -> Files.exists(folder.resolve("pom.xml"))).sorted()
                    .toList();
        }
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted()
                    .collect(Collectors.toList());
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
