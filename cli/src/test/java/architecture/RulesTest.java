package architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The rules find what is planted for them, and nothing in code that is in order. */
class RulesTest {
    @TempDir
    private Path root;
    private final List<Path> planted = new ArrayList<>();
    private final Set<String> modules = new TreeSet<>();

    @Test
    void findsPackagesInACircle() throws IOException {
        plant("linux", "one.A", "Edge", "public class A { two.B b; }");
        plant("linux", "two.B", "Edge", "public class B { three.C c; }");
        plant("linux", "three.C", "Edge", "public class C { one.A a; }");
        plant("linux", "four.D", "Edge", "public class D { one.A a; }");
        assertEquals(List.of("packages in a circle: one -(A)-> two -(B)-> three -(C)-> one"),
                PackageRules.cycles(compile()));
    }

    @Test
    void findsAnArrowTheWrongWay() throws IOException {
        plant("linux", "linux.A", "Edge", "public class A { runtime.B b; }");
        plant("runtime", "runtime.B", "Edge", "public class B { linux.C c; }");
        plant("linux", "linux.C", "Edge", "public class C {}");
        plant("sriov-plugin", "sriov.S", "Edge", "public class S { runtime.B b; }");
        assertEquals(List.of(
                "linux.A (linux) knows runtime.B (runtime): no arrow goes there",
                "sriov.S knows runtime.B: of runtime, the plug-in knows runtime.device only"),
                PackageRules.arrows(compile()));
    }

    @Test
    void findsWireTypesInside() throws IOException {
        plant("api", "api.node.Message", "Edge", "public class Message {}");
        plant("runtime", "runtime.node.Service", "Edge",
                "public class Service { api.node.Message m; }");
        plant("runtime", "runtime.store.Store", "Edge",
                "public class Store { api.node.Message get() { return null; } }");
        List<String> violations = PackageRules.wireTypes(compile());
        assertEquals(1, violations.size(), violations.toString());
        assertTrue(violations.getFirst().startsWith(
                "runtime.store.Store knows the message api.node.Message"));
    }

    @Test
    void findsAPackageOfNoKind() throws IOException {
        plant("linux", "linux.A", "Lovely", "public class A {}");
        assertEquals(1, PackageRules.kinds(compile()).size());
    }

    @Test
    void findsImpureCode() throws IOException {
        plant("linux", "edge.E", "Edge", "public class E {}");
        plant("linux", "pure.A", "Pure", """
                public class A {
                    edge.E edge;
                    java.util.function.LongSupplier clock = System::nanoTime;
                    java.time.Instant now() { return java.time.Instant.now(); }
                    Object random() { return new java.util.Random(); }
                    boolean file(java.nio.file.Path p) { return java.nio.file.Files.exists(p); }
                    Thread thread;
                    String real(java.nio.file.Path p) { return p.toAbsolutePath().toString(); }
                }""");
        String violations = String.join("\n", PurityRules.pureIsPure(compile()));
        for (String expected : List.of("knows edge.E, which is Edge", "java.lang.System.nanoTime",
                "java.time.Instant.now", "java.util.Random", "java.nio.file.Files",
                "java.lang.Thread", "java.nio.file.Path.toAbsolutePath")) {
            assertTrue(violations.contains(expected), expected + " is not in:\n" + violations);
        }
    }

    @Test
    void leavesPureCodeAlone() throws IOException {
        plant("linux", "pure.A", "Pure", """
                public record A(java.nio.file.Path path, java.time.Instant at,
                        java.util.List<A> all) {
                    String text() { return "%s at %s".formatted(path, at) + all.stream()
                            .map(A::text).sorted().toList(); }
                    byte[] digest() throws Exception {
                        return java.security.MessageDigest.getInstance("SHA-256").digest();
                    }
                }""");
        CodeBase code = compile();
        assertEquals(List.of(), PurityRules.pureIsPure(code));
        assertEquals(List.of(), PackageRules.kinds(code));
        assertEquals(List.of(), TidyRules.words(code));
    }

    @Test
    void findsBannedCallsAndNames() throws IOException {
        plant("linux", "a.CallUtil", "Edge", """
                public class CallUtil {
                    void a(String s) { s.toLowerCase(); s.toLowerCase(java.util.Locale.ROOT); }
                    void b(Exception e) { e.printStackTrace(); }
                    void c() { System.exit(1); }
                }""");
        CodeBase code = compile();
        assertEquals(List.of("a.CallUtil.a calls java.lang.String.toLowerCase: give Locale.ROOT",
                "a.CallUtil.b calls java.lang.Exception.printStackTrace:"
                        + " throw it on, or say it in the log with its cause",
                "a.CallUtil.c calls java.lang.System.exit:"
                        + " only cli.command ends the JVM: throw, or return an exit code"),
                TidyRules.calls(code));
        assertEquals(1, TidyRules.names(code).size());
    }

    @Test
    void findsTheUnfinishedAndTheSwallowed() throws IOException {
        plant("linux", "a.A", "Edge", """
                public class A {
                    // TODO later
                    void a() { try { a(); } catch (RuntimeException e) { } }
                    void b() { try { b(); } catch (RuntimeException e) { /* why */ } }
                }""");
        assertEquals(2, TidyRules.words(compile()).size());
    }

    @Test
    void findsTestsWithoutAssertion() throws IOException {
        plantTest("t.ATest", """
                import org.junit.jupiter.api.*;
                class ATest {
                    @Test void nothing() { new Object().hashCode(); }
                    @Test void straight() { Assertions.assertEquals(1, 1); }
                    @Test void byWayOf() { check(() -> Assertions.fail()); }
                    private void check(Runnable r) { r.run(); }
                    @Test void sleeps() throws Exception {
                        Thread.sleep(1);
                        throw new AssertionError();
                    }
                    @Test void root() { testkit.Requires.root(); Assertions.fail(); }
                }""");
        plantTest("t.Lost", """
                class Lost {
                    @org.junit.jupiter.api.Test void a() { throw new AssertionError(); }
                }""");
        CodeBase code = compile();
        assertEquals(List.of("t.ATest.nothing asserts nothing: it can only fail by accident"),
                TestRules.everyTestAsserts(code));
        assertEquals(1, TestRules.everyTestRuns(code).size());
        assertEquals(List.of("t.ATest requires root, but has no @NeedsKernel"),
                TestRules.rootIsMarked(code));
        assertEquals(1, TidyRules.calls(code).size());
    }

    @Test
    void listsLongFilesLinesAndMethods() throws IOException {
        plant("linux", "a.A", "Edge", "public class A { void a() {\n" + "a();\n".repeat(600)
                + "} } //" + "-".repeat(100));
        assertEquals(3, TidyRules.prompts(compile(), Set.of()).size());
    }

    private void plant(String module, String type, String kind, String body) throws IOException {
        String packageName = type.substring(0, type.lastIndexOf('.'));
        Path folder = root.resolve(module).resolve("src/main/java")
                .resolve(packageName.replace('.', '/'));
        write(folder.resolve("package-info.java"),
                "/**\n * " + kind + ". Planted.\n */\npackage " + packageName + ";\n");
        write(folder.resolve(type.substring(type.lastIndexOf('.') + 1) + ".java"),
                "package " + packageName + ";\n" + body);
        modules.add(module);
    }

    private void plantTest(String type, String body) throws IOException {
        Path file = root.resolve("linux/src/test/java").resolve(type.replace('.', '/') + ".java");
        write(file, "package " + type.substring(0, type.lastIndexOf('.')) + ";\n" + body);
        modules.add("linux");
    }

    private void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        if (!planted.contains(file)) {
            planted.add(file);
        }
    }

    /** Compiles all that was planted, then sorts the classes into their modules' folders. */
    private CodeBase compile() throws IOException {
        Path all = Files.createDirectory(root.resolve("all"));
        List<String> arguments = new ArrayList<>(List.of("-g", "-nowarn", "-proc:none", "-cp",
                System.getProperty("java.class.path"), "-d", all.toString()));
        planted.forEach(file -> arguments.add(file.toString()));
        int status = ToolProvider.getSystemJavaCompiler().run(null, null, null,
                arguments.toArray(String[]::new));
        assertEquals(0, status, "what was planted compiles");
        for (String module : modules) {
            Files.writeString(root.resolve(module).resolve("pom.xml"), "<project/>");
        }
        for (Path file : planted) {
            Path module = root.resolve(root.relativize(file).getName(0));
            boolean test = file.toString().contains("/src/test/");
            Path sources = module.resolve(test ? "src/test/java" : "src/main/java");
            String type = sources.relativize(file).toString().replace(".java", ".class");
            Path compiled = all.resolve(type);
            if (Files.exists(compiled)) {
                Path target = module.resolve(test ? "target/test-classes" : "target/classes")
                        .resolve(type);
                Files.createDirectories(target.getParent());
                Files.move(compiled, target);
            }
        }
        return CodeBase.read(root);
    }
}
