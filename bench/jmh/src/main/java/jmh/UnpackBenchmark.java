package jmh;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import runtime.image.Reference;
import runtime.store.ImageStore;
import runtime.store.Progress;
import runtime.store.RootFilesystem;
import runtime.store.StoredImage;

/** Importing one layer of 5,000 small files, 80 MB, and unpacking it. Needs root. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
@Fork(1)
public class UnpackBenchmark {
    private static final int FILES = 5_000;
    private static final int FILE_BYTES = 16 << 10;
    private static final long SEED = 5;

    /** How the layer is compressed. */
    @Param({"none", "gzip", "zstd"})
    public String compression;

    private byte[] layer;
    private Path folder;
    private ImageStore store;
    private StoredImage image;

    /** Makes the layer: half of each file compresses well, half does not. */
    @Setup
    public void makeLayer() throws IOException {
        Random random = new Random(SEED);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(compressed(bytes))) {
            byte[] content = new byte[FILE_BYTES];
            byte[] noise = new byte[FILE_BYTES / 2];
            for (int i = 0; i < FILES; i++) {
                random.nextBytes(noise);
                System.arraycopy(noise, 0, content, 0, noise.length);
                TarArchiveEntry entry = new TarArchiveEntry("usr/" + i % 100 + "/file" + i);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        layer = bytes.toByteArray();
    }

    private OutputStream compressed(OutputStream out) throws IOException {
        return switch (compression) {
            case "none" -> out;
            case "gzip" -> new GZIPOutputStream(out);
            case "zstd" -> new ZstdOutputStream(out);
            default -> throw new IllegalArgumentException(compression);
        };
    }

    /** An empty store with the image's blob in it. */
    @Setup(Level.Invocation)
    public void openStore() throws Exception {
        folder = Files.createTempDirectory("jctl-jmh");
        store = ImageStore.open(folder);
        image = store.importRootFilesystem(new ByteArrayInputStream(layer),
                Reference.parse("jmh:1"), Progress.SILENT);
    }

    /** Closes and removes it. */
    @TearDown(Level.Invocation)
    public void closeStore() throws IOException {
        store.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Unpacks. */
    @Benchmark
    public RootFilesystem unpack() throws IOException {
        return store.prepare(image, Progress.SILENT);
    }
}
