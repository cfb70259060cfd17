package runtime.container;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import runtime.device.Demand;
import runtime.device.ResourceRequest;
import runtime.forward.LogChoice;
import runtime.network.ExposedPorts;
import runtime.network.NetworkChoice;
import runtime.network.PortWish;
import runtime.topology.Alignment;

/**
 * What a user asked of a container, as docker's flags say it; an empty string or list means not given.
 *
 * @param image              reference or id of the image, as given
 * @param args               arguments after the image; empty for the image's Cmd
 * @param entrypoint         empty for the image's; a present empty list for none
 * @param env                {@code NAME=value}, later ones win, on top of the image's
 * @param workingFolder      absolute; empty for the image's
 * @param user               {@code user[:group]}, names or numbers; empty for the image's
 * @param terminal           whether standard input, output and error are a pseudo terminal
 * @param interactive        whether standard input is kept open
 * @param name               empty for one made up
 * @param hostname           empty for the first 12 digits of the id
 * @param domainName         NIS domain name
 * @param labels             on top of the image's
 * @param annotations        passed to the OCI spec
 * @param mounts             binds, tmpfs, volumes
 * @param readOnlyRoot       whether the root file system is mounted read-only
 * @param capabilitiesAdd    {@code NET_ADMIN}, {@code CAP_NET_ADMIN} or {@code ALL}, any case
 * @param capabilitiesDrop   likewise; dropped first if ALL
 * @param security           --security-opt
 * @param limits             -m, --cpus, … and --ulimit
 * @param devices            --device
 * @param deviceCgroupRules  {@code c 1:3 rwm}
 * @param network            --network and the files resolv.conf and hosts
 * @param namespaces         which namespaces are shared
 * @param privileged         every capability, every device, nothing masked, no filter
 * @param init               whether a tiny first process reaps and passes signals on
 * @param stopSignal         name or number; empty for the image's, else SIGTERM
 * @param stopTimeoutSeconds between stop signal and SIGKILL; empty for 10, -1 for ever
 * @param autoRemove         removed once it has exited
 * @param isolate            which isolation is on, for teaching; empty for all
 * @param shmSizeBytes       size of /dev/shm; 0 for 64 MiB
 * @param sysctls            kernel parameters of the container's namespaces
 * @param oomScoreAdjustment -1000 to 1000
 * @param groupsAdd          supplementary groups, names or numbers
 * @param cgroupParent       empty for the daemon's
 * @param timeOffsets        seconds the clocks monotonic and boottime are ahead; empty for none
 * @param restart            --restart; empty for no
 * @param health             --health-cmd and its kin
 * @param logging            --log-driver and --log-opt; empty for the own bounded log
 * @param leased             whether it runs under the {@linkplain NodeLease node's lease} alone; no flag of a user
 * @param resourceRequests   --resource
 * @param exclusiveCpus      --exclusive-cpus; 0 = it shares all with others
 * @param numa               --numa: {@code none}, {@code preferred}, {@code required}; empty = preferred
 */
public record ContainerOptions(
        String image,
        List<String> args,
        Optional<List<String>> entrypoint,
        List<String> env,
        String workingFolder,
        String user,
        boolean terminal,
        boolean interactive,
        String name,
        String hostname,
        String domainName,
        Map<String, String> labels,
        Map<String, String> annotations,
        List<MountOption> mounts,
        boolean readOnlyRoot,
        List<String> capabilitiesAdd,
        List<String> capabilitiesDrop,
        Security security,
        Limits limits,
        List<DeviceOption> devices,
        List<String> deviceCgroupRules,
        Network network,
        Namespaces namespaces,
        boolean privileged,
        boolean init,
        String stopSignal,
        OptionalInt stopTimeoutSeconds,
        boolean autoRemove,
        List<String> isolate,
        long shmSizeBytes,
        Map<String, String> sysctls,
        OptionalInt oomScoreAdjustment,
        List<String> groupsAdd,
        String cgroupParent,
        Map<String, Long> timeOffsets,
        String restart,
        Optional<HealthCheck.Options> health,
        Optional<LogChoice> logging,
        boolean leased,
        List<ResourceRequest> resourceRequests,
        int exclusiveCpus,
        String numa) {

    /** How long a container is given between stop signal and SIGKILL, in seconds. */
    public static final int STANDARD_STOP_TIMEOUT_SECONDS = 10;

    public ContainerOptions {
        args = List.copyOf(args);
        entrypoint = entrypoint.map(List::copyOf);
        env = List.copyOf(env);
        mounts = List.copyOf(mounts);
        capabilitiesAdd = List.copyOf(capabilitiesAdd);
        capabilitiesDrop = List.copyOf(capabilitiesDrop);
        devices = List.copyOf(devices);
        deviceCgroupRules = List.copyOf(deviceCgroupRules);
        isolate = List.copyOf(isolate);
        groupsAdd = List.copyOf(groupsAdd);
        resourceRequests = List.copyOf(resourceRequests);
    }

    /** The same without what only a record holds: name and labels. */
    ContainerOptions anonymous() {
        return new ContainerOptions(image, args, entrypoint, env, workingFolder, user, terminal,
                interactive, "", hostname, domainName, Map.of(), annotations, mounts, readOnlyRoot,
                capabilitiesAdd, capabilitiesDrop, security, limits, devices, deviceCgroupRules,
                network, namespaces, privileged, init, stopSignal, stopTimeoutSeconds, autoRemove,
                isolate, shmSizeBytes, sysctls, oomScoreAdjustment, groupsAdd, cgroupParent,
                timeOffsets, "", Optional.empty(), Optional.empty(), leased, resourceRequests, exclusiveCpus, numa);
    }

    /** The same with other limits and another restart policy. */
    ContainerOptions with(Limits otherLimits, String otherRestart) {
        return new ContainerOptions(image, args, entrypoint, env, workingFolder, user, terminal,
                interactive, name, hostname, domainName, labels, annotations, mounts, readOnlyRoot,
                capabilitiesAdd, capabilitiesDrop, security, otherLimits, devices,
                deviceCgroupRules, network, namespaces, privileged, init, stopSignal,
                stopTimeoutSeconds, autoRemove, isolate, shmSizeBytes, sysctls, oomScoreAdjustment,
                groupsAdd, cgroupParent, timeOffsets, otherRestart, health, logging, leased, resourceRequests, exclusiveCpus, numa);
    }

    /** What it wants of its machine for itself alone; empty if that is nothing. */
    Optional<Demand> demand() {
        if (resourceRequests.isEmpty() && exclusiveCpus == 0) {
            return Optional.empty();
        }
        Map<Long, Long> pages = new TreeMap<>();
        mounts.stream().filter(mount -> mount.kind() == MountKind.HUGE_PAGES && mount.sizeBytes() > 0).forEach(mount -> {
            long pageBytes = Long.parseLong(mount.source());
            pages.merge(pageBytes, (mount.sizeBytes() + pageBytes - 1) / pageBytes, Long::sum);
        });
        return Optional.of(new Demand(resourceRequests, exclusiveCpus, pages, Alignment.parse(numa).orElse(Demand.standard(resourceRequests, exclusiveCpus, pages))));
    }

    /** What becomes of what it prints. */
    public LogChoice logChoice() {
        return logging.orElse(LogChoice.OWN);
    }

    /** When it is started again by itself; what was checked when it was made. */
    public RestartPolicy restartPolicy() {
        return RestartPolicy.parse(restart).orElse(RestartPolicy.NEVER);
    }

    /** The same with another network. */
    public ContainerOptions withNetwork(Network other) {
        return new ContainerOptions(image, args, entrypoint, env, workingFolder, user, terminal,
                interactive, name, hostname, domainName, labels, annotations, mounts, readOnlyRoot,
                capabilitiesAdd, capabilitiesDrop, security, limits, devices, deviceCgroupRules,
                other, namespaces, privileged, init, stopSignal, stopTimeoutSeconds, autoRemove,
                isolate, shmSizeBytes, sysctls, oomScoreAdjustment, groupsAdd, cgroupParent,
                timeOffsets, restart, health, logging, leased, resourceRequests, exclusiveCpus, numa);
    }

    /** The same with other mounts. */
    public ContainerOptions withMounts(List<MountOption> other) {
        if (other.equals(mounts)) {
            return this;
        }
        return new ContainerOptions(image, args, entrypoint, env, workingFolder, user, terminal,
                interactive, name, hostname, domainName, labels, annotations, other, readOnlyRoot,
                capabilitiesAdd, capabilitiesDrop, security, limits, devices, deviceCgroupRules,
                network, namespaces, privileged, init, stopSignal, stopTimeoutSeconds, autoRemove,
                isolate, shmSizeBytes, sysctls, oomScoreAdjustment, groupsAdd, cgroupParent,
                timeOffsets, restart, health, logging, leased, resourceRequests, exclusiveCpus, numa);
    }

    /** What a mount shows. */
    public enum MountKind {
        BIND, TMPFS, VOLUME, HUGE_PAGES;

        /** Whether it shows files that are on the host's disk. */
        public boolean isOnDisk() {
            return this == BIND || this == VOLUME;
        }
    }

    /**
     * One mount.
     *
     * @param kind          what it shows
     * @param source        bind: absolute path on the host; volume: its name, empty for a new one;
     *                      huge pages: bytes of a page, in decimal
     * @param target        absolute path in the container
     * @param readOnly      whether the container may only read
     * @param propagation   {@code rprivate}, {@code rshared} …; empty for rprivate
     * @param createSource  whether a missing source of a bind is made as a folder
     * @param recursive     whether the mounts below a bind's source come along
     * @param sizeBytes     of a tmpfs, 0 for half of memory; of huge pages, 0 for all there are
     * @param mode          permission bits of a tmpfs
     * @param mountOptions  further options of a tmpfs
     * @param noCopy        whether an empty volume stays so; else it gets what the image has there
     */
    public record MountOption(
            MountKind kind,
            String source,
            String target,
            boolean readOnly,
            String propagation,
            boolean createSource,
            boolean recursive,
            long sizeBytes,
            OptionalInt mode,
            List<String> mountOptions,
            boolean noCopy) {
        public MountOption {
            mountOptions = List.copyOf(mountOptions);
        }

        /** A volume, filled from the image if it is empty. */
        static MountOption volume(String name, String target) {
            return new MountOption(MountKind.VOLUME, name, target, false, "", false, true, 0,
                    OptionalInt.empty(), List.of(), false);
        }

        /** The same, but read only. */
        public MountOption forReading() {
            return new MountOption(kind, source, target, true, propagation, createSource,
                    recursive, sizeBytes, mode, mountOptions, noCopy);
        }

        /** The same of another source. */
        MountOption of(String other) {
            return new MountOption(kind, other, target, readOnly, propagation, createSource,
                    recursive, sizeBytes, mode, mountOptions, noCopy);
        }
    }

    /**
     * --security-opt.
     *
     * @param noNewPrivileges      empty for the daemon's choice
     * @param seccompUnconfined    no system call filter
     * @param seccompProfile       docker's JSON form; empty for the standard one
     * @param apparmorProfile      empty for none
     * @param selinuxLabels        {@code type:…}, {@code disable} …
     * @param systemPathsUnconfined nothing masked or read-only below /proc and /sys
     */
    public record Security(
            Optional<Boolean> noNewPrivileges,
            boolean seccompUnconfined,
            String seccompProfile,
            String apparmorProfile,
            List<String> selinuxLabels,
            boolean systemPathsUnconfined) {
        public Security {
            selinuxLabels = List.copyOf(selinuxLabels);
        }
    }

    /**
     * Limits; 0 = not given, -1 = without limit.
     *
     * @param memoryBytes            -m
     * @param memorySwapBytes        memory and swap together; 0 for twice the memory
     * @param memoryReservationBytes --memory-reservation
     * @param memorySwappiness       0 to 100
     * @param oomKillDisable         --oom-kill-disable
     * @param nanoCpus               billionths of a processor
     * @param cpuShares              2 to 262144
     * @param cpuPeriodMicros        --cpu-period
     * @param cpuQuotaMicros         --cpu-quota
     * @param cpusetCpus             {@code 0-3,5}
     * @param cpusetMems             likewise, memory nodes
     * @param pids                   processes and threads; absent for the daemon's choice
     * @param ioWeight               10 to 1000
     * @param ioRates                --device-read-bps and its kin
     * @param hugetlb                --hugetlb
     * @param ulimits                --ulimit
     */
    public record Limits(
            long memoryBytes,
            long memorySwapBytes,
            long memoryReservationBytes,
            OptionalInt memorySwappiness,
            boolean oomKillDisable,
            long nanoCpus,
            long cpuShares,
            long cpuPeriodMicros,
            long cpuQuotaMicros,
            String cpusetCpus,
            String cpusetMems,
            OptionalLong pids,
            int ioWeight,
            List<IoRate> ioRates,
            List<HugetlbLimit> hugetlb,
            List<Ulimit> ulimits) {
        public Limits {
            ioRates = List.copyOf(ioRates);
            hugetlb = List.copyOf(hugetlb);
            ulimits = List.copyOf(ulimits);
        }
    }

    /** What an {@link IoRate} bounds, per second. */
    public enum IoRateKind { READ_BYTES, WRITE_BYTES, READ_OPERATIONS, WRITE_OPERATIONS }

    /** A ceiling on a block device of the host, per second. */
    public record IoRate(IoRateKind kind, String devicePath, long limit) {}

    /** The most huge pages of one size, in bytes. */
    public record HugetlbLimit(long pageSizeBytes, long limitBytes) {}

    /** A limit of {@code setrlimit(2)}: name as {@code nofile}; -1 = without limit. */
    public record Ulimit(String name, long soft, long hard) {}

    /**
     * A device of the host: a file by its path, a CDI device by its name, or GPUs.
     *
     * @param hostPath      empty if it is no file
     * @param containerPath empty for the same
     * @param permissions   out of {@code rwm}, empty for all
     * @param cdiName       {@code vendor.com/class=name}; empty if it is none
     * @param gpus          --gpus; empty if it is none
     */
    public record DeviceOption(String hostPath, String containerPath, String permissions,
            String cdiName, String gpus) {

        /** A device file. */
        public static DeviceOption file(String hostPath, String containerPath,
                String permissions) {
            return new DeviceOption(hostPath, containerPath, permissions, "", "");
        }

        /** A CDI device. */
        public static DeviceOption cdi(String name) {
            return new DeviceOption("", "", "", name, "");
        }

        /** GPUs, as {@code --gpus} asks for them. */
        public static DeviceOption gpus(String wanted) {
            return new DeviceOption("", "", "", "", wanted);
        }

        /** Whether it is a file. */
        public boolean isFile() {
            return !hostPath.isEmpty();
        }
    }

    /**
     * Network.
     *
     * @param mode       {@code bridge}, {@code none}, {@code host}, {@code container:NAME}; empty for bridge
     * @param dns        name servers; empty for the host's
     * @param dnsSearch  search domains; empty for the host's
     * @param dnsOptions options of resolv.conf; empty for the host's
     * @param hosts      {@code name:address}
     * @param ports      -p
     * @param publishAll -P: every exposed port on a free port of the host
     * @param exposed    {@code 80/tcp}: --expose; once it is created, the image's as well
     * @param places     the networks, if there is more to say than mode does: the first is mode's
     */
    public record Network(
            String mode,
            List<String> dns,
            List<String> dnsSearch,
            List<String> dnsOptions,
            List<String> hosts,
            List<PortWish> ports,
            boolean publishAll,
            List<String> exposed,
            List<NetworkChoice> places) {
        public Network {
            dns = List.copyOf(dns);
            dnsSearch = List.copyOf(dnsSearch);
            dnsOptions = List.copyOf(dnsOptions);
            hosts = List.copyOf(hosts);
            ports = List.copyOf(ports);
            exposed = List.copyOf(exposed);
            places = List.copyOf(places);
        }

        /** The ports to publish, those of -P among them. */
        public List<PortWish> published() {
            return ExposedPorts.published(ports, publishAll, exposed);
        }

        /** The networks it shall be in, the first one first; of {@code none} and the like, that. */
        public List<NetworkChoice> choices() {
            return places.isEmpty() ? List.of(NetworkChoice.of(mode.isEmpty() ? "bridge" : mode))
                    : places;
        }

        /** The same with other exposed ports. */
        public Network withExposed(List<String> all) {
            return new Network(mode, dns, dnsSearch, dnsOptions, hosts, ports, publishAll, all,
                    places);
        }

        /** The same with nothing published. */
        public Network withoutPorts() {
            return new Network(mode, dns, dnsSearch, dnsOptions, hosts, List.of(), false, exposed,
                    places);
        }

        /** The same in other networks. */
        public Network withPlaces(List<NetworkChoice> others) {
            return new Network(others.isEmpty() ? "none" : others.getFirst().network(), dns,
                    dnsSearch, dnsOptions, hosts, ports, publishAll, exposed, others);
        }
    }

    /**
     * Which namespaces are shared: {@code host}, {@code container:NAME}, empty for the container's own.
     *
     * @param user   --userns; empty for the daemon's choice
     * @param pid    --pid
     * @param ipc    --ipc, also {@code none}, {@code private}, {@code shareable}
     * @param uts    --uts
     * @param cgroup --cgroupns
     */
    public record Namespaces(String user, String pid, String ipc, String uts, String cgroup) {}
}
