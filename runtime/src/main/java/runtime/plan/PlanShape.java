package runtime.plan;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import linux.abi.CloneFlag;
import runtime.spec.Device;
import runtime.spec.IdMapping;
import runtime.spec.Mount;
import runtime.spec.Namespace;
import runtime.spec.NamespaceType;

/** What both lanes need to know of the input, decided once. */
final class PlanShape {
    private static final Set<String> KERNEL_FILE_SYSTEMS =
            Set.of("/sys", "/proc", "/dev/mqueue", "/sys/fs/cgroup");

    private static final String DEVICE_FOLDER = "/dev/";

    private final PlanInput input;
    private final Set<NamespaceType> fresh = EnumSet.noneOf(NamespaceType.class);
    private final List<Namespace> joined = new ArrayList<>();
    private final List<Mount> binds = new ArrayList<>();

    PlanShape(PlanInput input) {
        this.input = input;
        for (Namespace namespace : input.spec().linux().namespaces()) {
            if (namespace.path().isPresent()) {
                joined.add(namespace);
            } else {
                fresh.add(namespace.type());
            }
        }
        for (Mount mount : mounts()) {
            if (mount.isBind()) {
                binds.add(mount);
            }
        }
    }

    boolean has(NamespaceType type) {
        return fresh.contains(type);
    }

    /**
     * Whether the container's process exists before its root file system does, and makes its network namespace,
     * which takes the kernel longest of all, while the keeper makes the root. One that is handed over or joins
     * namespaces does not: what the keeper joins for it may take the privileges that the root needs.
     */
    boolean startsEarly() {
        return has(NamespaceType.NETWORK) && has(NamespaceType.MOUNT) && !handedOver()
                && joined.isEmpty();
    }

    /**
     * Namespaces made by {@code clone3(2)}; cgroup and time namespaces are made in other ways, and those of
     * network and mounts by the container itself if it {@linkplain #startsEarly() starts early}.
     */
    List<CloneFlag> newNamespaces() {
        List<CloneFlag> flags = new ArrayList<>();
        for (NamespaceType type : fresh) {
            switch (type) {
                case PID -> flags.add(CloneFlag.CLONE_NEWPID);
                case NETWORK -> addUnless(startsEarly(), CloneFlag.CLONE_NEWNET, flags);
                case MOUNT -> addUnless(startsEarly(), CloneFlag.CLONE_NEWNS, flags);
                case IPC -> flags.add(CloneFlag.CLONE_NEWIPC);
                case UTS -> flags.add(CloneFlag.CLONE_NEWUTS);
                case USER -> flags.add(CloneFlag.CLONE_NEWUSER);
                case CGROUP, TIME -> { }
            }
        }
        return flags;
    }

    private static void addUnless(boolean made, CloneFlag flag, List<CloneFlag> flags) {
        if (!made) {
            flags.add(flag);
        }
    }

    List<Namespace> joined() {
        return joined;
    }

    boolean userNamespace() {
        return has(NamespaceType.USER);
    }

    /** Whether it enters a namespace that exists already. */
    boolean joins(NamespaceType type) {
        return joined.stream().anyMatch(namespace -> namespace.type() == type);
    }

    /** Whether the container is in a user namespace, a new one or not. */
    boolean insideUserNamespace() {
        return userNamespace() || joins(NamespaceType.USER);
    }

    /** Whether the container has no mount namespace of its own: chroot alone. */
    boolean sharesMounts() {
        return !has(NamespaceType.MOUNT);
    }

    /** Whether the container waits, its root filled and not yet changed, until hooks have run. */
    boolean waitsForHooks() {
        return input.spec().waitsForHooks();
    }

    boolean terminal() {
        return input.spec().process().terminal();
    }

    StreamShape streams() {
        return new StreamShape(terminal(), input.openInput(), input.folders().logFile());
    }

    /** Whether the lanes wait for each other between clone and the container's own set-up. */
    boolean handshake() {
        return startsEarly() || userNamespace()
                || input.network() instanceof PlanInput.Network.Attached;
    }

    LaunchPlan.IdRange idRange() {
        if (!userNamespace()) {
            return LaunchPlan.IdRange.NONE;
        }
        IdMapping first = input.spec().linux().uidMappings().getFirst();
        return new LaunchPlan.IdRange(first.hostId(), first.size());
    }

    /** Whether a caller keeps the container itself. */
    boolean handedOver() {
        return input.handover().isPresent();
    }

    /** A user of the container as the host numbers it. */
    long hostUid(long uid) {
        return hostId(input.spec().linux().uidMappings(), uid);
    }

    /** A group of the container as the host numbers it. */
    long hostGid(long gid) {
        return hostId(input.spec().linux().gidMappings(), gid);
    }

    private long hostId(List<IdMapping> mappings, long id) {
        for (IdMapping mapping : mappings) {
            if (id >= mapping.containerId() && id - mapping.containerId() < mapping.size()) {
                return mapping.hostId() + id - mapping.containerId();
            }
        }
        return userNamespace() ? idRange().hostId() + id : id;
    }

    String uidMap() {
        return map(input.spec().linux().uidMappings());
    }

    String gidMap() {
        return map(input.spec().linux().gidMappings());
    }

    private static String map(List<IdMapping> mappings) {
        StringBuilder text = new StringBuilder();
        for (IdMapping mapping : mappings) {
            text.append(mapping.containerId()).append(' ').append(mapping.hostId()).append(' ')
                    .append(mapping.size()).append('\n');
        }
        return text.toString();
    }

    /**
     * The spec's mounts, with those the kernel would refuse replaced by what comes nearest: a file
     * system that belongs to a namespace can be mounted only by that namespace's own root, so where
     * the user namespace is new and the other is the host's, the host's mount is shown instead.
     */
    List<Mount> mounts() {
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : input.spec().mounts()) {
            if (handedOver() && !has(NamespaceType.CGROUP) && isCgroup(mount)) {
                mounts.addAll(CgroupMounts.ownFolders(mount, input.handover().orElseThrow()));
                continue;
            }
            mounts.add(mount.type().filter(this::belongsToHost).isPresent() ? bound(mount) : mount);
            if (!hostRoot() && deviceMount().filter(mount::equals).isPresent()) {
                devicesWanted().forEach(device -> mounts.add(boundDevice(device)));
            }
        }
        return mounts;
    }

    /** Whether only the host's root may make it, so that the keeper does, and the container places it. */
    boolean isMadeOutside(Mount mount) {
        return insideUserNamespace() && mount.type().filter("hugetlbfs"::equals).isPresent();
    }

    /** Whether the agent may make device files, and {@code trusted.} attributes. */
    boolean hostRoot() {
        return input.facts().features().hostRoot();
    }

    /** The host's device file itself. */
    private Mount boundDevice(Device device) {
        String source = DeviceFiles.STANDARD.contains(device) ? device.path()
                : input.facts().features().deviceFiles().getOrDefault(device.path(), device.path());
        return new Mount(device.path(), Optional.of("bind"), Optional.of(source),
                List.of("bind", "nosuid", "noexec"), List.of(), List.of());
    }

    /** Whether what is bound there is a file, not a folder. */
    boolean bindsFile(Mount mount) {
        return input.facts().regularFiles().contains(mount.source().orElse(""))
                || !hostRoot() && devicesWanted().stream().anyMatch(
                        device -> boundDevice(device).equals(mount));
    }

    static boolean isCgroup(Mount mount) {
        return mount.type().filter(type -> type.equals("cgroup") || type.equals("cgroup2")).isPresent();
    }

    private boolean belongsToHost(String type) {
        if (!insideUserNamespace() && hostRoot()) {
            return false;
        }
        return switch (type) {
            case "sysfs" -> !has(NamespaceType.NETWORK);
            case "mqueue" -> !has(NamespaceType.IPC);
            case "proc" -> !has(NamespaceType.PID);
            default -> false;
        };
    }

    private static Mount bound(Mount mount) {
        List<String> options = new ArrayList<>(mount.options());
        options.add("rbind");
        return new Mount(mount.destination(), Optional.of("bind"), Optional.of(mount.destination()),
                options, List.of(), List.of());
    }

    List<Mount> binds() {
        return binds;
    }

    boolean isKernelFileSystem(Mount mount) {
        return KERNEL_FILE_SYSTEMS.contains(mount.source().orElse(""));
    }

    Optional<Mount> deviceMount() {
        return input.spec().mounts().stream()
                .filter(mount -> mount.destination().equals("/dev") && !mount.isBind())
                .findFirst();
    }

    /** Options of the tmpfs on /dev that are not flags: mode, size, label; owned by root inside. */
    List<String> deviceOptions() {
        List<String> options = new ArrayList<>(
                MountOptions.of(deviceMount().orElseThrow().options()).data());
        if (insideUserNamespace()) {
            options.add("uid=" + hostUid(0));
            options.add("gid=" + hostGid(0));
        }
        // fsconfig(2) takes the value as it is: no quotes.
        input.spec().linux().mountLabel().ifPresent(label -> options.add("context=" + label));
        return options;
    }

    /** The options of a file system with the SELinux label of the container's files. */
    String labelled(String type, String data) {
        return SecurityLabels.labelled(input.spec().linux().mountLabel(), type, data);
    }

    /** Those in the root file system itself. */
    List<Device> devicesElsewhere() {
        return input.spec().linux().devices().stream()
                .filter(device -> !device.path().startsWith(DEVICE_FOLDER)).toList();
    }

    /** The container's own stands there: its terminals' ptmx, its console; never the host's. */
    private boolean isOwnOfContainer(String path) {
        for (String[] link : DeviceFiles.LINKS) {
            if (path.equals("/dev/" + link[0])) {
                return true;
            }
        }
        return terminal() && path.equals("/dev/console");
    }

    /** Those made as files of the container's own /dev. */
    List<Device> devices() {
        return hostRoot() ? devicesWanted() : List.of();
    }

    private List<Device> devicesWanted() {
        List<Device> devices = new ArrayList<>(DeviceFiles.STANDARD);
        for (Device device : input.spec().linux().devices()) {
            if (isOwnOfContainer(device.path()) || !device.path().startsWith(DEVICE_FOLDER)) {
                continue;
            }
            devices.removeIf(known -> known.path().equals(device.path()));
            devices.add(device);
        }
        return devices;
    }
}
