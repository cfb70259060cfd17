package architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a Pure package may know: other Pure packages, and of the JDK and of libraries what computes
 * values. No file, socket, thread, clock, random number, logger or environment.
 */
final class PurityRules {
    private static final Set<String> ALLOWED_PACKAGES = Set.of("java.lang", "java.lang.annotation",
            "java.lang.constant", "java.lang.foreign", "java.lang.invoke", "java.lang.runtime",
            "java.math", "java.nio", "java.nio.charset", "java.security", "java.security.spec", "java.text", "java.time",
            "java.time.format", "java.time.temporal", "java.util", "java.util.function",
            "java.util.regex", "java.util.stream", "java.util.zip", "javax.crypto", "javax.crypto.spec");
    /**
     * Values that live in packages which are otherwise about the outside world. A stream that is
     * handed in counts as one: whoever opened it knows whether it leads to a file or to an array.
     */
    private static final Set<String> ALLOWED_CLASSES = Set.of("java.io.ByteArrayInputStream",
            "java.io.ByteArrayOutputStream", "java.io.DataInputStream", "java.io.DataOutputStream",
            "java.io.EOFException", "java.io.IOException",
            "java.io.InputStream", "java.io.OutputStream", "java.io.Serializable", "java.io.StringReader", "java.io.StringWriter",
            "java.io.UncheckedIOException", "java.net.Inet4Address", "java.net.Inet6Address",
            "java.net.InetAddress", "java.net.URI", "java.net.URISyntaxException",
            "java.net.URLDecoder", "java.net.URLEncoder", "java.net.UnknownHostException",
            "java.nio.file.InvalidPathException", "java.nio.file.Path",
            "java.nio.file.attribute.FileTime", "java.nio.file.attribute.PosixFilePermission",
            "java.nio.file.attribute.PosixFilePermissions", "java.util.concurrent.TimeUnit");
    private static final Set<String> FORBIDDEN_CLASSES = Set.of("java.lang.Process",
            "java.lang.ProcessBuilder", "java.lang.ProcessHandle", "java.lang.Runtime",
            "java.lang.Shutdown", "java.lang.System$Logger", "java.lang.Thread",
            "java.lang.ThreadLocal", "java.lang.ScopedValue", "java.lang.foreign.Linker",
            "java.lang.foreign.SymbolLookup", "java.security.SecureRandom", "java.time.Clock",
            "java.util.Random", "java.util.SplittableRandom", "java.util.Timer",
            "java.util.ServiceLoader", "java.util.Scanner", "java.util.zip.ZipFile",
            "java.util.random.RandomGenerator");
    private static final Set<String> ALLOWED_LIBRARIES = Set.of("com.fasterxml.jackson.",
            "com.google.re2j.", "org.pcollections.", "org.snakeyaml.engine.");
    /** The Pure packages whose matter is messages. */
    private static final Set<String> MESSAGES_PACKAGES = Set.of("clusterd.wire", "clusterd.template");

    /** {@code Class.method} of allowed classes that ask the world something all the same. */
    private static final Set<String> FORBIDDEN_CALLS = Set.of("java.lang.Math.random",
            "java.lang.System.console", "java.lang.System.currentTimeMillis",
            "java.lang.System.err", "java.lang.System.exit", "java.lang.System.getProperties",
            "java.lang.System.getProperty", "java.lang.System.getenv", "java.lang.System.in",
            "java.lang.System.load", "java.lang.System.loadLibrary", "java.lang.System.nanoTime",
            "java.lang.System.out", "java.net.InetAddress.getAllByName",
            "java.net.InetAddress.getByName", "java.net.InetAddress.getLocalHost",
            "java.net.InetAddress.isReachable", "java.net.URI.toURL",
            "java.nio.file.Path.register", "java.nio.file.Path.toAbsolutePath",
            "java.nio.file.Path.toFile", "java.nio.file.Path.toRealPath",
            "java.util.Collections.shuffle", "java.util.UUID.randomUUID");
    private static final String TIME_PACKAGE = "java.time.";

    private PurityRules() {}

    static List<String> pureIsPure(CodeBase code) {
        Set<String> ours = Set.copyOf(code.packages());
        List<String> violations = new ArrayList<>();
        for (CompiledClass type : code.product()) {
            if ("Pure".equals(code.kinds().get(type.packageName()))) {
                checkReferences(code, ours, type, violations);
                checkCalls(type, violations);
            }
        }
        return violations;
    }

    private static void checkReferences(CodeBase code, Set<String> ours, CompiledClass type,
            List<String> violations) {
        for (String other : type.references()) {
            String target = packageOf(other);
            if (ours.contains(target)) {
                String kind = code.kinds().getOrDefault(target, "not said to be anything");
                boolean message = MESSAGES_PACKAGES.contains(type.packageName())
                        && target.startsWith("api.");
                if (!kind.equals("Pure") && !message) {
                    violations.add(type.name() + " is Pure and knows " + other + ", which is "
                            + kind);
                }
            } else if (!allowed(type, other, target)) {
                violations.add(type.name() + " is Pure and knows " + other
                        + ": pass the value in, or move this to an Edge package");
            }
        }
    }

    private static boolean allowed(CompiledClass type, String other, String target) {
        String outer = other.contains("$") ? other.substring(0, other.indexOf('$')) : other;
        if (FORBIDDEN_CLASSES.contains(other) || FORBIDDEN_CLASSES.contains(outer)) {
            return false;
        }
        boolean message = MESSAGES_PACKAGES.contains(type.packageName())
                && (other.startsWith("com.google.protobuf.") || target.equals("java.lang.reflect"));
        return ALLOWED_PACKAGES.contains(target) || ALLOWED_CLASSES.contains(other) || message
                || ALLOWED_LIBRARIES.stream().anyMatch(other::startsWith);
    }

    private static void checkCalls(CompiledClass type, List<String> violations) {
        for (CompiledClass.Method method : type.methods()) {
            for (CompiledClass.Member use : method.uses()) {
                String call = use.owner() + "." + use.name();
                boolean clock = use.owner().startsWith(TIME_PACKAGE) && use.name().equals("now");
                if (clock || FORBIDDEN_CALLS.contains(call)) {
                    violations.add(type.name() + "." + method.name() + " is Pure and calls " + call
                            + ": pass the value in");
                }
            }
        }
    }

    private static String packageOf(String type) {
        return type.contains(".") ? type.substring(0, type.lastIndexOf('.')) : "";
    }
}
