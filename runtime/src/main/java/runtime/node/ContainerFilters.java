package runtime.node;

import api.node.Filter;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import runtime.container.ContainerException;
import runtime.container.ContainerRecord;
import runtime.container.Containers;
import runtime.image.ImageFormatException;
import runtime.image.Reference;
import runtime.network.Endpoint;
import runtime.network.PortBinding;

/** {@code ps --filter}. */
final class ContainerFilters {
    private static final List<String> KNOWN = List.of("id", "name", "label", "status", "ancestor",
            "exited", "health", "before", "since", "network", "volume", "publish", "expose",
            "is-task");
    /** {@code 80}, {@code 80/udp}, {@code 80-90/tcp}. */
    private static final Pattern PORTS =
            Pattern.compile("([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/(tcp|udp|sctp))?");

    private final FilterTerms terms;
    private final Containers containers;

    /** @throws ContainerException if a container that {@code before} or {@code since} names is unknown */
    ContainerFilters(List<Filter> filters, Containers containers) throws ContainerException {
        this.terms = new FilterTerms(filters, KNOWN);
        this.containers = containers;
        terms.values("status").forEach(ContainerFilters::checkState);
        terms.values("publish").forEach(ContainerFilters::ports);
        terms.values("expose").forEach(ContainerFilters::ports);
        for (String name : Stream.concat(terms.values("before").stream(),
                terms.values("since").stream()).toList()) {
            containers.get(name);
        }
    }

    /** Whether they say which states are wanted, so that those at rest are not left out. */
    boolean namesStates() {
        return terms.has("status") || terms.has("exited");
    }

    /** Whether a container is wanted. */
    boolean accept(ContainerRecord record) throws ContainerException {
        return terms.<ContainerException>accept((key, value) -> holds(record, key, value));
    }

    private boolean holds(ContainerRecord record, String key, String value)
            throws ContainerException {
        return switch (key) {
            case "id" -> record.id().startsWith(value);
            case "name" -> NamePattern.fits(value, record.name());
            case "label" -> FilterTerms.label(record.labels(), value);
            case "status" -> record.state().word().equals(value);
            case "ancestor" -> isOf(record, value);
            case "exited" -> record.run().flatMap(ContainerRecord.Run::exit)
                    .filter(exit -> Integer.toString(exit.code()).equals(value)).isPresent();
            case "before" -> record.createdAt().isBefore(containers.get(value).createdAt());
            case "since" -> record.createdAt().isAfter(containers.get(value).createdAt());
            case "health" -> containers.health(record.id())
                    .map(each -> each.status().word()).orElse("none").equals(value);
            case "network" -> network(record, value);
            case "volume" -> record.options().mounts().stream().anyMatch(mount ->
                    mount.source().equals(value) || mount.target().equals(value));
            case "publish" -> published(record, ports(value));
            case "expose" -> exposed(record, ports(value));
            case "is-task" -> !FilterTerms.truth(key, value);
            default -> throw new IllegalStateException(key);
        };
    }

    /** By its image's name, with or without the tag latest, or by the beginning of its id. */
    private static boolean isOf(ContainerRecord record, String value) {
        String image = record.options().image();
        return image.equals(value) || record.imageId().equals(value)
                || record.imageId().startsWith("sha256:" + value)
                || familiar(image).equals(familiar(value));
    }

    private static String familiar(String name) {
        try {
            return Reference.parse(name).familiar();
        } catch (ImageFormatException id) {
            return name;
        }
    }

    private boolean network(ContainerRecord record, String value) {
        return record.options().network().choices().stream()
                .anyMatch(choice -> choice.network().equals(value))
                || containers.endpoints(record.id()).stream()
                        .anyMatch(endpoint -> endpoint.networkId().startsWith(value));
    }

    private record Ports(int first, int last, String protocol) {
        boolean has(int port, String wanted) {
            return port >= first && port <= last && protocol.equals(wanted);
        }
    }

    private static Ports ports(String value) {
        Matcher parts = PORTS.matcher(value);
        if (!parts.matches()) {
            throw FilterTerms.refused("a filter's ports look like 80, 80/udp or 80-90/tcp, not "
                    + value);
        }
        int first = Integer.parseInt(parts.group(1));
        return new Ports(first,
                parts.group(2) == null ? first : Integer.parseInt(parts.group(2)),
                parts.group(3) == null ? "tcp" : parts.group(3));
    }

    private Stream<PortBinding> bindings(ContainerRecord record) {
        return containers.endpoints(record.id()).stream().map(Endpoint::ports)
                .flatMap(List::stream);
    }

    /** By the host's ports: those it has, or those it will ask for. */
    private boolean published(ContainerRecord record, Ports wanted) {
        return bindings(record).anyMatch(port -> wanted.has(port.hostPort(), port.protocol()))
                || record.options().network().ports().stream().anyMatch(port ->
                        port.firstHostPort() > 0 && port.protocol().equals(wanted.protocol())
                                && port.firstHostPort() <= wanted.last()
                                && port.lastHostPort() >= wanted.first());
    }

    /** By the container's own ports, published or not. */
    private static boolean exposed(ContainerRecord record, Ports wanted) {
        return record.options().network().ports().stream().anyMatch(port ->
                        wanted.has(port.containerPort(), port.protocol()))
                || record.options().network().exposed().stream().anyMatch(port -> {
                    int slash = port.indexOf('/');
                    return slash > 0 && wanted.has(Integer.parseInt(port.substring(0, slash)),
                            port.substring(slash + 1));
                });
    }

    private static void checkState(String value) {
        if (!ReplyTranslation.stateWords().contains(value)) {
            throw FilterTerms.refused("unknown status '" + value + "'; there are "
                    + String.join(", ", ReplyTranslation.stateWords()));
        }
    }
}
