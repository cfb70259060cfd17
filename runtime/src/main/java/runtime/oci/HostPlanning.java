package runtime.oci;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import linux.proc.KernelVersion;
import linux.syscall.Kernel;
import linux.syscall.OwnUserNamespace;
import runtime.cgroup.CgroupPlan;
import runtime.launch.HandedLauncher;
import runtime.launch.KeeperLauncher;
import runtime.launch.KeeperProgram;
import runtime.launch.Streams;
import runtime.plan.ExecInput;
import runtime.plan.Handover;
import runtime.plan.PlanException;
import runtime.plan.PlanInput;
import runtime.plan.Planner;
import runtime.plan.SystemCallFilter;
import runtime.seccomp.SeccompCompiler;
import runtime.seccomp.SeccompException;
import runtime.spec.ContainerSpec;
import runtime.spec.IdMapping;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.Process;
import runtime.spec.Seccomp;

/** Plans for this host: looks up the facts the planner wants. */
final class HostPlanning {
    private HostPlanning() {}

    /** The program of a container's first process. */
    static KeeperProgram container(ContainerSpec spec, HostCgroupFiles cgroups, CgroupPlan cgroup,
            Path runFolder, Streams streams) throws OciException, IOException {
        Handover handover = new Handover(ownedStreams(spec.process(), streams),
                cgroups.ownFolders(cgroup.place()), mappings(spec),
                SeccompListener.isWanted(spec));
        String root = spec.root().path();
        PlanInput input = new PlanInput(spec, new PlanInput.RootSource.Folder(root),
                new PlanInput.Folders(root, root, KeeperLauncher.statusFile(runFolder).toString(),
                        "/dev/null"),
                HostCgroupFiles.setup(cgroup, spec.linux().namespace(NamespaceType.USER)
                        .filter(user -> user.path().isPresent()).isEmpty()),
                new PlanInput.Network.LoopbackOnly(), filter(spec),
                false, facts(spec, cgroups), Optional.of(handover));
        try {
            return KeeperProgram.of(Planner.container(input));
        } catch (PlanException refused) {
            throw new OciException(refused.getMessage(), refused);
        }
    }

    /** The program of a further process. */
    static KeeperProgram process(ContainerSpec spec, Process process, ContainerRecord record,
            Path runFolder, Streams streams) throws OciException {
        try {
            return KeeperProgram.of(Planner.process(new ExecInput(process, record.pid(),
                    spec.linux().namespaces().stream().map(Namespace::type).toList(),
                    sharesMounts(spec),
                    HostCgroupFiles.joinFiles(record.cgroup()),
                    KeeperLauncher.statusFile(runFolder).toString(), "/dev/null", filter(spec),
                    spec.linux().personality(), false,
                    Optional.of(Handover.of(ownedStreams(process, streams),
                            SeccompListener.isWanted(spec))))));
        } catch (PlanException refused) {
            throw new OciException(refused.getMessage(), refused);
        }
    }

    private static boolean sharesMounts(ContainerSpec spec) {
        return spec.linux().namespace(NamespaceType.MOUNT)
                .filter(namespace -> namespace.path().isEmpty()).isEmpty();
    }

    /** Pipes and sockets only: a device such as /dev/null is the host's. */
    private static List<Integer> ownedStreams(Process process, Streams streams) {
        List<Integer> owned = new ArrayList<>();
        for (int stream = 0; stream <= 2 && !process.terminal(); stream++) {
            String target = readLink(Path.of("/proc/self/fd",
                    streams.descriptors().get(stream).toString()));
            if (target.startsWith("pipe:") || target.startsWith("socket:")) {
                owned.add(stream);
            }
        }
        return owned;
    }

    private static String readLink(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    private static Map<Mount, String> mappings(ContainerSpec spec) throws IOException {
        Map<Mount, String> mappings = new HashMap<>();
        for (Mount mount : spec.mounts()) {
            boolean marked = mount.options().contains("idmap") || mount.options().contains("ridmap");
            List<IdMapping> users = mount.uidMappings().isEmpty() && marked
                    ? spec.linux().uidMappings() : mount.uidMappings();
            List<IdMapping> groups = mount.gidMappings().isEmpty() && marked
                    ? spec.linux().gidMappings() : mount.gidMappings();
            if (mount.isBind() && !users.isEmpty()) {
                mappings.put(mount, HandedLauncher.mapping(text(users), text(groups)));
            }
        }
        return mappings;
    }

    private static String text(List<IdMapping> mappings) {
        StringBuilder text = new StringBuilder();
        mappings.forEach(mapping -> text.append(mapping.containerId()).append(' ')
                .append(mapping.hostId()).append(' ').append(mapping.size()).append('\n'));
        return text.toString();
    }

    private static PlanInput.HostFacts facts(ContainerSpec spec, HostCgroupFiles cgroups)
            throws IOException {
        Set<String> files = new HashSet<>();
        for (Mount mount : spec.mounts()) {
            String source = mount.source().orElse("");
            if (mount.isBind() && !Files.isDirectory(Path.of(source))) {
                files.add(source);
            }
        }
        Set<String> hiddenFiles = new HashSet<>();
        Set<String> hiddenFolders = new HashSet<>();
        for (String path : spec.linux().maskedPaths()) {
            Path seen = seen(spec, path);
            if (Files.isDirectory(seen)) {
                hiddenFolders.add(path);
            } else if (Files.exists(seen, LinkOption.NOFOLLOW_LINKS)) {
                hiddenFiles.add(path);
            }
        }
        Set<String> readonly = new HashSet<>();
        for (String path : spec.linux().readonlyPaths()) {
            if (Files.exists(seen(spec, path), LinkOption.NOFOLLOW_LINKS)) {
                readonly.add(path);
            }
        }
        return new PlanInput.HostFacts(cgroups.mounts(), files, hiddenFiles, hiddenFolders, readonly,
                features(spec));
    }

    /** Where the host has what a container sees at a path: the kernel's own, a bind mount's, the root's. */
    private static Path seen(ContainerSpec spec, String path) {
        Path wanted = Path.of(path);
        for (Mount mount : spec.mounts().reversed()) {
            Path destination = Path.of(mount.destination());
            if (wanted.startsWith(destination)) {
                boolean kernel = mount.type().filter(type -> Set.of("proc", "sysfs").contains(type))
                        .isPresent();
                if (kernel) {
                    return wanted;
                }
                if (mount.isBind()) {
                    return Path.of(mount.source().orElse("/"))
                            .resolve(destination.relativize(wanted).toString());
                }
            }
        }
        return Path.of(spec.root().path()).resolve(Path.of("/").relativize(wanted).toString());
    }

    private static PlanInput.Features features(ContainerSpec spec) throws IOException {
        boolean labelled = spec.process().selinuxLabel().isPresent()
                || spec.linux().mountLabel().isPresent();
        boolean time = spec.linux().namespace(NamespaceType.TIME).isPresent();
        return new PlanInput.Features(
                spec.process().apparmorProfile().isPresent() && hasAppArmor(),
                labelled && Files.exists(Path.of("/sys/fs/selinux/enforce")),
                time && kernel().isAtLeast(6, 2)
                        && Files.exists(Path.of("/proc/self/timens_offsets")),
                OwnUserNamespace.isInitial());
    }

    static KernelVersion kernel() throws IOException {
        String release = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        return KernelVersion.parse(release)
                .orElseThrow(() -> new IOException("not a kernel release: " + release));
    }

    static boolean hasAppArmor() {
        try {
            return Files.readString(Path.of("/sys/module/apparmor/parameters/enabled"))
                    .startsWith("Y");
        } catch (IOException absent) {
            return false;
        }
    }

    private static Optional<SystemCallFilter> filter(ContainerSpec spec) throws OciException {
        if (spec.linux().seccomp().isEmpty()) {
            return Optional.empty();
        }
        try {
            Seccomp seccomp = spec.linux().seccomp().get();
            return Optional.of(SystemCallFilter.of(seccomp,
                    SeccompCompiler.compile(seccomp, Kernel.ARCHITECTURE).toBytes()));
        } catch (SeccompException | PlanException wrong) {
            throw new OciException("linux.seccomp: " + wrong.getMessage(), wrong);
        }
    }
}
