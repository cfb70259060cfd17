package cli.command;

import cli.render.Sizes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import runtime.node.DiskRoom;

/**
 * One thing a host should offer, and what was found.
 *
 * @param name          what it is
 * @param verdict       whether it is there
 * @param finding       what was found
 * @param remedy        what to do; empty if nothing
 * @param debianPackage that brings it; empty if none does
 */
record HostCheck(
        String name, Verdict verdict, String finding, String remedy, String debianPackage) {

    /** Whether the host offers it. LIMITED: jctl runs, with less. */
    enum Verdict { GOOD, LIMITED, MISSING }

    private static final long OPEN_FILES_WANTED = 4096;
    private static final String[] NAMESPACES =
            {"mnt", "pid", "net", "uts", "ipc", "cgroup", "user", "time"};
    /** Capabilities the daemon uses: bit and name (capability.h). */
    private static final int[] CAPABILITY_BITS = {0, 1, 3, 5, 6, 7, 12, 18, 21, 24, 27};
    private static final String[] CAPABILITY_NAMES = {
        "CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID", "NET_ADMIN", "SYS_CHROOT",
        "SYS_ADMIN", "SYS_RESOURCE", "MKNOD",
    };
    private static final String[][] TOOLS = {
        {"setsid", "util-linux", "jctl starts its daemon with it", "needed"},
        {"nft", "nftables", "to look at the rules of bridge networks", "useful"},
        {"ip", "iproute2", "to look at networks; programs of the image `host`", "useful"},
        {"ps", "procps", "a program of the image `host`", "useful"},
        {"debootstrap", "debootstrap", "to make a Debian root file system to import", "useful"},
        {"strace", "strace", "to watch a container's start", "useful"},
    };

    /** What an ordinary user's agent needs, of the file system below a root folder. */
    static List<HostCheck> ofOrdinaryUser(Path root, String user, int userId) throws IOException {
        List<HostCheck> checks = new ArrayList<>();
        HostCheck kernel = kernel(root);
        // His containers share the namespace of his agent: no layer and no tmpfs is id-mapped.
        checks.add(kernel.verdict() == Verdict.LIMITED ? good("kernel", kernel.finding()) : kernel);
        checks.add(namespaces(root));
        checks.add(overlay(root));
        checks.add(seccomp(root));
        checks.addAll(new OrdinaryUserChecks(root, user, userId).all());
        return checks;
    }

    /** All checks for root's agent, of the file system below a root folder. */
    static List<HostCheck> all(Path root) throws IOException {
        List<HostCheck> checks = new ArrayList<>();
        checks.add(kernel(root));
        checks.add(namespaces(root));
        checks.add(userNamespaces(root));
        checks.add(overlay(root));
        checks.add(cgroups(root));
        checks.add(seccomp(root));
        checks.add(capabilities(root));
        checks.add(forwarding(root));
        for (String[] tool : TOOLS) {
            checks.add(tool(root, tool));
        }
        checks.add(library(root));
        return checks;
    }

    /** The library is opened by its name at run time; its folder bears the architecture's. */
    private static HostCheck library(Path root) throws IOException {
        for (String folder : new String[] {"usr/lib", "usr/lib64", "lib", "lib64"}) {
            Path libraries = root.resolve(folder);
            if (!Files.isDirectory(libraries)) {
                continue;
            }
            List<Path> places = new ArrayList<>(List.of(libraries));
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(libraries, "*-linux-*")) {
                inside.forEach(places::add);
            }
            for (Path place : places) {
                if (Files.exists(place.resolve("libnftables.so.1"))) {
                    return good("libnftables", "writes the rules of bridge networks");
                }
            }
        }
        return new HostCheck("libnftables", Verdict.LIMITED,
                "not installed: writes the rules of bridge networks",
                "apt-get install libnftables1, or jctl doctor --install", "libnftables1");
    }

    /** What only a running process can be asked: the limits it would hand on to the agent. */
    static HostCheck openFiles(long limit) {
        return limit >= OPEN_FILES_WANTED
                ? good("open files", limit == Long.MAX_VALUE ? "unlimited" : Long.toString(limit))
                : new HostCheck("open files", Verdict.LIMITED, Long.toString(limit),
                        "the agent holds a few descriptors for each container: ulimit -n "
                                + OPEN_FILES_WANTED + " before `jctl agent`", "");
    }

    /**
     * Whether the data folder takes more.
     *
     * @param folder     of a daemon; one that is not there yet is to be made below what is
     * @param daemonSays why it only reads; empty if it does not, or there is no daemon to ask
     */
    static HostCheck room(Path folder, String daemonSays) throws IOException {
        String name = "room on disk";
        Path present = folder.toAbsolutePath();
        while (!Files.exists(present)) {
            present = present.getParent();
        }
        Optional<DiskRoom.Trouble> trouble = DiskRoom.look(present);
        if (trouble.isPresent()) {
            return new HostCheck(name, Verdict.MISSING, folder + " takes no more: "
                    + trouble.get().what(), trouble.get().remedy(), "");
        }
        return daemonSays.isEmpty()
                ? good(name, Sizes.binary(DiskRoom.freeBytes(present)) + " free for " + folder)
                : new HostCheck(name, Verdict.MISSING, daemonSays, "", "");
    }

    static HostCheck good(String name, String finding) {
        return new HostCheck(name, Verdict.GOOD, finding, "", "");
    }

    private static HostCheck kernel(Path root) throws IOException {
        String release = text(root, "proc/sys/kernel/osrelease");
        int dot = release.indexOf('.');
        int major = number(release.substring(0, Math.max(dot, 0)));
        int minor = number(release.substring(dot + 1));
        boolean clone = major > 5 || major == 5 && minor >= 12;
        boolean layers = major > 5 || major == 5 && minor >= 19;
        boolean tmpfs = major > 6 || major == 6 && minor >= 3;
        if (!clone) {
            return new HostCheck("kernel", Verdict.MISSING, "Linux " + release,
                    "5.12 or newer is needed (clone3, mount_setattr): upgrade the kernel", "");
        }
        if (!layers) {
            return new HostCheck("kernel", Verdict.LIMITED, "Linux " + release,
                    "from 5.19 on overlays take id-mapped layers; with this one use --userns host",
                    "");
        }
        return tmpfs ? good("kernel", "Linux " + release)
                : new HostCheck("kernel", Verdict.LIMITED, "Linux " + release,
                        "from 6.3 on tmpfs can be id-mapped; with this one keep the data folder and"
                                + " volumes on a disk, or use --userns host", "");
    }

    private static HostCheck namespaces(Path root) {
        List<String> missing = new ArrayList<>();
        for (String namespace : NAMESPACES) {
            if (!Files.exists(root.resolve("proc/self/ns/" + namespace),
                    java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                missing.add(namespace);
            }
        }
        return missing.isEmpty() ? good("namespaces", "all eight kinds")
                : new HostCheck("namespaces", Verdict.MISSING,
                        "the kernel lacks " + String.join(", ", missing),
                        "use a kernel with CONFIG_*_NS", "");
    }

    private static HostCheck userNamespaces(Path root) throws IOException {
        String limit = text(root, "proc/sys/user/max_user_namespaces");
        return number(limit) > 0 ? good("user namespaces", "up to " + limit)
                : new HostCheck("user namespaces", Verdict.LIMITED, "switched off",
                        "sysctl user.max_user_namespaces=10000, or use --userns host", "");
    }

    private static HostCheck overlay(Path root) throws IOException {
        for (String line : text(root, "proc/filesystems").split("\n")) {
            if (line.strip().equals("nodev\toverlay")) {
                return good("overlay", "in the kernel");
            }
        }
        return new HostCheck("overlay", Verdict.MISSING, "not in /proc/filesystems",
                "modprobe overlay", "");
    }

    private static HostCheck cgroups(Path root) throws IOException {
        String unified = text(root, "sys/fs/cgroup/cgroup.controllers");
        if (!unified.isEmpty()) {
            return good("cgroups", "v2: " + unified);
        }
        List<String> controllers = new ArrayList<>();
        for (String line : text(root, "proc/self/mountinfo").split("\n")) {
            int dash = line.indexOf(" - cgroup ");
            if (dash >= 0) {
                String mountPoint = line.split(" ")[4];
                controllers.add(mountPoint.substring(mountPoint.lastIndexOf('/') + 1));
            }
        }
        List<String> missing = new ArrayList<>();
        for (String wanted : new String[] {"memory", "cpu", "pids"}) {
            if (controllers.stream().noneMatch(
                    name -> java.util.Arrays.asList(name.split(",")).contains(wanted))) {
                missing.add(wanted);
            }
        }
        return missing.isEmpty() ? good("cgroups", "v1: " + String.join(" ", controllers))
                : new HostCheck("cgroups", Verdict.LIMITED,
                        "no controller " + String.join(", ", missing)
                                + ": limits that need it are refused",
                        "mount cgroup2 on /sys/fs/cgroup, or those v1 controllers below it", "");
    }

    private static HostCheck seccomp(Path root) throws IOException {
        String actions = text(root, "proc/sys/kernel/seccomp/actions_avail");
        return actions.isEmpty()
                ? new HostCheck("seccomp", Verdict.MISSING, "not in the kernel",
                        "use a kernel with CONFIG_SECCOMP_FILTER", "")
                : good("seccomp", actions);
    }

    private static HostCheck capabilities(Path root) throws IOException {
        long effective = 0;
        for (String line : text(root, "proc/self/status").split("\n")) {
            if (line.startsWith("CapEff:")) {
                effective = Long.parseUnsignedLong(line.substring(7).strip(), 16);
            }
        }
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < CAPABILITY_BITS.length; i++) {
            if ((effective >> CAPABILITY_BITS[i] & 1) == 0) {
                missing.add(CAPABILITY_NAMES[i]);
            }
        }
        if (missing.isEmpty()) {
            return good("capabilities", "all the daemon uses");
        }
        if (missing.size() == 1 && missing.contains("SYS_RESOURCE")) {
            return new HostCheck("capabilities", Verdict.LIMITED, "no CAP_SYS_RESOURCE",
                    "rlimits cannot be raised above the daemon's own", "");
        }
        return new HostCheck("capabilities", Verdict.MISSING,
                "without CAP_" + String.join(", CAP_", missing),
                "the daemon must run as root: sudo jctl agent", "");
    }

    private static HostCheck forwarding(Path root) throws IOException {
        return text(root, "proc/sys/net/ipv4/ip_forward").equals("1")
                ? good("IPv4 forwarding", "on")
                : new HostCheck("IPv4 forwarding", Verdict.LIMITED, "off",
                        "bridge networks need it to reach beyond this host: "
                                + "sysctl net.ipv4.ip_forward=1", "");
    }

    static HostCheck tool(Path root, String[] tool) {
        for (String folder : new String[] {"usr/sbin", "usr/bin", "sbin", "bin"}) {
            if (Files.isExecutable(root.resolve(folder).resolve(tool[0]))) {
                return good(tool[0], tool[2]);
            }
        }
        return new HostCheck(tool[0],
                tool[3].equals("needed") ? Verdict.MISSING : Verdict.LIMITED,
                "not installed: " + tool[2],
                "apt-get install " + tool[1] + ", or jctl doctor --install", tool[1]);
    }

    /** A file's text without the space at its end; empty if it is not there. */
    static String text(Path root, String file) throws IOException {
        Path path = root.resolve(file);
        return Files.isReadable(path) ? Files.readString(path).strip() : "";
    }

    static int number(String text) {
        int end = 0;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end == 0 || end > 9 ? 0 : Integer.parseInt(text.substring(0, end));
    }
}
