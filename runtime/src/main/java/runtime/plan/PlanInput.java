package runtime.plan;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import linux.netlink.NetlinkRequest;
import runtime.spec.ContainerSpec;

/**
 * What a plan is made of.
 *
 * @param spec       what the container is to be
 * @param root       where its root file system comes from
 * @param folders    where things lie on the host
 * @param cgroup     limits as files to write
 * @param network    how its network namespace is wired; whether it has one says the spec
 * @param seccomp    the compiled filter, if it has one
 * @param openInput  whether standard input stays open for a writer ({@code docker run -i})
 * @param facts      what the host has
 * @param handover   how it is launched for a caller that keeps it itself; empty for our own keeper
 * @param init       the container's own first process, if the program is not to be that
 * @param lease      of the node, for a container that may not run longer than it
 */
public record PlanInput(
        ContainerSpec spec,
        RootSource root,
        Folders folders,
        CgroupSetup cgroup,
        Network network,
        Optional<SystemCallFilter> seccomp,
        boolean openInput,
        HostFacts facts,
        Optional<Handover> handover,
        Optional<Init> init,
        Optional<Lease> lease) {

    /** One that ends with no lease. */
    public PlanInput(
            ContainerSpec spec,
            RootSource root,
            Folders folders,
            CgroupSetup cgroup,
            Network network,
            Optional<SystemCallFilter> seccomp,
            boolean openInput,
            HostFacts facts,
            Optional<Handover> handover,
            Optional<Init> init) {
        this(spec, root, folders, cgroup, network, seccomp, openInput, facts, handover, init,
                Optional.empty());
    }

    /** One that a keeper of ours keeps. */
    public PlanInput(
            ContainerSpec spec,
            RootSource root,
            Folders folders,
            CgroupSetup cgroup,
            Network network,
            Optional<SystemCallFilter> seccomp,
            boolean openInput,
            HostFacts facts) {
        this(spec, root, folders, cgroup, network, seccomp, openInput, facts, Optional.empty(),
                Optional.empty());
    }

    /** One for a caller that keeps it, or one with an init; not both. */
    public PlanInput(
            ContainerSpec spec,
            RootSource root,
            Folders folders,
            CgroupSetup cgroup,
            Network network,
            Optional<SystemCallFilter> seccomp,
            boolean openInput,
            HostFacts facts,
            Optional<Handover> handover) {
        this(spec, root, folders, cgroup, network, seccomp, openInput, facts, handover,
                Optional.empty());
    }

    /**
     * An init.
     *
     * @param steps what it does, by {@link InitProgram#of}
     * @param file  an executable file that does it
     */
    public record Init(List<Step> steps, byte[] file) {
        public Init {
            steps = List.copyOf(steps);
        }
    }

    /**
     * Until when a node may run what may run once only.
     *
     * @param endsAtBootNanos by {@code CLOCK_BOOTTIME}, as known when the plan is made
     * @param lengthMillis    for how long no manager was heard when it ends
     */
    public record Lease(long endsAtBootNanos, long lengthMillis) {
        private static final long NANOS_PER_SECOND = 1_000_000_000L;

        public Lease {
            if (endsAtBootNanos <= 0 || lengthMillis <= 0) {
                throw new IllegalArgumentException("not a lease: " + lengthMillis + " ms that end at "
                        + endsAtBootNanos);
            }
        }

        /** The end as {@code struct timespec}. */
        public byte[] endBytes() {
            return ByteBuffer.allocate(2 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(endsAtBootNanos / NANOS_PER_SECOND)
                    .putLong(endsAtBootNanos % NANOS_PER_SECOND).array();
        }
    }

    /** Where a root file system comes from. */
    public sealed interface RootSource {
        /**
         * Layers under a writable one.
         *
         * @param layersFolder absolute; names of the layers are relative to it, to keep
         *                     {@code mount(2)}'s one page of options for 127 layers and more
         * @param layerNames   topmost first, for example {@code 3f2a9c…/fs}
         * @param upper        absolute path of the writable layer, made if missing
         * @param work         absolute path of overlay's work folder on the same file system
         */
        record Overlay(String layersFolder, List<String> layerNames, String upper, String work)
                implements RootSource {
            public Overlay {
                layerNames = List.copyOf(layerNames);
            }
        }

        /** A folder of the host as it is. */
        record Folder(String path) implements RootSource {}
    }

    /**
     * Where things lie on the host; all absolute.
     *
     * @param mountPoint       an empty folder the root file system is mounted on, in the keeper's own
     *                         mount namespace: all keepers use the same one
     * @param layerMountPoints a folder with empty folders {@code 0}, {@code 1} … on which idmapped
     *                         layers are mounted, likewise shared
     * @param statusFile       the status page
     * @param logFile          what the container prints
     */
    public record Folders(
            String mountPoint, String layerMountPoints, String statusFile, String logFile) {}

    /**
     * The container's cgroups.
     *
     * @param directories to make, outermost first
     * @param writes      in order, before anybody joins
     * @param joinFiles   {@code cgroup.procs} files the container writes itself into
     * @param unified     the directory of the v2 hierarchy to start the container in, if there is one
     * @param devices     eBPF program for that directory which says what devices may be used
     */
    public record CgroupSetup(
            List<String> directories, List<Write> writes, List<String> joinFiles,
            Optional<String> unified, Optional<byte[]> devices) {
        public CgroupSetup {
            directories = List.copyOf(directories);
            writes = List.copyOf(writes);
            joinFiles = List.copyOf(joinFiles);
        }

        /** No cgroup of its own. */
        public static CgroupSetup none() {
            return new CgroupSetup(
                    List.of(), List.of(), List.of(), Optional.empty(), Optional.empty());
        }

        /**
         * One limit.
         *
         * @param path     absolute
         * @param value    what is written
         * @param reason   why
         * @param optional whether a kernel that refuses it is no failure
         */
        public record Write(String path, String value, String reason, boolean optional) {}
    }

    /** How a new network namespace is wired. */
    public sealed interface Network {
        /** Loopback only. */
        record LoopbackOnly() implements Network {}

        /**
         * A link to a network of the host.
         *
         * @param hostSide      sent in the host's namespace once the container's exists; names the
         *                      container's namespace by descriptor {@link #NAMESPACE_DESCRIPTOR}
         * @param containerSide sent inside
         */
        record Attached(List<NetlinkRequest> hostSide, List<NetlinkRequest> containerSide)
                implements Network {
            public Attached {
                hostSide = List.copyOf(hostSide);
                containerSide = List.copyOf(containerSide);
            }
        }

        /** The descriptor under which the keeper sees the container's network namespace. */
        int NAMESPACE_DESCRIPTOR = 100;
    }

    /**
     * What the host has; values only, so that plans can be made for any host.
     *
     * @param cgroupMounts   how the host's hierarchies are mounted, for the container's own view
     * @param regularFiles   which sources of bind mounts are files, not folders
     * @param hiddenFiles    which of the spec's masked paths exist and are files
     * @param hiddenFolders  which of the spec's masked paths exist and are folders
     * @param readonlyPaths  which of the spec's read-only paths exist
     * @param features       what its kernel has beyond what every start needs
     */
    public record HostFacts(
            List<CgroupMount> cgroupMounts,
            java.util.Set<String> regularFiles,
            java.util.Set<String> hiddenFiles,
            java.util.Set<String> hiddenFolders,
            java.util.Set<String> readonlyPaths,
            Features features) {
        public HostFacts {
            cgroupMounts = List.copyOf(cgroupMounts);
            regularFiles = java.util.Set.copyOf(regularFiles);
            hiddenFiles = java.util.Set.copyOf(hiddenFiles);
            hiddenFolders = java.util.Set.copyOf(hiddenFolders);
            readonlyPaths = java.util.Set.copyOf(readonlyPaths);
        }
    }

    /**
     * Features of a kernel that only some containers ask for.
     *
     * @param appArmor       whether AppArmor is on
     * @param seLinux        whether SELinux is on
     * @param timeNamespaces whether {@code execve(2)} enters a time namespace (Linux 6.2)
     * @param hostRoot       whether root is the host's, and not only that of a user namespace the agent
     *                       is in: that one makes no device files and writes no {@code trusted.} attribute
     * @param deviceFiles    where root cannot make them, the host's file of each device by its path in the
     *                       container; those not named are at the same path
     */
    public record Features(boolean appArmor, boolean seLinux, boolean timeNamespaces,
            boolean hostRoot, Map<String, String> deviceFiles) {

        public Features {
            deviceFiles = Map.copyOf(deviceFiles);
        }

        /** With device files at the same paths. */
        public Features(boolean appArmor, boolean seLinux, boolean timeNamespaces,
                boolean hostRoot) {
            this(appArmor, seLinux, timeNamespaces, hostRoot, Map.of());
        }
    }

    /**
     * A cgroup hierarchy as the host has it.
     *
     * @param folder  its name under {@code /sys/fs/cgroup}: {@code memory}; empty for v2 alone
     * @param options mount options: {@code memory} or {@code none,name=systemd}; empty for v2
     * @param unified whether it is v2
     */
    public record CgroupMount(String folder, String options, boolean unified) {}

    /** The environment by name, later entries winning. */
    Map<String, String> environment() {
        Map<String, String> byName = new java.util.LinkedHashMap<>();
        for (String entry : spec.process().env()) {
            int equals = entry.indexOf('=');
            if (equals > 0) {
                byName.put(entry.substring(0, equals), entry.substring(equals + 1));
            }
        }
        return byName;
    }
}
