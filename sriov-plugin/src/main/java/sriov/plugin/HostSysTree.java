package sriov.plugin;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import sriov.inventory.SysTree;

/** A folder that is one of the kernel's own, or looks like it: {@code /sys} ({@code sysfs(5)}), as the calling thread's network namespace shows it. */
public final class HostSysTree implements SysTree {
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
            return Optional.empty();
        } catch (IOException nothingToSay) {
            return Optional.empty(); // EINVAL of a speed, ENODEV of a device that goes
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
