package overlaynet.attach;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import overlaynet.ipam.Subnet;
import overlaynet.link.PortMapping;
import overlaynet.link.TransportProtocol;

/**
 * A network's leases on disk: {@code network.json} with its subnet and {@code leases/ID.json} per
 * container, each written to a temporary file and renamed.
 *
 * <p>A lease survives the death of this process at any instant. It is not forced to the disk: when
 * the machine loses power its containers are gone as well, and a file damaged then is told about
 * and dropped. That keeps a flush (milliseconds) out of every container's start.
 */
final class LeaseFolder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SUFFIX = ".json";
    private static final Pattern USABLE_ID = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");

    private final Path folder;
    private final Path leases;

    /** @param folder created if missing, for root alone */
    LeaseFolder(Path folder) throws IOException {
        this.folder = folder;
        this.leases = folder.resolve("leases");
        Files.createDirectories(leases);
    }

    /** What a folder held. */
    record Contents(List<Lease> leases, List<String> warnings) {}

    /**
     * Whether an id can be a file's name: letters, digits, dot, dash and underscore, at most 128.
     */
    static boolean isUsableId(String containerId) {
        return USABLE_ID.matcher(containerId).matches();
    }

    Contents read() throws IOException {
        List<Lease> found = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(leases)) {
            for (Path file : files) {
                if (!file.toString().endsWith(SUFFIX)) {
                    Files.deleteIfExists(file); // left by a write that never ended
                    continue;
                }
                try {
                    found.add(parse(file));
                } catch (IOException | IllegalArgumentException damaged) {
                    warnings.add("dropped the damaged address lease " + file + ": "
                            + damaged.getMessage());
                    Files.deleteIfExists(file);
                }
            }
        }
        return new Contents(found, warnings);
    }

    private static Lease parse(Path file) throws IOException {
        JsonNode json = JSON.readTree(file.toFile());
        String name = file.getFileName().toString();
        String id = json.path("container").asText();
        if (!isUsableId(id) || !name.equals(id + SUFFIX)) {
            throw new IOException("it names the container \"" + id + "\"");
        }
        List<PortMapping> ports = new ArrayList<>();
        for (JsonNode port : json.path("ports")) {
            ports.add(parsePort(port));
        }
        List<String> names = new ArrayList<>();
        json.path("names").forEach(each -> names.add(each.asText()));
        List<InetAddress> nameServers = new ArrayList<>();
        json.path("nameServers").forEach(
                each -> nameServers.add(InetAddress.ofLiteral(each.asText())));
        return new Lease(id, InetAddress.ofLiteral(json.path("address").asText()),
                Optional.ofNullable(json.get("address6"))
                        .map(text -> InetAddress.ofLiteral(text.asText())),
                names, nameServers, json.path("number").asInt(), json.path("way").asBoolean(true),
                ports, json.path("interfaceName").asText());
    }

    private static PortMapping parsePort(JsonNode json) {
        Optional<InetAddress> hostAddress = Optional.ofNullable(json.get("hostAddress"))
                .map(text -> InetAddress.ofLiteral(text.asText()));
        return new PortMapping(hostAddress, json.path("hostPort").asInt(),
                TransportProtocol.valueOf(json.path("protocol").asText()),
                json.path("containerPort").asInt());
    }

    boolean holds(String containerId) {
        return Files.exists(leases.resolve(containerId + SUFFIX));
    }

    void write(Lease lease) throws IOException {
        ObjectNode json = JSON.createObjectNode()
                .put("container", lease.containerId())
                .put("address", lease.address().getHostAddress())
                .put("number", lease.number())
                .put("way", lease.way());
        if (!lease.interfaceName().isEmpty()) {
            json.put("interfaceName", lease.interfaceName());
        }
        lease.address6().ifPresent(address -> json.put("address6", address.getHostAddress()));
        lease.names().forEach(json.putArray("names")::add);
        ArrayNode nameServers = json.putArray("nameServers");
        lease.nameServers().forEach(server -> nameServers.add(server.getHostAddress()));
        ArrayNode ports = json.putArray("ports");
        for (PortMapping port : lease.ports()) {
            ObjectNode entry = ports.addObject()
                    .put("hostPort", port.hostPort())
                    .put("protocol", port.protocol().name())
                    .put("containerPort", port.containerPort());
            port.hostAddress().ifPresent(
                    address -> entry.put("hostAddress", address.getHostAddress()));
        }
        replace(leases.resolve(lease.containerId() + SUFFIX), json);
    }

    void delete(String containerId) throws IOException {
        Files.deleteIfExists(leases.resolve(containerId + SUFFIX));
    }

    /** The subnet of last time; empty if there was none or it cannot be read. */
    Optional<Subnet> readSubnet() throws IOException {
        Path file = folder.resolve("network.json");
        try {
            return Optional.of(Subnet.parse(JSON.readTree(file.toFile()).path("subnet").asText()));
        } catch (NoSuchFileException | FileNotFoundException none) {
            return Optional.empty();
        } catch (JsonProcessingException | IllegalArgumentException damaged) {
            return Optional.empty(); // only a preference: another subnet is chosen
        }
    }

    void writeSubnet(Subnet subnet) throws IOException {
        replace(folder.resolve("network.json"),
                JSON.createObjectNode().put("subnet", subnet.toString()));
    }

    private static void replace(Path file, ObjectNode json) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        Files.write(temporary, JSON.writeValueAsBytes(json));
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
