package overlaynet.attach;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.Stream;
import overlaynet.ipam.Subnet;
import overlaynet.network.NetworkDefinition;

/**
 * The networks somebody made, on disk: a folder each, {@code D/networks/ID}, with
 * {@code definition.json}, which is written last and forced to the disk, and the leases. A crash at
 * any instant leaves a network there or absent.
 */
final class NetworkFolders {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String DEFINITION = "definition.json";
    private static final String REMOVED_PREFIX = ".removed-";
    private final Path folder;

    /** @param folder created if missing */
    NetworkFolders(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
    }

    /** What was found. */
    record Found(List<NetworkDefinition> definitions, List<String> warnings) {}

    /** Where a network's leases are. */
    Path of(String networkId) {
        return folder.resolve(networkId);
    }

    /** Reads all, and removes what a crash left half made or half removed. */
    Found read() throws IOException {
        List<NetworkDefinition> definitions = new ArrayList<>();
        List<String> warnings = new ArrayList<>();
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        }
        for (Path entry : entries) {
            String name = entry.getFileName().toString();
            if (name.startsWith(REMOVED_PREFIX) || !Files.exists(entry.resolve(DEFINITION))) {
                delete(entry);
                continue;
            }
            try {
                NetworkDefinition definition = parse(Files.readAllBytes(entry.resolve(DEFINITION)));
                if (!definition.id().equals(name)) {
                    throw new IOException("it is of the network " + definition.id());
                }
                definitions.add(definition);
            } catch (IOException | IllegalArgumentException | DateTimeException damaged) {
                warnings.add("the network in " + entry + " cannot be read and is left alone: "
                        + damaged.getMessage());
            }
        }
        definitions.sort(Comparator.comparing(NetworkDefinition::createdAt));
        return new Found(definitions, warnings);
    }

    /** Makes a network's folder; once this returns, it survives a loss of power. */
    void write(NetworkDefinition definition) throws IOException {
        Path made = of(definition.id());
        Files.createDirectory(made);
        try {
            DurableFile.write(made.resolve(DEFINITION), text(definition));
            DurableFile.sync(folder);
        } catch (IOException failed) {
            delete(made);
            throw failed;
        }
    }

    /** Removes a network's folder; it is gone once it is renamed. */
    void remove(String networkId) throws IOException {
        Path removed = folder.resolve(REMOVED_PREFIX + networkId);
        Files.move(of(networkId), removed, StandardCopyOption.ATOMIC_MOVE);
        DurableFile.sync(folder);
        delete(removed);
    }

    private static void delete(Path entry) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(entry)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (NoSuchFileException gone) {
            return;
        }
        for (Path each : all) {
            Files.deleteIfExists(each);
        }
    }

    private static byte[] text(NetworkDefinition definition) throws IOException {
        ObjectNode json = JSON.createObjectNode()
                .put("id", definition.id())
                .put("name", definition.name())
                .put("createdAt", definition.createdAt().toString())
                .put("subnet", definition.subnet().toString())
                .put("gateway", definition.gateway().getHostAddress())
                .put("internal", definition.internal())
                .put("linkName", definition.linkName());
        definition.range().ifPresent(range -> json.put("range", range.toString()));
        definition.ipv6().ifPresent(ipv6 -> json.put("subnet6", ipv6.subnet().toString())
                .put("gateway6", ipv6.gateway().getHostAddress()));
        definition.mtuBytes().ifPresent(mtu -> json.put("mtuBytes", mtu));
        ObjectNode labels = json.putObject("labels");
        definition.labels().forEach(labels::put);
        ObjectNode options = json.putObject("options");
        definition.options().forEach(options::put);
        definition.shared().ifPresent(shared -> {
            ObjectNode its = json.putObject("shared").put("number", shared.number())
                    .put("attachable", shared.attachable());
            if (shared.routed()) {
                its.put("routed", true);
            }
            shared.subnets().forEach(subnet -> its.withArray("subnets").add(subnet.toString()));
        });
        return JSON.writeValueAsBytes(json);
    }

    private static NetworkDefinition parse(byte[] text) throws IOException {
        JsonNode json = JSON.readTree(text);
        if (!json.path("id").asText().matches("[0-9a-f]{64}")) {
            throw new IOException("no network id");
        }
        Optional<NetworkDefinition.Ipv6> ipv6 = Optional.ofNullable(json.get("subnet6"))
                .map(subnet -> new NetworkDefinition.Ipv6(Subnet.parse(subnet.asText()),
                        InetAddress.ofLiteral(json.path("gateway6").asText())));
        return new NetworkDefinition(json.path("id").asText(), json.path("name").asText(),
                Instant.parse(json.path("createdAt").asText()),
                Subnet.parse(json.path("subnet").asText()),
                InetAddress.ofLiteral(json.path("gateway").asText()),
                Optional.ofNullable(json.get("range")).map(range -> Subnet.parse(range.asText())),
                ipv6, json.path("internal").asBoolean(), json.path("linkName").asText(),
                json.has("mtuBytes") ? OptionalInt.of(json.path("mtuBytes").asInt())
                        : OptionalInt.empty(),
                map(json.path("labels")), map(json.path("options")),
                Optional.ofNullable(json.get("shared")).map(NetworkFolders::shared));
    }

    private static NetworkDefinition.Shared shared(JsonNode json) {
        List<Subnet> subnets = new ArrayList<>();
        json.path("subnets").forEach(each -> subnets.add(Subnet.parse(each.asText())));
        return new NetworkDefinition.Shared(json.path("number").asInt(), subnets,
                json.path("attachable").asBoolean(), json.path("routed").asBoolean());
    }

    private static Map<String, String> map(JsonNode object) {
        Map<String, String> map = new TreeMap<>();
        object.properties().forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }
}
