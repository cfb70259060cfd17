package runtime.oci;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import runtime.cgroup.CgroupPlace;
import runtime.spec.JsonText;
import runtime.spec.SpecException;

/**
 * What is kept of a container between two calls of the runtime.
 *
 * @param ociVersion  of its config.json
 * @param id          its name
 * @param pid         of its first process, as the host numbers it; 0 while there is none
 * @param startTicks  when that process began ({@code proc_pid_stat(5)}, field 22): with the pid it names
 *                    one process only, however often pids are used again
 * @param bundle      absolute path
 * @param root        absolute path of its root file system
 * @param createdAt   RFC 3339, UTC
 * @param owner       user id that created it
 * @param annotations of its config.json
 * @param cgroup      where its cgroups are
 * @param unit        the scope of systemd they belong to, if one was asked for
 */
public record ContainerRecord(
        String ociVersion,
        String id,
        int pid,
        long startTicks,
        String bundle,
        String root,
        String createdAt,
        long owner,
        Map<String, String> annotations,
        CgroupPlace cgroup,
        Optional<String> unit) {

    /** One whose cgroups are our own. */
    public ContainerRecord(String ociVersion, String id, int pid, long startTicks, String bundle,
            String root, String createdAt, long owner, Map<String, String> annotations,
            CgroupPlace cgroup) {
        this(ociVersion, id, pid, startTicks, bundle, root, createdAt, owner, annotations, cgroup,
                Optional.empty());
    }

    public ContainerRecord {
        annotations = Map.copyOf(annotations);
    }

    /** The same with a first process. */
    public ContainerRecord withProcess(int newPid, long newStartTicks) {
        return new ContainerRecord(ociVersion, id, newPid, newStartTicks, bundle, root, createdAt,
                owner, annotations, cgroup, unit);
    }

    /** The state as the specification has it: what {@code state} prints and hooks read. */
    public ObjectNode state(ContainerStatus status) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("ociVersion", ociVersion).put("id", id).put("status", status.word());
        boolean alive = status != ContainerStatus.STOPPED;
        node.put("pid", alive ? pid : 0);
        node.put("bundle", bundle);
        if (!annotations.isEmpty()) {
            ObjectNode texts = node.putObject("annotations");
            new java.util.TreeMap<>(annotations).forEach(texts::put);
        }
        return node;
    }

    /** The record as JSON. */
    String toJson() {
        ObjectNode node = state(ContainerStatus.CREATED);
        node.remove("status");
        node.put("startTicks", startTicks).put("root", root).put("createdAt", createdAt)
                .put("owner", owner);
        unit.ifPresent(name -> node.put("unit", name));
        ObjectNode groups = node.putObject("cgroup");
        ObjectNode legacy = groups.putObject("legacy");
        cgroup.legacyFolders().forEach(legacy::put);
        cgroup.unifiedFolder().ifPresent(folder -> groups.put("unified", folder));
        cgroup.unifiedControllers().stream().sorted()
                .forEach(groups.putArray("controllers")::add);
        return node.toString() + "\n";
    }

    /**
     * A record from JSON.
     *
     * @throws OciException if it is damaged
     */
    static ContainerRecord parse(String json) throws OciException {
        try {
            ObjectNode node = JsonText.parseObject(json);
            JsonNode groups = node.path("cgroup");
            Set<String> controllers = new LinkedHashSet<>();
            groups.path("controllers").forEach(name -> controllers.add(name.asText()));
            return new ContainerRecord(node.path("ociVersion").asText(), node.path("id").asText(),
                    node.path("pid").asInt(), node.path("startTicks").asLong(),
                    node.path("bundle").asText(), node.path("root").asText(),
                    node.path("createdAt").asText(), node.path("owner").asLong(),
                    texts(node.path("annotations")),
                    new CgroupPlace(texts(groups.path("legacy")),
                            Optional.ofNullable(groups.get("unified")).map(JsonNode::asText),
                            controllers),
                    Optional.ofNullable(node.get("unit")).map(JsonNode::asText));
        } catch (SpecException damaged) {
            throw new OciException("the container's record is damaged (" + damaged.getMessage()
                    + "); delete --force removes the container", damaged);
        }
    }

    private static Map<String, String> texts(JsonNode node) {
        Map<String, String> texts = new LinkedHashMap<>();
        node.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
