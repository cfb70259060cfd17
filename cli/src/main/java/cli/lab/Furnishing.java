package cli.lab;

import cli.lab.plan.LabDescription;
import cli.lab.plan.VirtualHost;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import linux.abi.MountFlag;
import linux.abi.OpenFlag;
import linux.abi.SystemCall;
import linux.proc.MountInfo;
import linux.syscall.Descriptors;
import linux.syscall.Kernel;
import linux.syscall.Mounts;

/** What makes a set of namespaces look like a machine: its name, its {@code /sys}, its {@code /etc/hosts}. */
final class Furnishing {
    private static final Path SYS = Path.of("/sys");

    private Furnishing() {}

    /** Writes the files the host finds in its {@code /etc}. */
    static void writeFiles(LabDescription lab, VirtualHost host) throws IOException {
        Files.createDirectories(lab.dataFolder(host));
        Files.createDirectories(lab.runFolder(host));
        Files.writeString(lab.folder(host).resolve("hosts"), lab.hostsFile());
        Files.writeString(lab.folder(host).resolve("hostname"), lab.hostName(host) + "\n");
    }

    /** Done in the host's namespaces. */
    static void furnish(LabDescription lab, VirtualHost host) throws IOException {
        name(lab.hostName(host));
        // Its first process, since /proc has no entry for this thread.
        List<MountInfo> mounts = MountInfo.parse(Files.readString(Path.of("/proc/1/mountinfo")));
        for (MountInfo mount : mounts) {
            // A copy of another host's name would keep that host's network alive.
            if (mount.mountPoint().startsWith(NamespaceNames.FOLDER + "/")) {
                NamespaceNames.detachAll(Path.of(mount.mountPoint()));
            }
        }
        mountSys(mounts);
        for (String file : List.of("hosts", "hostname")) {
            if (Files.exists(Path.of("/etc", file))) {
                Mounts.mount(lab.folder(host).resolve(file).toString(), "/etc/" + file, "none",
                        List.of(MountFlag.MS_BIND), "");
            }
        }
    }

    private static void name(String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        try (Arena arena = Arena.ofConfined()) {
            Kernel.check(SystemCall.SETHOSTNAME, "\"" + name + "\"",
                    arena.allocateFrom(name).address(), bytes.length);
        }
    }

    /** A sysfs of this network namespace; what was mounted on the other, such as the cgroups, moves along. */
    private static void mountSys(List<MountInfo> mounts) throws IOException {
        Map<Path, Integer> kept = new LinkedHashMap<>();
        try {
            for (MountInfo mount : mounts) {
                Path place = Path.of(mount.mountPoint());
                if (place.startsWith(SYS) && !place.equals(SYS)
                        && kept.keySet().stream().noneMatch(place::startsWith)) {
                    kept.put(place, Mounts.cloneTree(place.toString(), true));
                }
            }
            Mounts.mount("sysfs", SYS.toString(), "sysfs",
                    List.of(MountFlag.MS_NOSUID, MountFlag.MS_NODEV, MountFlag.MS_NOEXEC), "");
            for (Map.Entry<Path, Integer> entry : kept.entrySet()) {
                place(entry.getValue(), entry.getKey());
            }
        } finally {
            kept.values().forEach(Descriptors::close);
        }
    }

    private static void place(int tree, Path target) throws IOException {
        int descriptor = Descriptors.open(target, OpenFlag.O_RDONLY);
        try {
            Mounts.place(tree, descriptor);
        } finally {
            Descriptors.close(descriptor);
        }
    }
}
