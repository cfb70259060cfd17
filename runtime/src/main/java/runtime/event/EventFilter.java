package runtime.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which events are wanted: different keys must all hold; values of one key are alternatives, but labels
 * must all be there, as with docker.
 */
public final class EventFilter {
    private static final Set<String> KEYS = Set.of(
            "config", "container", "daemon", "event", "image", "label", "network", "node", "project", "scope",
            "secret", "service", "task", "type", "volume");
    /** Docker's word, and ours. */
    private static final Set<String> CLUSTER_SCOPES = Set.of("swarm", "cluster");
    private static final String LOCAL_SCOPE = "local";

    private final Map<String, List<String>> wanted = new LinkedHashMap<>();

    /**
     * One more condition.
     *
     * @throws IllegalArgumentException if there is no such key, or no such type
     */
    public EventFilter add(String key, String value) {
        if (!KEYS.contains(key)) {
            throw new IllegalArgumentException("unknown filter '" + key + "'; there are "
                    + String.join(", ", KEYS.stream().sorted().toList()));
        }
        if (key.equals("type")) {
            boolean known = false;
            for (Event.Type type : Event.Type.values()) {
                known |= type.word().equals(value);
            }
            if (!known) {
                throw new IllegalArgumentException("unknown type '" + value
                        + "'; there are " + String.join(", ", Stream.of(Event.Type.values())
                        .map(Event.Type::word).toList()));
            }
        }
        if (key.equals("scope") && !value.equals(LOCAL_SCOPE) && !CLUSTER_SCOPES.contains(value)) {
            throw new IllegalArgumentException("unknown scope '" + value + "'; there are local, swarm, cluster");
        }
        wanted.computeIfAbsent(key, absent -> new ArrayList<>()).add(value);
        return this;
    }

    /** Whether events of the cluster are wanted at all, or only this machine's. */
    public boolean wantsCluster() {
        return wanted.getOrDefault("scope", List.of("cluster")).stream().anyMatch(CLUSTER_SCOPES::contains);
    }

    /** Whether an event is wanted. */
    public boolean accepts(Event event) {
        for (Map.Entry<String, List<String>> entry : wanted.entrySet()) {
            boolean all = entry.getKey().equals("label");
            boolean holds = all;
            for (String value : entry.getValue()) {
                boolean one = accepts(event, entry.getKey(), value);
                holds = all ? holds && one : holds || one;
            }
            if (!holds) {
                return false;
            }
        }
        return true;
    }

    private static boolean accepts(Event event, String key, String value) {
        return switch (key) {
            case "type" -> event.type().word().equals(value);
            case "event" -> event.action().equals(value) || event.plainAction().equals(value);
            case "label" -> label(event, value);
            case "scope" -> event.type().isOfCluster() ? CLUSTER_SCOPES.contains(value)
                    : value.equals(LOCAL_SCOPE);
            case "service" -> isNamed(event, Event.Type.SERVICE, value) || isOf(event, "service", value);
            case "node" -> isNamed(event, Event.Type.NODE, value) || isOf(event, "node", value);
            case "task" -> isNamed(event, Event.Type.TASK, value);
            case "secret" -> isNamed(event, Event.Type.SECRET, value);
            case "config" -> isNamed(event, Event.Type.CONFIG, value);
            case "project" -> isNamed(event, Event.Type.PROJECT, value);
            case "container" -> isNamed(event, Event.Type.CONTAINER, value)
                    || refers(event, "container", value);
            case "image" -> isNamed(event, Event.Type.IMAGE, value)
                    || event.type() == Event.Type.CONTAINER
                            && isImage(event.attributes().getOrDefault("image", ""), value);
            case "network" -> isNamed(event, Event.Type.NETWORK, value);
            case "volume" -> isNamed(event, Event.Type.VOLUME, value);
            default -> isNamed(event, Event.Type.DAEMON, value);
        };
    }

    /** By the beginning of its id, or its name. */
    private static boolean isNamed(Event event, Event.Type type, String value) {
        if (event.type() != type || value.isEmpty()) {
            return false;
        }
        String name = event.attributes().getOrDefault("name", "");
        return event.id().startsWith(value) || event.id().startsWith("sha256:" + value)
                || (type == Event.Type.IMAGE ? isImage(name, value) : name.equals(value));
    }

    /** An event of a network or volume names the container it was about by id. */
    private static boolean refers(Event event, String attribute, String value) {
        String id = event.attributes().getOrDefault(attribute, "");
        return event.type() != Event.Type.CONTAINER && !id.isEmpty() && id.startsWith(value);
    }

    /** A task's events name its service and its node. */
    private static boolean isOf(Event event, String attribute, String value) {
        return event.type() == Event.Type.TASK && value.equals(event.attributes().get(attribute));
    }

    /** The tag {@code latest} may be left out, and any tag of a name may be meant. */
    private static boolean isImage(String name, String value) {
        int slash = name.lastIndexOf('/');
        int colon = name.indexOf(':', slash + 1);
        return name.equals(value) || name.equals(value + ":latest")
                || colon > 0 && name.substring(0, colon).equals(value);
    }

    private static boolean label(Event event, String value) {
        int equals = value.indexOf('=');
        return equals < 0 ? event.attributes().containsKey(value)
                : value.substring(equals + 1).equals(
                        event.attributes().get(value.substring(0, equals)));
    }
}
