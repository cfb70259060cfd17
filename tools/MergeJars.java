import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Makes one jar of many: the JVM looks at each jar of the class path before it takes a class from its
 * ahead-of-time cache, more so where the jars have moved since, and a command lives for milliseconds.
 *
 * <p>Lists of services ({@code ServiceLoader}) are joined; a module's description, OSGi's, signatures and the
 * jars' own manifests are left out, with the seals that hold for one jar only, as are libraries of
 * systems that are not Linux, what protobuf's compiler reads, in which
 * build each jar of Ratis was made, and Bouncy Castle's security provider: certificates are made by the JDK's,
 * but Netty opens it wherever it finds it, and its names fill the heap; what two jars bring in different words
 * is an error, but for licences and
 * the like, which are all kept.
 *
 * <p>Arguments: the jar to make, and those it is made of.
 */
final class MergeJars {
    private static final Pattern LEFT_OUT = Pattern.compile("META-INF/(MANIFEST\\.MF|INDEX\\.LIST"
            + "|[^/]+\\.(SF|RSA|DSA|EC)|maven/.*)|(META-INF/versions/\\d+/)?(module-info\\.class|OSGI-INF/.*)"
            + "|.*\\.(dll|dylib|jnilib|proto)|(aix|freebsd)/.*"
            + "|ratis-version\\.properties"
            + "|org/bouncycastle/jce/provider/BouncyCastleProvider(\\$[^/]*)?\\.class");
    private static final Pattern SERVICE = Pattern.compile("META-INF/services/[^/]+");
    private static final Pattern LEGAL =
            Pattern.compile("(META-INF/)?(LICENSE|NOTICE|DEPENDENCIES|README|COPYING)[^/]*");
    private static final String MULTI_RELEASE = "Multi-Release";
    /** Of every entry: the same jars make the same jar. */
    private static final long TIME_MILLIS = 315_619_200_000L;

    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final Map<String, Set<String>> services = new TreeMap<>();
    private boolean multiRelease;

    public static void main(String[] arguments) throws IOException {
        MergeJars merged = new MergeJars();
        for (String jar : List.of(arguments).subList(1, arguments.length)) {
            merged.add(Path.of(jar));
        }
        merged.write(Path.of(arguments[0]));
    }

    private void add(Path path) throws IOException {
        // Not as of this JVM's release: each file under the name that it has.
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            multiRelease |= jar.isMultiRelease();
            for (ZipEntry entry : jar.stream().toList()) {
                if (!entry.isDirectory() && !LEFT_OUT.matcher(entry.getName()).matches()) {
                    add(path.getFileName().toString(), entry.getName(),
                            jar.getInputStream(entry).readAllBytes());
                }
            }
        }
    }

    private void add(String jar, String name, byte[] bytes) throws IOException {
        if (SERVICE.matcher(name).matches()) {
            Set<String> providers = services.computeIfAbsent(name, none -> new LinkedHashSet<>());
            new String(bytes, StandardCharsets.UTF_8).lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty()).forEach(providers::add);
            return;
        }
        if (LEGAL.matcher(name).matches()) {
            files.put("META-INF/legal/" + jar + "/" + name.substring(name.lastIndexOf('/') + 1), bytes);
            return;
        }
        byte[] first = files.putIfAbsent(name, bytes);
        if (first != null && !Arrays.equals(first, bytes)) {
            throw new IOException(jar + " and a jar before it both have " + name
                    + ", and differ in it: leave one of them out of the dependencies");
        }
    }

    private void write(Path jar) throws IOException {
        try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(jar));
                ZipOutputStream zip = new ZipOutputStream(file)) {
            write(zip, JarFile.MANIFEST_NAME, ("Manifest-Version: 1.0\r\n"
                    + (multiRelease ? MULTI_RELEASE + ": true\r\n" : "") + "\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            for (Map.Entry<String, Set<String>> service : services.entrySet()) {
                ByteArrayOutputStream lines = new ByteArrayOutputStream();
                for (String provider : service.getValue()) {
                    lines.writeBytes((provider + "\n").getBytes(StandardCharsets.UTF_8));
                }
                write(zip, service.getKey(), lines.toByteArray());
            }
            for (Map.Entry<String, byte[]> entry : files.entrySet()) {
                write(zip, entry.getKey(), entry.getValue());
            }
        }
    }

    private static void write(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(TIME_MILLIS);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
