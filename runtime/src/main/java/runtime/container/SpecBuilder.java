package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import linux.abi.Capability;
import runtime.cgroup.DeviceRules;
import runtime.cgroup.LimitOptions;
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
import runtime.spec.Resources.DeviceRule;
import runtime.spec.Root;
import runtime.spec.Seccomp;

/** Turns an image and docker's flags into an OCI spec, with docker's standard values. */
final class SpecBuilder {
    /** Ids a user namespace spans. */
    static final long USER_RANGE_SIZE = 65_536;

    /** The spec's name for the root file system; where it is mounted is up to the launch. */
    private static final String ROOT = "rootfs";

    private final Request request;
    private final ContainerOptions options;

    /**
     * What a spec is made of.
     *
     * @param id         of the container
     * @param options    the user's
     * @param image      the image
     * @param folders    the container's
     * @param accounts   the image's users and groups
     * @param userRange  first host id of its user namespace; absent without one
     * @param cgroupPath where its cgroups lie
     * @param namespaces which to make or join
     * @param filters    makes the system call filter
     * @param machine    what limits have to go by
     */
    record Request(
            String id,
            ContainerOptions options,
            ContainerImages.Image image,
            ContainerFolders folders,
            UserLookup accounts,
            OptionalLong userRange,
            String cgroupPath,
            List<Namespace> namespaces,
            SystemCallFilters filters,
            LimitOptions.Machine machine) {}

    private SpecBuilder(Request request) {
        this.request = request;
        this.options = request.options;
    }

    /**
     * The spec, which {@link SpecCheck} has not seen yet.
     *
     * @throws ContainerException with reason INVALID_OPTION if options cannot be right
     */
    static ContainerSpec build(Request request) throws ContainerException {
        return new SpecBuilder(request).spec();
    }

    private ContainerSpec spec() throws ContainerException {
        List<Mount> mounts = StandardMounts.standard(options, request.folders);
        StandardMounts.add(mounts, options.mounts(), request.folders);
        Set<Capability> granted = Privileges.granted(options);
        SelinuxLabels labels = SelinuxLabels.of(options.security().selinuxLabels(), request.id);
        return new ContainerSpec(ContainerSpec.VERSION, process(granted, labels),
                new Root(ROOT, options.readOnlyRoot()),
                has(NamespaceType.UTS) ? Optional.of(hostname()) : Optional.empty(),
                options.domainName().isEmpty() ? Optional.empty()
                        : Optional.of(options.domainName()),
                mounts, Hooks.none(), options.annotations(),
                linux(granted, labels));
    }

    /** The name inside: given, or the first twelve digits of the id. */
    static String hostname(ContainerOptions options, String id) {
        return options.hostname().isEmpty() ? id.substring(0, 12) : options.hostname();
    }

    private String hostname() throws ContainerException {
        String name = hostname(options, request.id);
        if (name.getBytes(StandardCharsets.UTF_8).length > 64 || name.indexOf('\0') >= 0) {
            throw new ContainerException(INVALID_OPTION,
                    "a hostname has at most 64 bytes (uname(2)): '" + name + "'");
        }
        return name;
    }

    private Process process(Set<Capability> granted, SelinuxLabels labels)
            throws ContainerException {
        String user = options.user().isEmpty() ? request.image.defaults().user() : options.user();
        UserLookup.Found identity = request.accounts.resolve(user, options.groupsAdd());
        List<String> environment = CommandLine.environment(
                request.image.defaults().environment(), options.env(),
                hostname(options, request.id), identity.home(), options.terminal());
        return new Process(options.terminal(), Optional.empty(), identity.user(),
                CommandLine.of(options, request.image.defaults()), environment, workingFolder(),
                Optional.of(Privileges.sets(granted, identity.user().uid())),
                LimitTranslation.rlimits(options.limits().ulimits()),
                options.security().noNewPrivileges().orElse(false),
                text(options.security().apparmorProfile())
                        .filter(name -> !name.equals("unconfined")),
                labels.process(), oomScore(),
                Optional.empty(), Optional.empty());
    }

    private String workingFolder() throws ContainerException {
        String folder = options.workingFolder().isEmpty()
                ? request.image.defaults().workingFolder() : options.workingFolder();
        if (folder.isEmpty()) {
            return "/";
        }
        if (!folder.startsWith("/")) {
            throw new ContainerException(INVALID_OPTION,
                    "the working folder '" + folder + "' must be an absolute path");
        }
        return folder;
    }

    private OptionalInt oomScore() throws ContainerException {
        OptionalInt score = options.oomScoreAdjustment();
        if (score.isPresent() && (score.getAsInt() < -1000 || score.getAsInt() > 1000)) {
            throw new ContainerException(INVALID_OPTION, "--oom-score-adj is -1000 to 1000");
        }
        return score;
    }

    private Linux linux(Set<Capability> granted, SelinuxLabels labels) throws ContainerException {
        boolean unmasked = options.privileged() || options.security().systemPathsUnconfined();
        List<IdMapping> mappings = request.userRange.isEmpty() ? List.of()
                : List.of(new IdMapping(0, request.userRange.getAsLong(), USER_RANGE_SIZE));
        List<Device> devices = new ArrayList<>();
        Resources resources = LimitTranslation.resources(
                options.limits(), request.machine, devices(devices));
        return new Linux(mappings, mappings, request.namespaces, devices,
                Optional.of(request.cgroupPath), resources, Optional.empty(), filter(granted),
                options.sysctls(), unmasked ? List.of() : Privileges.MASKED_PATHS,
                unmasked ? List.of() : Privileges.READONLY_PATHS, labels.files(),
                Optional.empty(), timeOffsets(), Map.of());
    }

    private Map<String, Linux.TimeOffset> timeOffsets() {
        Map<String, Linux.TimeOffset> offsets = new TreeMap<>();
        options.timeOffsets().forEach((clock, seconds) ->
                offsets.put(clock, new Linux.TimeOffset(seconds, 0)));
        return offsets;
    }

    private Optional<Seccomp> filter(Set<Capability> granted) throws ContainerException {
        if (options.privileged() || options.security().seccompUnconfined()
                || Privileges.isOff(options, "seccomp")) {
            return Optional.empty();
        }
        return Optional.of(request.filters.filter(options.security().seccompProfile(), placesMemory(granted)));
    }

    /**
     * Who is given huge pages, processors or devices says which memory node is near them, as DPDK does; that is about its own memory alone, and takes no capability of the kernel's
     * ({@code mbind(2)}), but the filter knows it by one.
     */
    private Set<Capability> placesMemory(Set<Capability> granted) {
        boolean near = options.demand().isPresent()
                || options.mounts().stream().anyMatch(each -> each.kind() == ContainerOptions.MountKind.HUGE_PAGES);
        if (!near) {
            return granted;
        }
        Set<Capability> more = EnumSet.of(Capability.SYS_NICE);
        more.addAll(granted);
        return more;
    }

    /** Rules for the cgroup, and device files to make. */
    private List<DeviceRule> devices(List<Device> files) throws ContainerException {
        if (options.privileged()) {
            return List.of(new DeviceRule(
                    true, "a", OptionalLong.empty(), OptionalLong.empty(), "rwm"));
        }
        List<DeviceRule> rules = new ArrayList<>(DeviceRules.standard());
        for (ContainerOptions.DeviceOption option : options.devices()) {
            if (!option.isFile()) {
                continue; // CdiDevices sees to it
            }
            HostDevice device = HostDevice.at(option.hostPath());
            rules.add(DeviceRule.allow(device.isBlock() ? "b" : "c", device.major(),
                    device.minor(), LimitTranslation.permissions(option.permissions())));
            String path = option.containerPath().isEmpty()
                    ? option.hostPath() : option.containerPath();
            files.add(new Device(path,
                    device.isBlock() ? Device.Type.BLOCK : Device.Type.CHARACTER,
                    OptionalLong.of(device.major()), OptionalLong.of(device.minor()),
                    OptionalInt.of(device.mode()), OptionalLong.of(0), OptionalLong.of(0)));
        }
        for (String rule : options.deviceCgroupRules()) {
            rules.add(LimitTranslation.deviceRule(rule));
        }
        return rules;
    }

    private boolean has(NamespaceType type) {
        return request.namespaces.stream().anyMatch(each -> each.type() == type);
    }

    private static Optional<String> text(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
}
