package runtime.node;

import api.node.InfoResponse;
import api.node.VersionResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import linux.abi.Architecture;
import linux.proc.MemoryInformation;
import linux.syscall.OwnUserNamespace;
import runtime.cgroup.CgroupLayout;
import runtime.container.ContainerRecord;
import runtime.container.ContainerState;
import runtime.container.Containers;
import runtime.container.HostCgroups;
import runtime.forward.LogDriver;
import runtime.store.ImageStore;

/** What the daemon says about itself and its host. */
final class DaemonFacts {
    private static final int API_VERSION = 1;
    private static final Path MACHINE_ID = Path.of("/etc/machine-id");
    private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");
    private static final List<String> CONTROLLERS =
            List.of("cpu", "cpuacct", "cpuset", "memory", "pids", "blkio", "devices", "freezer",
                    "hugetlb");

    private final String version;
    private final NodeFolders folders;
    private final Containers containers;
    private final ImageStore images;
    private final HostCgroups cgroups;
    private final DiskGuard guard;
    private final List<Path> deviceFolders;
    private final Instant started = Instant.now();

    DaemonFacts(String version, NodeFolders folders, Containers containers, ImageStore images,
            HostCgroups cgroups, DiskGuard guard, List<Path> deviceFolders) {
        this.version = version;
        this.folders = folders;
        this.containers = containers;
        this.images = images;
        this.cgroups = cgroups;
        this.guard = guard;
        this.deviceFolders = deviceFolders;
    }

    VersionResponse version() {
        return VersionResponse.newBuilder()
                .setVersion(version)
                .setApiVersion(API_VERSION)
                .setKernelRelease(System.getProperty("os.version"))
                .setArchitecture(Architecture.ofJvm(System.getProperty("os.arch")).imageName())
                .setJavaVersion(Runtime.version().toString())
                .setPid((int) ProcessHandle.current().pid())
                .setStartedUnixNanos(ReplyTranslation.nanos(started))
                .build();
    }

    InfoResponse info() throws IOException {
        InfoResponse.Builder info = InfoResponse.newBuilder()
                .setVersion(version())
                .setDataFolder(folders.data().toString())
                .setRunFolder(folders.run().toString())
                .setHostname(hostname())
                .setId(id())
                .setTimeUnixNanos(ReplyTranslation.nanos(Instant.now()))
                .setOperatingSystem(release("PRETTY_NAME").orElse("Linux"))
                .setOperatingSystemVersion(release("VERSION_ID").orElse(""))
                .setProcessors(Runtime.getRuntime().availableProcessors())
                .setMemoryBytes(MemoryInformation.parse(
                        Files.readString(Path.of("/proc/meminfo"))).totalBytes())
                .setImages(images.list().size())
                .setCgroupMode(mode(cgroups.layout().kind()))
                .addAllCgroupControllers(CONTROLLERS.stream()
                        .filter(cgroups.layout()::has).toList())
                .addSecurityFeatures("seccomp")
                .setSwapLimit(cgroups.layout().has("memory") && cgroups.machine().swapAccounting())
                .setOomKillDisable(cgroups.layout().isLegacy("memory"))
                .setIpv4Forwarding(Files.exists(FORWARDING)
                        && Files.readString(FORWARDING).strip().equals("1"))
                .addAllDeviceFolders(deviceFolders.stream().map(Path::toString).toList())
                .addAllLoggingDrivers(
                        Arrays.stream(LogDriver.values()).map(LogDriver::word).toList())
                .setLoggingDriver(containers.logging().standard().driver().word())
                .setReadOnlyReason(guard.look().orElse(""));
        if (!info.getReadOnlyReason().isEmpty()) {
            info.addWarnings(info.getReadOnlyReason());
        }
        cgroups.warning().ifPresent(info::addWarnings);
        if (Files.exists(Path.of("/proc/self/ns/user"))) {
            info.addSecurityFeatures("userns");
        }
        if (!OwnUserNamespace.isInitial()) {
            info.addSecurityFeatures("rootless");
        }
        for (ContainerRecord record : containers.list()) {
            count(info, record.state());
        }
        return info.build();
    }

    private static void count(InfoResponse.Builder info, ContainerState state) {
        switch (state) {
            case RUNNING -> info.setContainersRunning(info.getContainersRunning() + 1);
            case CREATED -> info.setContainersCreated(info.getContainersCreated() + 1);
            case PAUSED -> info.setContainersPaused(info.getContainersPaused() + 1);
            case RESTARTING, EXITED, REMOVING, DEAD ->
                    info.setContainersExited(info.getContainersExited() + 1);
        }
    }

    private static String mode(CgroupLayout.Kind kind) {
        return switch (kind) {
            case LEGACY -> "v1";
            case HYBRID, NONE -> kind.name().toLowerCase(Locale.ROOT);
            case UNIFIED -> "v2";
        };
    }

    private static String hostname() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unresolved) {
            // The JDK asks the resolver about the name; its message begins with the name itself.
            return String.valueOf(unresolved.getMessage()).split(":")[0];
        }
    }

    /** Of the machine and the data folder; machine-id(5) is not to be shown itself. */
    private String id() throws IOException {
        String machine = Files.exists(MACHINE_ID) ? Files.readString(MACHINE_ID).strip() : "";
        return UUID.nameUUIDFromBytes(((machine.isEmpty() ? hostname() : machine) + "\n"
                + folders.data()).getBytes(StandardCharsets.UTF_8)).toString();
    }

    /** A value of os-release(5). */
    private static Optional<String> release(String key) throws IOException {
        Path release = Path.of("/etc/os-release");
        if (!Files.exists(release)) {
            return Optional.empty();
        }
        return Files.readAllLines(release).stream()
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1).replace("\"", ""))
                .findFirst();
    }
}
