package cli.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a host should offer to the agent of an ordinary user (tools/rootless, docs/rootless.md). */
final class OrdinaryUserChecks {
    private static final String[][] TOOLS = {
        {"newuidmap", "uidmap", "gives the user's range of ids to his namespaces", "needed"},
        {"newgidmap", "uidmap", "gives the user's range of group ids", "needed"},
        {"slirp4netns", "slirp4netns", "the network of an ordinary user's containers", "needed"},
        {"unshare", "util-linux", "makes the namespaces", "needed"},
        {"nsenter", "util-linux", "enters the namespaces", "needed"},
        {"flock", "util-linux", "one agent starts at a time", "needed"},
        {"setsid", "util-linux", "jctl starts its daemon with it", "needed"},
    };
    private static final String TUN = "/dev/net/tun";

    private final Path root;
    private final String user;
    private final int userId;

    /**
     * @param root   of the file system that is looked at
     * @param user   his name
     * @param userId his number
     */
    OrdinaryUserChecks(Path root, String user, int userId) {
        this.root = root;
        this.user = user;
        this.userId = userId;
    }

    /** All of them. */
    List<HostCheck> all() throws IOException {
        List<HostCheck> checks = new ArrayList<>();
        checks.add(userNamespaces());
        checks.add(range("subuid"));
        checks.add(range("subgid"));
        checks.add(tun());
        checks.add(cgroup());
        for (String[] tool : TOOLS) {
            checks.add(HostCheck.tool(root, tool));
        }
        return checks;
    }

    /** A kernel, or one of its distributions, may keep them from everybody but root. */
    private HostCheck userNamespaces() throws IOException {
        String limit = HostCheck.text(root, "proc/sys/user/max_user_namespaces");
        if (HostCheck.number(limit) == 0) {
            return missing("user namespaces", "switched off", "as root: sysctl -w user.max_user_namespaces=10000");
        }
        if (HostCheck.text(root, "proc/sys/kernel/unprivileged_userns_clone").equals("0")) {
            return missing("user namespaces", "for root only",
                    "as root: sysctl -w kernel.unprivileged_userns_clone=1");
        }
        if (HostCheck.text(root, "proc/sys/kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
            return new HostCheck("user namespaces", HostCheck.Verdict.LIMITED,
                    "AppArmor keeps them from programs without a profile that allows them",
                    "as root: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0", "");
        }
        return HostCheck.good("user namespaces", "up to " + limit);
    }

    /** {@code /etc/subuid}, {@code /etc/subgid} (subuid(5)): lines of name or number, first, count. */
    private HostCheck range(String file) throws IOException {
        long count = 0;
        for (String line : HostCheck.text(root, "etc/" + file).split("\n")) {
            String[] words = line.strip().split(":");
            if (words.length == 3 && (words[0].equals(user) || words[0].equals(Integer.toString(userId)))
                    && words[2].matches("\\d{1,10}")) {
                count += Long.parseLong(words[2]);
            }
        }
        return count > 0 ? HostCheck.good(file, count + " ids for " + user)
                : missing(file, "/etc/" + file + " has no range for " + user, "as root: usermod --add-"
                        + file + "s 100000-165535 " + user + " (a range that no other user has)");
    }

    private HostCheck tun() {
        return Files.isWritable(root.resolve(TUN.substring(1)))
                ? HostCheck.good(TUN, "slirp4netns can open it")
                : missing(TUN, "cannot be opened", "as root: modprobe tun, and chmod 0666 " + TUN);
    }

    private HostCheck cgroup() throws IOException {
        String mount = "";
        for (String line : HostCheck.text(root, "proc/self/mountinfo").split("\n")) {
            mount = line.contains(" - cgroup2 ") ? line.split(" ")[4] : mount;
        }
        String own = "";
        for (String line : HostCheck.text(root, "proc/self/cgroup").split("\n")) {
            own = line.startsWith("0::") ? line.substring(3) : own;
        }
        boolean delegated = !mount.isEmpty() && !own.isEmpty() && Files.isWritable(
                root.resolve((mount + own).substring(1)).resolve("cgroup.subtree_control"));
        return delegated ? HostCheck.good("cgroup", own + " is delegated to " + user)
                : new HostCheck("cgroup", HostCheck.Verdict.LIMITED, "none is delegated to " + user
                        + ": limits and pause are refused",
                        "where systemd has cgroup v2: systemd-run --user --scope -p Delegate=yes jctl agent",
                        "");
    }

    private static HostCheck missing(String name, String finding, String remedy) {
        return new HostCheck(name, HostCheck.Verdict.MISSING, finding, remedy, "");
    }
}
