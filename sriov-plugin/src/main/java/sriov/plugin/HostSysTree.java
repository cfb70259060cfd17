package sriov.plugin;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** A folder that is one of the kernel's own, or looks like it: {@code /sys} ({@code sysfs(5)}), as the calling thread's network namespace shows it. */
public final class HostSysTree implements DeviceTree {
    /** What sysfs gives at most of a file. */
    private static final int MOST_BYTES = 4_096;

    private final String root;

    /** Below that folder. */
    public HostSysTree(Path root) {
        this.root = root + "/";
    }

    @Override
    public List<String> list(String path) {
        String[] names = new File(root + path).list();
        if (names == null) {
            refuseIfThere(new File(root + path), File::isDirectory);
            return List.of();
        }
        Arrays.sort(names);
        return List.of(names);
    }

    @Override
    public Optional<String> read(String path) {
        // Not by java.nio.file.Files: there are thousands of them, and it looks at each file's size first, which says nothing here.
        try (InputStream file = new FileInputStream(root + path)) {
            return Optional.of(new String(file.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip());
        } catch (FileNotFoundException none) {
            refuseIfThere(new File(root + path), file -> file.exists() && !file.isDirectory());
            return Optional.empty();
        } catch (IOException nothingToSay) {
            return Optional.empty(); // EINVAL of a speed, ENODEV of a device that goes
        }
    }

    /** What is there and cannot be opened, as with too many open files, must not look as if it were gone. */
    private static void refuseIfThere(File file, Predicate<File> there) {
        if (there.test(file)) {
            throw new UncheckedIOException(new IOException(file + " is there and cannot be opened: see how many files the process may open"));
        }
    }

    @Override
    public void write(String path, String text) throws IOException {
        // In one piece, which is one command to the kernel.
        try (FileOutputStream file = new FileOutputStream(root + path)) {
            file.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException refused) {
            throw new IOException("writing " + text.strip() + " to " + root + path + ": " + refused.getMessage(), refused);
        }
    }

    @Override
    public Optional<String> link(String path) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of(root + path)).getFileName().toString());
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
