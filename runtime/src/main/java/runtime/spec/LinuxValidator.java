package runtime.spec;

import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import runtime.spec.Seccomp.Action;

/** Checks {@code linux} of a spec. */
final class LinuxValidator {
    private static final long MAX_MAJOR = (1L << 12) - 1;
    private static final long MAX_MINOR = (1L << 20) - 1;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int MAX_DEVICE_NAME = 15;
    private static final int MAX_SOCKET_PATH_BYTES = 107;
    private static final Set<String> PROPAGATIONS = Set.of("shared", "slave", "private",
            "unbindable", "rshared", "rslave", "rprivate", "runbindable");
    private static final Set<String> IPC_SYSCTLS = Set.of("kernel.msgmax", "kernel.msgmnb",
            "kernel.msgmni", "kernel.msg_next_id", "kernel.sem", "kernel.sem_next_id",
            "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_next_id",
            "kernel.shm_rmid_forced");
    private static final Set<String> UTS_SYSCTLS =
            Set.of("kernel.hostname", "kernel.domainname");
    private static final Set<String> SECCOMP_FLAGS = Set.of("SECCOMP_FILTER_FLAG_TSYNC",
            "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");

    private final ContainerSpec spec;
    private final Linux linux;
    private final ProblemList problems;

    LinuxValidator(ContainerSpec spec, ProblemList problems) {
        this.spec = spec;
        this.linux = spec.linux();
        this.problems = problems;
    }

    void check() {
        idMappings();
        namespaces();
        devices();
        linux.cgroupsPath().ifPresent(this::cgroupsPath);
        new ResourcesValidator(linux.resources(), problems).check();
        linux.rootfsPropagation().ifPresent(value -> problems.require(
                PROPAGATIONS.contains(value), "$.linux.rootfsPropagation",
                "must be shared, slave, private or unbindable, not \""
                        + ProblemList.shortened(value) + "\""));
        linux.seccomp().ifPresent(this::seccomp);
        linux.sysctl().keySet().forEach(this::sysctl);
        problems.absolutePaths("$.linux.maskedPaths", linux.maskedPaths());
        problems.absolutePaths("$.linux.readonlyPaths", linux.readonlyPaths());
        linux.personality().ifPresent(domain -> problems.require(
                domain.equals("LINUX") || domain.equals("LINUX32"), "$.linux.personality.domain",
                "must be LINUX or LINUX32"));
        linux.mountLabel().ifPresent(label -> problems.label("$.linux.mountLabel", label));
        timeOffsets();
        netDevices();
    }

    private void idMappings() {
        IdMappings.check(problems, "$.linux.uidMappings", linux.uidMappings());
        IdMappings.check(problems, "$.linux.gidMappings", linux.gidMappings());
        Optional<Namespace> user = linux.namespace(NamespaceType.USER);
        boolean mapped = !linux.uidMappings().isEmpty() || !linux.gidMappings().isEmpty();
        boolean fresh = user.isPresent() && user.get().path().isEmpty();
        problems.require(!mapped || user.isPresent(), "$.linux.uidMappings",
                "needs a user namespace; add one to linux.namespaces, or remove the mappings");
        problems.require(!fresh || !linux.uidMappings().isEmpty()
                        && !linux.gidMappings().isEmpty(), "$.linux.namespaces",
                "a new user namespace needs uidMappings and gidMappings");
        if (fresh) {
            mappedUser();
        }
    }

    private void mappedUser() {
        Process.User user = spec.process().user();
        problems.require(contains(linux.uidMappings(), user.uid()), "$.process.user.uid",
                user.uid() + " is not in linux.uidMappings");
        problems.require(contains(linux.gidMappings(), user.gid()), "$.process.user.gid",
                user.gid() + " is not in linux.gidMappings");
        for (long group : user.additionalGids()) {
            problems.require(contains(linux.gidMappings(), group), "$.process.user.additionalGids",
                    group + " is not in linux.gidMappings");
        }
    }

    private static boolean contains(List<IdMapping> mappings, long id) {
        return mappings.stream().anyMatch(mapping -> id >= mapping.containerId()
                && id - mapping.containerId() < mapping.size());
    }

    private void namespaces() {
        Set<NamespaceType> seen = EnumSet.noneOf(NamespaceType.class);
        for (int i = 0; i < linux.namespaces().size(); i++) {
            Namespace namespace = linux.namespaces().get(i);
            String path = "$.linux.namespaces[" + i + "]";
            problems.require(seen.add(namespace.type()), path + ".type",
                    "a container has one " + namespace.type().specName() + " namespace");
            namespace.path().ifPresent(file -> problems.absolutePath(path + ".path", file));
        }
        boolean changesMounts = !spec.mounts().isEmpty() || spec.root().readonly()
                || !linux.maskedPaths().isEmpty() || !linux.readonlyPaths().isEmpty();
        problems.require(!changesMounts || seen.contains(NamespaceType.MOUNT),
                "$.linux.namespaces", "mounts, a read-only root, masked and read-only paths need a"
                        + " mount namespace, or they would change the host; add one");
    }

    private void devices() {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < linux.devices().size(); i++) {
            Device device = linux.devices().get(i);
            String path = "$.linux.devices[" + i + "]";
            problems.absolutePath(path + ".path", device.path());
            problems.require(seen.add(device.path()), path + ".path",
                    device.path() + " is given twice");
            if (device.type() != Device.Type.FIFO) {
                problems.require(device.major().orElse(-1) >= 0
                                && device.major().orElse(-1) <= MAX_MAJOR, path + ".major",
                        "must be 0 to " + MAX_MAJOR);
                problems.require(device.minor().orElse(-1) >= 0
                                && device.minor().orElse(-1) <= MAX_MINOR, path + ".minor",
                        "must be 0 to " + MAX_MINOR);
            }
        }
    }

    private void cgroupsPath(String path) {
        String place = "$.linux.cgroupsPath";
        problems.noNul(place, path);
        problems.require(path.chars().filter(c -> c == ':').count() != 2 || path.contains("/"),
                place, "slice:prefix:name is systemd's: call jrun with --systemd-cgroup (podman:"
                        + " --cgroup-manager=systemd), or give a path such as /machine/"
                        + ProblemList.shortened(path).replace(':', '-'));
        String relative = path.startsWith("/") ? path.substring(1) : path;
        boolean sound = !relative.isEmpty() && List.of(relative.split("/", -1)).stream().noneMatch(
                part -> part.isEmpty() || part.equals(".") || part.equals("..")
                        || part.chars().anyMatch(c -> c < ' '));
        problems.require(sound, place, "must be names with slashes between, none of them . or ..");
    }

    private void seccomp(Seccomp seccomp) {
        String path = "$.linux.seccomp";
        problems.require(SECCOMP_FLAGS.containsAll(seccomp.flags()), path + ".flags",
                "seccomp(2) has other flags than " + seccomp.flags());
        problems.require(!seccomp.asksSupervisor() || seccomp.listenerPath().isPresent(), path,
                "SCMP_ACT_NOTIFY needs listenerPath, the socket of who is asked; give one, or use"
                        + " another action");
        problems.require(seccomp.asksSupervisor() || seccomp.listenerPath().isEmpty(),
                path + ".listenerPath", "no rule has SCMP_ACT_NOTIFY, so there is no listener to send");
        problems.require(seccomp.listenerMetadata().isEmpty() || seccomp.listenerPath().isPresent(),
                path + ".listenerMetadata", "is sent to listenerPath, which is missing");
        problems.require(seccomp.defaultAction() != Action.NOTIFY, path + ".defaultAction",
                "must not be SCMP_ACT_NOTIFY: the steps that start the program would wait for who is"
                        + " asked; name the calls to ask for");
        seccomp.listenerPath().ifPresent(file -> {
            problems.absolutePath(path + ".listenerPath", file);
            problems.require(file.getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                            <= MAX_SOCKET_PATH_BYTES, path + ".listenerPath",
                    "must be at most " + MAX_SOCKET_PATH_BYTES + " bytes long (unix(7))");
        });
        problems.require(seccomp.architectures().stream().allMatch(
                        name -> name.startsWith("SCMP_ARCH_")), path + ".architectures",
                "names begin with SCMP_ARCH_");
        for (int i = 0; i < seccomp.rules().size(); i++) {
            problems.require(!seccomp.rules().get(i).names().isEmpty(),
                    path + ".syscalls[" + i + "].names", "must name at least one system call");
        }
    }

    private void sysctl(String key) {
        String path = "$.linux.sysctl['" + ProblemList.shortened(key) + "']";
        if (!key.matches("[A-Za-z0-9_:/.-]+") || key.contains("..") || key.startsWith("/")) {
            problems.add(path, "is not a kernel parameter's name (sysctl(8))");
            return;
        }
        String name = key.indexOf('.') < 0 ? key.replace('/', '.') : key;
        if (IPC_SYSCTLS.contains(name) || name.startsWith("fs.mqueue.")) {
            sysctlNeeds(path, NamespaceType.IPC);
        } else if (UTS_SYSCTLS.contains(name)) {
            sysctlNeeds(path, NamespaceType.UTS);
        } else if (name.startsWith("net.")) {
            sysctlNeeds(path, NamespaceType.NETWORK);
        } else if (name.startsWith("user.")) {
            sysctlNeeds(path, NamespaceType.USER);
        } else {
            problems.add(path, "belongs to no namespace: it would change the host; set it there");
        }
    }

    private void sysctlNeeds(String path, NamespaceType type) {
        problems.require(linux.namespace(type).isPresent(), path, "needs a " + type.specName()
                + " namespace, or it would change the host; add one to linux.namespaces");
    }

    private void timeOffsets() {
        Optional<Namespace> time = linux.namespace(NamespaceType.TIME);
        linux.timeOffsets().forEach((clock, offset) -> {
            String path = "$.linux.timeOffsets." + ProblemList.shortened(clock);
            problems.require(clock.equals("monotonic") || clock.equals("boottime"), path,
                    "only monotonic and boottime have offsets");
            problems.require(time.isPresent() && time.get().path().isEmpty(), path,
                    "needs a new time namespace; add one to linux.namespaces");
            problems.require(offset.nanoseconds() < NANOS_PER_SECOND, path + ".nanosecs",
                    "must be below 1000000000");
        });
    }

    private void netDevices() {
        Set<String> inside = new HashSet<>();
        linux.netDevices().forEach((name, device) -> {
            String path = "$.linux.netDevices['" + ProblemList.shortened(name) + "']";
            String wanted = device.name().orElse(name);
            problems.require(isDeviceName(name) && isDeviceName(wanted), path,
                    "a network device's name has 1 to 15 ASCII characters, no slash, blank or colon");
            problems.require(inside.add(wanted), path, wanted + " is there twice inside");
            problems.require(linux.namespace(NamespaceType.NETWORK).isPresent(), path,
                    "needs a network namespace; add one to linux.namespaces");
        });
    }

    /** {@code dev_valid_name()} of the kernel, of ASCII alone. */
    private static boolean isDeviceName(String name) {
        return !name.isEmpty() && name.length() <= MAX_DEVICE_NAME && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(c -> c == '/' || c == ':' || c <= ' ' || c >= 0x7f);
    }
}
