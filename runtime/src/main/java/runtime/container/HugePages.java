package runtime.container;

import static runtime.container.ContainerException.Reason.HOST_LACKS_FEATURE;
import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import runtime.cgroup.LimitOptions;
import runtime.container.ContainerOptions.HugetlbLimit;
import runtime.container.ContainerOptions.Limits;
import runtime.container.ContainerOptions.MountKind;
import runtime.container.ContainerOptions.MountOption;
import runtime.spec.Mount;

/**
 * {@code --hugepages}: a hugetlbfs in the container, and the cgroup's limit beside it, since pages can be
 * mapped without a file, too (Documentation/admin-guide/mm/hugetlbpage.rst).
 *
 * @param folder where the kernel tells of its pools
 */
record HugePages(Path folder) {
    static final HugePages OF_HOST = new HugePages(Path.of("/sys/kernel/mm/hugepages"));

    /**
     * The options with a limit for each size of page, where the host can limit them; one that
     * {@code --hugetlb} set stays.
     *
     * @throws ContainerException if the host has no such pages, or never so many
     */
    ContainerOptions granted(ContainerOptions options, LimitOptions.Machine machine)
            throws ContainerException {
        List<MountOption> wanted = options.mounts().stream()
                .filter(mount -> mount.kind() == MountKind.HUGE_PAGES).toList();
        if (wanted.isEmpty()) {
            return options;
        }
        List<HugetlbLimit> limits = new ArrayList<>(options.limits().hugetlb());
        TreeSet<Long> sizes = new TreeSet<>();
        for (MountOption mount : wanted) {
            long pageBytes = pageBytes(mount);
            check(pageBytes, mount.sizeBytes());
            if (!sizes.add(pageBytes)) {
                throw new ContainerException(INVALID_OPTION, "--hugepages names pages of "
                        + word(pageBytes) + " twice; give each size once", 125, null);
            }
            if (machine.hugePageAccounting() && mount.sizeBytes() > 0 && limits.stream()
                    .noneMatch(each -> each.pageSizeBytes() == pageBytes)) {
                limits.add(new HugetlbLimit(pageBytes, mount.sizeBytes()));
            }
        }
        return options.with(withHugetlb(options.limits(), limits), options.restart());
    }

    private static Limits withHugetlb(Limits old, List<HugetlbLimit> hugetlb) {
        return new Limits(old.memoryBytes(), old.memorySwapBytes(), old.memoryReservationBytes(),
                old.memorySwappiness(), old.oomKillDisable(), old.nanoCpus(), old.cpuShares(),
                old.cpuPeriodMicros(), old.cpuQuotaMicros(), old.cpusetCpus(), old.cpusetMems(),
                old.pids(), old.ioWeight(), old.ioRates(), hugetlb, old.ulimits());
    }

    private static long pageBytes(MountOption mount) throws ContainerException {
        if (!mount.source().matches("[0-9]{1,18}")) {
            throw new ContainerException(INVALID_OPTION, "--hugepages: '" + mount.source()
                    + "' is no size of a page in bytes", 125, null);
        }
        return Long.parseLong(mount.source());
    }

    private void check(long pageBytes, long bytes) throws ContainerException {
        Path pool = folder.resolve("hugepages-" + (pageBytes >> 10) + "kB");
        if (pageBytes < 1024 || Long.bitCount(pageBytes) != 1 || !Files.isDirectory(pool)) {
            throw new ContainerException(HOST_LACKS_FEATURE, "--hugepages: the kernel has no pages of "
                    + word(pageBytes) + "; " + known(), 125, null);
        }
        if (bytes < 0 || bytes % pageBytes != 0) {
            throw new ContainerException(INVALID_OPTION, "--hugepages: " + bytes
                    + " bytes are no whole number of pages of " + word(pageBytes), 125, null);
        }
        Optional<Long> most = most(pool);
        if (most.isPresent() && bytes / pageBytes > most.get()) {
            throw new ContainerException(HOST_LACKS_FEATURE, "--hugepages: the host has "
                    + most.get() + " pages of " + word(pageBytes) + ", and the container wants "
                    + bytes / pageBytes + "; have the kernel keep more with `echo NUMBER > " + pool
                    + "/nr_hugepages`, or at boot with hugepagesz=" + word(pageBytes)
                    + " hugepages=NUMBER", 125, null);
        }
    }

    /** Those kept, and those the kernel would make when asked; empty if it does not say. */
    private static Optional<Long> most(Path pool) {
        try {
            return Optional.of(number(pool.resolve("nr_hugepages"))
                    + number(pool.resolve("nr_overcommit_hugepages")));
        } catch (IOException | NumberFormatException unknown) {
            return Optional.empty();
        }
    }

    private static long number(Path file) throws IOException {
        return Long.parseLong(Files.readString(file).strip());
    }

    private String known() {
        TreeSet<Long> sizes = new TreeSet<>();
        try (DirectoryStream<Path> pools =
                Files.newDirectoryStream(folder, "hugepages-*kB")) {
            for (Path pool : pools) {
                sizes.add(Long.parseLong(
                        pool.getFileName().toString().replaceAll("[^0-9]", "")) << 10);
            }
        } catch (IOException | NumberFormatException absent) {
            sizes.clear();
        }
        return sizes.isEmpty() ? "it was built without huge pages (CONFIG_HUGETLBFS)"
                : "it has pages of " + sizes.stream().map(HugePages::word)
                        .collect(Collectors.joining(", "));
    }

    /** {@code 2M}, {@code 1G}, {@code 64K}. */
    static String word(long bytes) {
        return bytes >= 1 << 30 ? (bytes >> 30) + "G"
                : bytes >= 1 << 20 ? (bytes >> 20) + "M" : (bytes >> 10) + "K";
    }

    /** The file system of the pages. Everybody inside may use them, as with /dev/shm. */
    static Mount mount(MountOption option) throws ContainerException {
        List<String> options = new ArrayList<>(List.of("nosuid", "nodev",
                option.readOnly() ? "ro" : "rw", "pagesize=" + word(pageBytes(option)),
                "mode=1777"));
        if (option.sizeBytes() > 0) {
            options.add("size=" + option.sizeBytes());
        }
        return new Mount(option.target(), Optional.of("hugetlbfs"), Optional.of("hugetlbfs"),
                options, List.of(), List.of());
    }
}
