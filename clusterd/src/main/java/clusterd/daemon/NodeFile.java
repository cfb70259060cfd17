package clusterd.daemon;

import clusterd.agent.HostAndPort;
import clusterd.credential.Role;
import clusterd.security.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What a node knows of its own part in the cluster when it starts: a file of {@code name=value} lines.
 *
 * @param clusterId of the cluster
 * @param group     of its managers' log
 * @param nodeId    its own
 * @param role      it has
 * @param address   others reach it at: the cluster's port; the log's is the next one
 * @param managers  {@code HOST:PORT} of those it knows
 * @param voting    whether it has been taken into the managers' group
 */
record NodeFile(String clusterId, UUID group, String nodeId, Role role, HostAndPort address,
        List<String> managers, boolean voting) {
    private static final String NAME = "node";

    NodeFile {
        managers = List.copyOf(managers);
    }

    static boolean exists(Path folder) {
        return Files.exists(folder.resolve(NAME));
    }

    static Optional<NodeFile> load(Path folder) throws IOException {
        if (!exists(folder)) {
            return Optional.empty();
        }
        Path file = folder.resolve(NAME);
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : new String(PrivateFile.read(file), StandardCharsets.UTF_8).split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            }
        }
        try {
            String managers = values.getOrDefault("managers", "");
            return Optional.of(new NodeFile(value(values, "cluster"), UUID.fromString(value(values, "group")),
                    value(values, "node"), Role.of(value(values, "role")).orElseThrow(() ->
                            new IllegalArgumentException("no role " + values.get("role"))),
                    HostAndPort.parse(value(values, "address")),
                    managers.isEmpty() ? List.of() : List.of(managers.split(",")),
                    Boolean.parseBoolean(values.getOrDefault("voting", "false"))));
        } catch (IllegalArgumentException | IOException broken) {
            throw new IOException(file + " does not say what this node is (" + broken.getMessage()
                    + "): move " + folder + " away and join this node again with a token", broken);
        }
    }

    private static String value(Map<String, String> values, String name) throws IOException {
        String value = values.get(name);
        if (value == null) {
            throw new IOException("no " + name);
        }
        return value;
    }

    void save(Path folder) throws IOException {
        List<String> lines = new ArrayList<>(List.of("cluster=" + clusterId, "group=" + group,
                "node=" + nodeId, "role=" + role.text(), "address=" + address,
                "managers=" + String.join(",", managers), "voting=" + voting));
        PrivateFile.write(folder.resolve(NAME),
                (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    NodeFile knowing(List<String> others) {
        return new NodeFile(clusterId, group, nodeId, role, address, others, voting);
    }

    NodeFile as(Role other, boolean votes) {
        return new NodeFile(clusterId, group, nodeId, other, address, managers, votes);
    }

    /** Where the log of its group is: of a group that began before others did without a name of its own. */
    Path logFolder(Path folder) {
        Path first = folder.resolve("log");
        return Files.isDirectory(first.resolve(group.toString())) ? first : folder.resolve("log-" + group);
    }

    NodeFile inGroup(UUID other) {
        return new NodeFile(clusterId, other, nodeId, role, address, managers, true);
    }

    /** Where the log listens. */
    int logPort() {
        return address.port() + 1;
    }
}
