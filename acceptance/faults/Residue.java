import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What an agent's containers have on the host: processes, cgroups, links, mounts, files. */
final class Residue {
    private final Agent agent;
    /** The name of the agent's bridge and of its cgroup parent. */
    private final String apart;

    Residue(Agent agent) throws NoSuchAlgorithmException {
        this.agent = agent;
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(
                agent.run.toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8));
        this.apart = "jctl-" + HexFormat.of().formatHex(digest, 0, 3);
    }

    /** Everything that is there though no container is; empty if all is as it should be. */
    List<String> ofNoContainer() throws IOException {
        List<String> found = new ArrayList<>();
        for (String folder : List.of("containers", "network/leases", "images/partial",
                "quarantine")) {
            entries(agent.data.resolve(folder)).forEach(entry -> found.add("file " + entry));
        }
        entries(agent.run.resolve("containers")).forEach(entry -> found.add("file " + entry));
        cgroups().forEach(folder -> found.add("cgroup " + folder));
        links().forEach(link -> found.add("link " + link));
        keepers().forEach(pid -> found.add("keeper, process " + pid));
        processes().forEach((id, pids) -> found.add("processes " + pids + " of container " + id));
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            if (line.contains(agent.run.toString()) || line.contains(agent.data.toString() + "/")) {
                found.add("mount " + line);
            }
        }
        return found;
    }

    /** What remains of an agent that took its network away and ended. */
    List<String> ofNoAgent() throws IOException {
        List<String> found = ofNoContainer();
        if (Files.exists(Path.of("/sys/class/net", apart))) {
            found.add("link " + apart);
        }
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            hierarchies.map(each -> each.resolve(apart)).filter(Files::exists)
                    .forEach(each -> found.add("cgroup " + each));
        }
        return found;
    }

    private static List<Path> entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> stream = Files.list(folder)) {
            return stream.toList();
        }
    }

    private List<Path> cgroups() throws IOException {
        List<Path> found = new ArrayList<>();
        List<Path> hierarchies = new ArrayList<>(entries(Path.of("/sys/fs/cgroup")));
        hierarchies.add(Path.of("/sys/fs/cgroup"));
        for (Path hierarchy : hierarchies) {
            entries(hierarchy.resolve(apart)).stream().filter(Files::isDirectory)
                    .forEach(found::add);
        }
        return found;
    }

    private List<String> links() throws IOException {
        return entries(Path.of("/sys/class/net", apart, "brif")).stream()
                .map(each -> each.getFileName().toString()).toList();
    }

    private List<String> keepers() throws IOException {
        List<String> found = new ArrayList<>();
        for (String pid : pids()) {
            if (read("/proc/" + pid + "/comm").startsWith("jctl-keeper")
                    && read("/proc/" + pid + "/maps").contains(agent.run.toString() + "/")) {
                found.add(pid);
            }
        }
        return found;
    }

    /** The processes in containers' cgroups, by container id. */
    Map<String, List<String>> processes() throws IOException {
        Pattern place = Pattern.compile("/" + apart + "/([0-9a-f]{64})");
        Map<String, List<String>> found = new TreeMap<>();
        for (String pid : pids()) {
            Matcher matcher = place.matcher(read("/proc/" + pid + "/cgroup"));
            if (matcher.find()) {
                found.computeIfAbsent(matcher.group(1), id -> new ArrayList<>()).add(pid);
            }
        }
        return found;
    }

    /** Whether a process is in a container's cgroup. */
    boolean isOf(int pid, String id) {
        return read("/proc/" + pid + "/cgroup").contains("/" + apart + "/" + id);
    }

    private static List<String> pids() throws IOException {
        try (Stream<Path> stream = Files.list(Path.of("/proc"))) {
            return stream.map(each -> each.getFileName().toString())
                    .filter(name -> name.matches("[0-9]+")).toList();
        }
    }

    /** Empty if it cannot be read: the process has ended. */
    private static String read(String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
