package runtime.event;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which events are wanted: different keys must all hold; values of one key are alternatives, but labels
 * must all be there, as with docker.
 */
public final class EventFilter {
    private static final Set<String> KEYS = Set.of(
            "container", "daemon", "event", "image", "label", "network", "scope", "type", "volume");

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
                        + "'; there are container, image, network, volume, daemon");
            }
        }
        wanted.computeIfAbsent(key, absent -> new ArrayList<>()).add(value);
        return this;
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
            case "scope" -> value.equals("local");
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
