package overlaynet.plugin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import linux.abi.MountFlag;
import linux.syscall.Mounts;
import overlaynet.cni.AddResult;
import overlaynet.cni.CniException;
import overlaynet.cni.PluginList;
import overlaynet.plugin.PlaceFolder.Place;

/**
 * The CNI networks of a host: containers are added to them by plug-ins, and deleted from them again,
 * be it after a crash of this process. Safe for use by several threads, on one container by one.
 */
public final class PluginNetworks {
    /** Where configurations are usually. */
    public static final List<Path> CONFIGURATIONS = List.of(Path.of("/etc/cni/net.d"));
    /** Where programs are usually. */
    public static final List<Path> PROGRAMS =
            List.of(Path.of("/usr/lib/cni"), Path.of("/opt/cni/bin"));
    /** A plug-in may ask a DHCP server. */
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MAX_LIST_BYTES = 1 << 20;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Settings settings;
    private final PluginRunner runner;
    private final PlaceFolder folder;
    private final Map<String, List<Place>> places = new ConcurrentHashMap<>();
    private final List<String> warnings;

    /**
     * Where things are.
     *
     * @param configurations folders of network configurations
     * @param programs       folders of plug-ins
     * @param state          where it is noted what has to be deleted, {@code D/cni}
     * @param namespaces     where network namespaces are kept by name, {@code R/netns}
     */
    public record Settings(List<Path> configurations, List<Path> programs, Path state,
            Path namespaces) {
        public Settings {
            configurations = List.copyOf(configurations);
            programs = List.copyOf(programs);
        }
    }

    /**
     * A port of the host that shall lead to one of the container.
     *
     * @param hostAddress of the host; empty for all
     * @param firstPort   the first that will do; 0 for any
     * @param lastPort    the last
     * @param protocol    {@code tcp}, {@code udp} or {@code sctp}
     */
    public record Port(String hostAddress, int firstPort, int lastPort, int containerPort,
            String protocol) {}

    /**
     * A network a container shall be in.
     *
     * @param network its name
     * @param names   what the container is called in it
     * @param addresses it shall have; empty for any
     * @param ports   to publish
     */
    public record Wish(String network, List<String> names, List<String> addresses,
            List<Port> ports) {
        public Wish {
            names = List.copyOf(names);
            addresses = List.copyOf(addresses);
            ports = List.copyOf(ports);
        }
    }

    /** A published port. */
    public record Published(String hostAddress, int hostPort, int containerPort, String protocol) {}

    /** A container's place in a network. */
    public record Added(String network, String link, AddResult result, List<Published> ports) {}

    /** Reads what is noted; runs nothing. */
    public PluginNetworks(Settings settings) throws IOException {
        this.settings = settings;
        this.runner = new PluginRunner(settings.programs(), LIMIT);
        this.folder = new PlaceFolder(settings.state());
        PlaceFolder.Contents contents = folder.read();
        places.putAll(contents.places());
        warnings = contents.warnings();
    }

    /** What is wrong with the notes of an earlier run, a sentence each. */
    public List<String> warnings() {
        return warnings;
    }

    /** The names of all networks; a configuration that cannot be read has none. */
    public List<String> names() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path file : files()) {
            try {
                names.add(read(file).name());
            } catch (CniException wrong) {
                continue; // find() says so to whoever looks for a network
            }
        }
        return List.copyOf(names);
    }

    private List<Path> files() throws IOException {
        List<Path> files = new ArrayList<>();
        for (Path configurations : settings.configurations()) {
            try (DirectoryStream<Path> stream = Files.newDirectoryStream(
                    configurations, "*.{conflist,conf,json}")) {
                List<Path> here = new ArrayList<>();
                stream.forEach(here::add);
                here.stream().sorted().forEach(files::add);
            } catch (NoSuchFileException | NotDirectoryException none) {
                continue; // most hosts have none
            }
        }
        return files;
    }

    private static PluginList read(Path file) throws CniException, IOException {
        if (Files.size(file) > MAX_LIST_BYTES) {
            throw new CniException(CniException.Kind.INVALID,
                    "it is larger than " + MAX_LIST_BYTES + " bytes");
        }
        return PluginList.parse(Files.readString(file));
    }

    /** The configuration of that name: the first file that has it. */
    private PluginList find(String name) throws CniException, IOException {
        List<String> problems = new ArrayList<>();
        for (Path file : files()) {
            try {
                PluginList list = read(file);
                if (list.name().equals(name)) {
                    return list;
                }
            } catch (CniException wrong) {
                problems.add(file + ": " + wrong.getMessage());
            }
        }
        throw new CniException(CniException.Kind.NETWORK_NOT_FOUND, "there is no CNI network "
                + name + " in " + settings.configurations().stream().map(Path::toString)
                        .collect(Collectors.joining(" or "))
                + (problems.isEmpty() ? "" : "; some files cannot be read: "
                        + String.join("; ", problems)));
    }

    /**
     * Whether a wish can come true as far as its network's configuration says.
     *
     * @throws CniException if it cannot, with a sentence for the user
     */
    public void check(Wish wish) throws CniException, IOException {
        listFor(wish);
    }

    private PluginList listFor(Wish wish) throws CniException, IOException {
        PluginList list = find(wish.network());
        if (!wish.ports().isEmpty() && !list.hasCapability("portMappings")) {
            throw new CniException(CniException.Kind.INVALID, "no port can be published in the"
                    + " network " + wish.network() + ": none of its plugins has the capability"
                    + " portMappings; add the plugin portmap to its configuration");
        }
        if (!wish.addresses().isEmpty() && !list.hasCapability("ips")) {
            throw new CniException(CniException.Kind.INVALID, "no address can be chosen in the"
                    + " network " + wish.network() + ": none of its plugins has the capability"
                    + " ips; declare it in its configuration, if its IPAM plugin is host-local");
        }
        return list;
    }

    /**
     * Adds a container to networks, the first one as {@code eth0}.
     *
     * @param namespace its network namespace, {@code /proc/PID/ns/net}
     * @throws CniException if one cannot be had; the container is deleted from all of them again
     */
    public List<Added> add(String containerId, Path namespace, List<Wish> wishes)
            throws CniException, IOException {
        List<Place> wanted = new ArrayList<>(reserve(containerId, wishes));
        boolean done = false;
        try {
            folder.write(containerId, wanted);
            keep(containerId, namespace);
            for (int number = 0; number < wanted.size(); number++) {
                wanted.set(number, add(containerId, wanted.get(number)));
            }
            folder.write(containerId, wanted);
            places.put(containerId, List.copyOf(wanted));
            done = true;
            return added(containerId);
        } finally {
            if (!done) {
                deleteQuietly(containerId);
            }
        }
    }

    /** Notes who wants what, so that no port is given out twice. */
    private synchronized List<Place> reserve(String containerId, List<Wish> wishes)
            throws CniException, IOException {
        List<Place> wanted = new ArrayList<>();
        for (Wish wish : wishes) {
            wanted.add(new Place(listFor(wish), "eth" + wanted.size(),
                    runtime(wish), Optional.empty()));
        }
        places.put(containerId, List.copyOf(wanted));
        return wanted;
    }

    /** After a failed ADD; its error is what the user is told. */
    private void deleteQuietly(String containerId) {
        try {
            delete(containerId);
        } catch (IOException again) {
            return; // noted on disk still: the removal of the container tries again, and tells
        }
    }

    private Place add(String containerId, Place place) throws CniException, IOException {
        Optional<ObjectNode> result = Optional.empty();
        String text = "";
        for (ObjectNode plugin : place.list().plugins()) {
            text = runner.run(place.list(), plugin, variables("ADD", containerId, place),
                    place.list().input(plugin, place.runtime(), result));
            try {
                result = Optional.of(AddResult.parse(text, place.link()).tree());
            } catch (CniException wrong) {
                throw place.list().failed(PluginList.type(plugin), "ADD",
                        "its result is wrong: " + wrong.getMessage());
            }
        }
        return place.with(AddResult.parse(text, place.link()));
    }

    /** After a reboot a namespace is gone; a plug-in is told so by an empty name. */
    private Map<String, String> variables(String command, String containerId, Place place)
            throws IOException {
        Map<String, String> variables = new LinkedHashMap<>();
        Path namespace = settings.namespaces().resolve(containerId);
        variables.put("CNI_COMMAND", command);
        variables.put("CNI_CONTAINERID", containerId);
        variables.put("CNI_NETNS", isMounted(namespace) ? namespace.toString() : "");
        variables.put("CNI_IFNAME", place.link());
        return variables;
    }

    /** A namespace lives as long as it has a name: plug-ins find it at DEL, be the container dead. */
    private void keep(String containerId, Path namespace) throws IOException {
        Files.createDirectories(settings.namespaces());
        forget(containerId);
        Path name = Files.createFile(settings.namespaces().resolve(containerId));
        Mounts.mount(namespace.toString(), name.toString(), "none", List.of(MountFlag.MS_BIND), "");
    }

    private void forget(String containerId) throws IOException {
        Path name = settings.namespaces().resolve(containerId);
        while (isMounted(name)) {
            Mounts.detach(name.toString());
        }
        Files.deleteIfExists(name);
    }

    private static boolean isMounted(Path name) throws IOException {
        String path = " " + real(name) + " ";
        return Files.readAllLines(Path.of("/proc/self/mountinfo")).stream()
                .anyMatch(line -> line.contains(path));
    }

    /** As the kernel writes it in mountinfo. */
    private static Path real(Path name) throws IOException {
        return Files.exists(name) ? name.toRealPath() : name;
    }

    /**
     * Deletes a container from its networks; does nothing if it is in none.
     *
     * @throws IOException if a plug-in fails: what it made may be there still, and so is the note of it
     */
    public void delete(String containerId) throws IOException {
        List<Place> had = places.get(containerId);
        if (had == null) {
            return;
        }
        List<String> failures = new ArrayList<>();
        for (Place place : had.reversed()) {
            for (ObjectNode plugin : place.list().plugins().reversed()) {
                try {
                    runner.run(place.list(), plugin, variables("DEL", containerId, place),
                            place.list().input(plugin, place.runtime(),
                                    place.result().map(AddResult::tree)));
                } catch (CniException failed) {
                    failures.add(failed.getMessage());
                }
            }
        }
        if (!failures.isEmpty()) {
            throw new IOException(String.join("; ", failures));
        }
        forget(containerId);
        folder.delete(containerId);
        places.remove(containerId);
    }

    /**
     * Deletes every container but the given ones.
     *
     * @return what was done and what could not be, a sentence each
     */
    public List<String> reconcile(Set<String> liveContainerIds) {
        List<String> said = new ArrayList<>();
        for (String id : new TreeSet<>(places.keySet())) {
            if (liveContainerIds.contains(id)) {
                continue;
            }
            try {
                delete(id);
                said.add("deleted container " + id + ", which does not run, from its CNI networks");
            } catch (IOException failed) {
                said.add("container " + id + ", which does not run, cannot be deleted from its CNI"
                        + " networks: " + failed.getMessage());
            }
        }
        return said;
    }

    /** A container's places; empty if it has none. */
    public List<Added> added(String containerId) {
        List<Added> added = new ArrayList<>();
        for (Place place : places.getOrDefault(containerId, List.of())) {
            place.result().ifPresent(result -> added.add(new Added(place.list().name(),
                    place.link(), result, published(place))));
        }
        return added;
    }

    /** The containers in a network. */
    public List<String> members(String network) {
        return places.entrySet().stream().filter(entry -> entry.getValue().stream()
                        .anyMatch(place -> place.list().name().equals(network)))
                .map(Map.Entry::getKey).sorted().toList();
    }

    private static List<Published> published(Place place) {
        List<Published> ports = new ArrayList<>();
        place.runtime().path("portMappings").forEach(each -> ports.add(new Published(
                each.path("hostIP").asText(""), each.path("hostPort").asInt(),
                each.path("containerPort").asInt(), each.path("protocol").asText())));
        return ports;
    }

    private ObjectNode runtime(Wish wish) throws CniException {
        ObjectNode runtime = NODES.objectNode();
        if (!wish.ports().isEmpty()) {
            ArrayNode mappings = runtime.putArray("portMappings");
            Set<Integer> taken = new TreeSet<>();
            for (Port port : wish.ports()) {
                int chosen = choose(port, taken);
                taken.add(chosen);
                ObjectNode mapping = mappings.addObject().put("hostPort", chosen)
                        .put("containerPort", port.containerPort())
                        .put("protocol", port.protocol());
                if (!port.hostAddress().isEmpty()) {
                    mapping.put("hostIP", port.hostAddress());
                }
            }
        }
        if (!wish.addresses().isEmpty()) {
            ArrayNode addresses = runtime.putArray("ips");
            wish.addresses().forEach(addresses::add);
        }
        if (!wish.names().isEmpty()) {
            ArrayNode names = runtime.putObject("aliases").putArray(wish.network());
            wish.names().forEach(names::add);
        }
        return runtime;
    }

    /** The plug-in would let two containers have one port, and the first would win. */
    private int choose(Port port, Set<Integer> taken) throws CniException {
        int last = port.firstPort() == 0 ? 0 : port.lastPort();
        for (int number = port.firstPort(); number <= last; number++) {
            int free = free(port, number);
            if (free > 0 && !taken.contains(free) && !isPublished(port, free)) {
                return free;
            }
        }
        throw new CniException(CniException.Kind.PORT_IN_USE, "port " + port.firstPort()
                + (last > port.firstPort() ? " to " + last : "") + "/" + port.protocol()
                + " of the host is in use; choose another");
    }

    private boolean isPublished(Port port, int number) {
        return places.values().stream().flatMap(List::stream)
                .flatMap(place -> published(place).stream())
                .anyMatch(each -> each.hostPort() == number
                        && each.protocol().equals(port.protocol()));
    }

    /** The port if nobody listens there, any for 0; -1 if somebody does. */
    private static int free(Port port, int number) {
        try {
            InetAddress address = port.hostAddress().isEmpty()
                    ? InetAddress.ofLiteral("0.0.0.0") : InetAddress.ofLiteral(port.hostAddress());
            InetSocketAddress place = new InetSocketAddress(address, number);
            if (port.protocol().equals("udp")) {
                try (DatagramSocket socket = new DatagramSocket(place)) {
                    return socket.getLocalPort();
                }
            }
            try (ServerSocket socket = new ServerSocket()) {
                socket.setReuseAddress(true);
                socket.bind(place);
                return socket.getLocalPort();
            }
        } catch (IOException inUse) {
            return -1;
        }
    }
}
