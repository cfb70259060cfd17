package runtime.node;

import api.node.Filter;
import api.node.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import runtime.container.ContainerException;
import runtime.container.ContainerRecord;
import runtime.container.Containers;

/** {@code ps --filter}: values of one key are alternatives, different keys must all hold. */
final class ContainerFilters {
    private final Map<String, List<String>> wanted = new LinkedHashMap<>();
    private final Containers containers;

    ContainerFilters(List<Filter> filters, Containers containers) {
        this.containers = containers;
        for (Filter filter : filters) {
            wanted.computeIfAbsent(filter.getKey(), absent -> new ArrayList<>())
                    .add(filter.getValue());
        }
    }

    /** Whether they say which states are wanted, so that those at rest are not left out. */
    boolean namesStates() {
        return wanted.containsKey("status") || wanted.containsKey("exited");
    }

    /** Whether a container is wanted. */
    boolean accept(ContainerRecord record) throws ContainerException {
        for (Map.Entry<String, List<String>> entry : wanted.entrySet()) {
            boolean any = false;
            for (String value : entry.getValue()) {
                any |= accept(record, entry.getKey(), value);
            }
            if (!any) {
                return false;
            }
        }
        return true;
    }

    private boolean accept(ContainerRecord record, String key, String value)
            throws ContainerException {
        return switch (key) {
            case "id" -> record.id().startsWith(value);
            case "name" -> record.name().contains(value);
            case "label" -> label(record, value);
            case "status" -> status(record, value);
            case "ancestor" -> record.options().image().equals(value)
                    || record.imageId().equals(value)
                    || record.imageId().startsWith("sha256:" + value);
            case "exited" -> record.run().flatMap(ContainerRecord.Run::exit)
                    .filter(exit -> Integer.toString(exit.code()).equals(value)).isPresent();
            case "before" -> record.createdAt().isBefore(containers.get(value).createdAt());
            case "since" -> record.createdAt().isAfter(containers.get(value).createdAt());
            case "health" -> containers.health(record.id())
                    .map(each -> each.status().word()).orElse("none").equals(value);
            case "network" -> network(record, value);
            case "volume" -> record.options().mounts().stream().anyMatch(mount ->
                    mount.source().equals(value) || mount.target().equals(value));
            default -> throw Failures.of(Reason.INVALID_OPTION, "unknown filter '" + key
                    + "'; there are id, name, label, status, ancestor, exited, health, before, since, "
                    + "network, volume", OptionalInt.empty());
        };
    }

    private boolean network(ContainerRecord record, String value) {
        return record.options().network().choices().stream()
                .anyMatch(choice -> choice.network().equals(value))
                || containers.endpoints(record.id()).stream()
                        .anyMatch(endpoint -> endpoint.networkId().startsWith(value));
    }

    private static boolean label(ContainerRecord record, String value) {
        int equals = value.indexOf('=');
        return equals < 0 ? record.labels().containsKey(value)
                : value.substring(equals + 1).equals(
                        record.labels().get(value.substring(0, equals)));
    }

    private static boolean status(ContainerRecord record, String value) {
        if (!ReplyTranslation.stateWords().contains(value)) {
            throw Failures.of(Reason.INVALID_OPTION, "unknown status '" + value + "'; there are "
                    + String.join(", ", ReplyTranslation.stateWords()), OptionalInt.empty());
        }
        return record.state().word().equals(value);
    }
}
