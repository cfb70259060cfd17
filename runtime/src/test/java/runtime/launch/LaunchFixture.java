package runtime.launch;


import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import linux.abi.Capability;
import runtime.plan.ExecInput;
import runtime.plan.PlanInput;
import runtime.plan.Planner;
import runtime.spec.ContainerSpec;
import runtime.spec.Device;
import runtime.spec.Hooks;
import runtime.spec.IdMapping;
import runtime.spec.Linux;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;
import runtime.spec.Process;
import runtime.spec.Resources;
import runtime.spec.Root;

/** Makes launch requests for containers on a small root file system in a test's folder. */
final class LaunchFixture {
    private final Path folder;
    private final Path layers;
    private int runs;
    private List<String> lowerNames = List.of("base");
    private PlanInput.CgroupSetup cgroup = PlanInput.CgroupSetup.none();
    private UnaryOperator<ContainerSpec> change = UnaryOperator.identity();
    private Optional<PlanInput.Lease> lease = Optional.empty();

    LaunchFixture(Path folder) throws Exception {
        this.folder = folder;
        this.layers = folder.resolve("layers");
        HostRoot.make(layers.resolve("base"), "sh", "true", "cat", "id", "hostname", "ls", "sleep", "stty");
        for (int i = 0; i < 4; i++) {
            Files.createDirectories(folder.resolve("lower/" + i));
        }
        Files.createDirectories(folder.resolve("root"));
    }

    /** The cgroup of all containers from now on. */
    void cgroup(PlanInput.CgroupSetup setup) {
        cgroup = setup;
    }

    /** The lease of all containers from now on. */
    void lease(PlanInput.Lease other) {
        lease = Optional.of(other);
    }

    /** What is different in every spec from now on. */
    void changing(UnaryOperator<ContainerSpec> other) {
        change = other;
    }

    /** What differs from the usual container. */
    record Wish(boolean userNamespace, boolean terminal, boolean input, boolean isolated,
            Process.User user, List<Mount> binds, boolean readonlyRoot, List<Device> devices) {
        static Wish plain(boolean userNamespace) {
            return new Wish(userNamespace, false, false, true, Process.User.root(), List.of(), false,
                    List.of());
        }

        Wish as(Process.User other) {
            return new Wish(userNamespace, terminal, input, isolated, other, binds, readonlyRoot, devices);
        }

        Wish with(Mount bind) {
            return new Wish(userNamespace, terminal, input, isolated, user, List.of(bind), readonlyRoot,
                    devices);
        }

        Wish with(Device device) {
            return new Wish(userNamespace, terminal, input, isolated, user, binds, readonlyRoot,
                    List.of(device));
        }

        Wish readonly() {
            return new Wish(userNamespace, terminal, input, isolated, user, binds, true, devices);
        }

        Wish chrootOnly() {
            return new Wish(userNamespace, terminal, input, false, user, binds, readonlyRoot, devices);
        }
    }

    LaunchRequest request(boolean user, boolean terminal, boolean input, String... args)
            throws Exception {
        return request(new Wish(user, terminal, input, true, Process.User.root(), List.of(), false,
                List.of()), args);
    }

    LaunchRequest request(Wish wish, String... args) throws Exception {
        Path container = folder.resolve("c" + runs++);
        Files.createDirectories(container);
        return request(wish, new Place(container, container.resolve("log")), args);
    }

    /** Where a launch leaves its files. */
    record Place(Path runFolder, Path log) {}

    LaunchRequest request(Wish wish, Place place, String... args) throws Exception {
        Path container = place.runFolder();
        ContainerSpec spec = spec(wish, args);
        Set<String> files = new java.util.HashSet<>();
        for (Mount bind : wish.binds()) {
            if (Files.isRegularFile(Path.of(bind.source().orElseThrow()))) {
                files.add(bind.source().orElseThrow());
            }
        }
        PlanInput.HostFacts facts = new PlanInput.HostFacts(List.of(), files,
                Set.of("/proc/kcore"), Set.of("/sys/firmware"), Set.of("/proc/sys"),
                new PlanInput.Features(true, true, true, true));
        PlanInput plan = new PlanInput(spec,
                new PlanInput.RootSource.Overlay(layers.toString(), lowerNames,
                        container.resolve("upper").toString(), container.resolve("work").toString()),
                new PlanInput.Folders(folder.resolve("root").toString(), folder.resolve("lower").toString(),
                        container.resolve("status").toString(), place.log().toString()),
                cgroup, new PlanInput.Network.LoopbackOnly(), Optional.empty(),
                wish.input(), facts, Optional.empty(), Optional.empty(), lease);
        return new LaunchRequest(KeeperProgram.of(Planner.container(plan)), container);
    }

    /** A container on the base layer under many others, each with a file of its own. */
    LaunchRequest layered(boolean user, int count, String... args) throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            String name = String.format(java.util.Locale.ROOT, "%016x/fs", i);
            Files.createDirectories(layers.resolve(name));
            Files.writeString(layers.resolve(name).resolve("layer" + i), "x");
            Files.createDirectories(folder.resolve("lower/" + i));
            names.add(name);
        }
        names.add("base");
        lowerNames = names;
        return request(user, false, false, args);
    }

    /** A further process in a container made of the same wish. */
    LaunchRequest exec(Wish wish, int targetPid, String... args) throws Exception {
        Path run = folder.resolve("e" + runs++);
        Files.createDirectories(run);
        ContainerSpec spec = spec(wish, args);
        List<NamespaceType> namespaces =
                spec.linux().namespaces().stream().map(Namespace::type).toList();
        return new LaunchRequest(KeeperProgram.of(Planner.process(new ExecInput(spec.process(), targetPid,
                namespaces, List.of(), run.resolve("status").toString(), run.resolve("log").toString(),
                Optional.empty(), spec.linux().personality(), wish.input()))), run);
    }

    private ContainerSpec spec(Wish wish, String... args) {
        List<Mount> mounts = new ArrayList<>(mounts());
        mounts.addAll(wish.binds());
        return change.apply(new ContainerSpec("1.2.0", process(wish, args),
                new Root("rootfs", wish.readonlyRoot()), Optional.of("inside"), Optional.empty(),
                mounts, Hooks.none(), Map.of(), linux(wish)));
    }

    private static Process process(Wish wish, String... args) {
        return new Process(wish.terminal(), Optional.of(new Process.ConsoleSize(24, 80)),
                wish.user(), List.of(args), List.of("PATH=/usr/bin:/bin"), "/",
                Optional.of(Process.Capabilities.granted(Set.of(Capability.CHOWN, Capability.KILL))),
                List.of(new Process.Rlimit("RLIMIT_NOFILE", 1024, 1024)), true, Optional.empty(),
                Optional.empty(), OptionalInt.empty(), Optional.empty(), Optional.empty());
    }

    private static Linux linux(Wish wish) {
        List<Namespace> namespaces = new ArrayList<>();
        for (NamespaceType type : NamespaceType.values()) {
            boolean wanted = type != NamespaceType.TIME
                    && (wish.userNamespace() || type != NamespaceType.USER);
            if (wish.isolated() && wanted) {
                namespaces.add(new Namespace(type, Optional.empty()));
            }
        }
        List<IdMapping> map = wish.userNamespace() ? List.of(new IdMapping(0, 700000, 65536)) : List.of();
        return new Linux(map, map, namespaces, wish.devices(), Optional.empty(), Resources.none(),
                Optional.empty(), Optional.empty(), Map.of(), List.of("/proc/kcore", "/sys/firmware"),
                List.of("/proc/sys"), Optional.empty(), Optional.empty(), Map.of(), Map.of());
    }

    private static List<Mount> mounts() {
        return List.of(
                Mount.of("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
                Mount.of("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755", "size=65536k"),
                Mount.of("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance",
                        "ptmxmode=0666", "mode=0620", "gid=5"),
                Mount.of("/dev/shm", "tmpfs", "shm", "nosuid", "nodev", "noexec", "mode=1777", "size=65536k"),
                Mount.of("/dev/mqueue", "mqueue", "mqueue", "nosuid", "nodev", "noexec"),
                Mount.of("/sys", "sysfs", "sysfs", "nosuid", "nodev", "noexec", "ro"));
    }

    static String output(LaunchRequest request) throws Exception {
        Path log = request.runFolder().resolve("log");
        StringBuilder text = new StringBuilder();
        if (Files.exists(log)) {
            ByteBuffer frames = ByteBuffer.wrap(Files.readAllBytes(log)).order(ByteOrder.LITTLE_ENDIAN);
            while (frames.remaining() >= 24) {
                frames.position(frames.position() + 16);
                byte[] payload = new byte[frames.getInt()];
                frames.getInt();
                frames.get(payload);
                text.append(new String(payload, StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }
}
