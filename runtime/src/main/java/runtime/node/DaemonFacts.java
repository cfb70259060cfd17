package runtime.node;

import api.node.InfoResponse;
import api.node.VersionResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import linux.abi.Architecture;
import linux.proc.MemoryInformation;
import linux.syscall.OwnUserNamespace;
import runtime.cgroup.CgroupLayout;
import runtime.container.ContainerRecord;
import runtime.container.ContainerState;
import runtime.container.Containers;
import runtime.container.HostCgroups;
import runtime.store.ImageStore;

/** What the daemon says about itself and its host. */
final class DaemonFacts {
    private static final int API_VERSION = 1;
    private static final List<String> CONTROLLERS =
            List.of("cpu", "cpuacct", "cpuset", "memory", "pids", "blkio", "devices", "freezer",
                    "hugetlb");

    private final String version;
    private final NodeFolders folders;
    private final Containers containers;
    private final ImageStore images;
    private final HostCgroups cgroups;
    private final DiskGuard guard;
    private final Instant started = Instant.now();

    DaemonFacts(String version, NodeFolders folders, Containers containers, ImageStore images,
            HostCgroups cgroups, DiskGuard guard) {
        this.version = version;
        this.folders = folders;
        this.containers = containers;
        this.images = images;
        this.cgroups = cgroups;
        this.guard = guard;
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
                .setOperatingSystem(operatingSystem())
                .setProcessors(Runtime.getRuntime().availableProcessors())
                .setMemoryBytes(MemoryInformation.parse(
                        Files.readString(Path.of("/proc/meminfo"))).totalBytes())
                .setImages(images.list().size())
                .setCgroupMode(mode(cgroups.layout().kind()))
                .addAllCgroupControllers(CONTROLLERS.stream()
                        .filter(cgroups.layout()::has).toList())
                .addSecurityFeatures("seccomp")
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

    private static String operatingSystem() throws IOException {
        Path release = Path.of("/etc/os-release");
        if (!Files.exists(release)) {
            return "Linux";
        }
        return Files.readAllLines(release).stream()
                .filter(line -> line.startsWith("PRETTY_NAME="))
                .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst().orElse("Linux");
    }
}
