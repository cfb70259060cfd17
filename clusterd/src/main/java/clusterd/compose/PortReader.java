package clusterd.compose;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Published ports of all services, in both syntaxes; ranges become ports. */
final class PortReader {
    private static final int LAST_PORT = 65_535;
    private static final int MOST_PORTS = 65_536;

    private final Map<String, String> taken = new HashMap<>();
    private int count;

    private record Range(int first, int last) {
        static final Range ANY = new Range(0, 0);

        int size() {
            return last - first + 1;
        }
    }

    /** Those of a service. */
    List<ServicePort> read(String service, Section section) {
        Set<ServicePort> ports = new LinkedHashSet<>();
        for (Value each : section.list("ports")) {
            List<ServicePort> some = each.isWord() ? shortForm(each) : longForm(each);
            count += some.size();
            if (count > MOST_PORTS) {
                each.error("the project publishes more than " + MOST_PORTS + " ports: publish fewer");
                return List.of();
            }
            some.forEach(port -> {
                if (ports.add(port)) {
                    take(service, port, each);
                }
            });
        }
        return List.copyOf(ports);
    }

    /** A port of all nodes leads to one service. */
    private void take(String service, ServicePort port, Value each) {
        if (port.onNode() || port.firstHostPort() == 0 || port.firstHostPort() != port.lastHostPort()) {
            return;
        }
        String key = port.hostAddress() + "|" + port.published() + "/" + port.protocol();
        String other = taken.putIfAbsent(key, service);
        if (other != null) {
            each.error("port " + port.published() + "/" + port.protocol() + " is published by services." + other
                    + " already");
        }
    }

    private List<ServicePort> longForm(Value each) {
        Section section = each.section();
        Range inner = section.required("target").map(value -> range(value, value.text())).orElse(Range.ANY);
        Range outer = section.get("published").map(value -> value.text().isEmpty() || value.text().equals("0")
                ? Range.ANY : range(value, value.text())).orElse(Range.ANY);
        String protocol = section.get("protocol").map(value -> value.oneOf(List.of("tcp", "udp", "sctp")))
                .orElse("tcp");
        boolean onNode = section.get("mode").map(value -> value.oneOf(List.of("ingress", "host")).equals("host"))
                .orElse(false);
        return ports(each, onNode, Addresses.address(section, "host_ip"), outer, inner, protocol);
    }

    /** {@code [[ADDRESS:][PUBLISHED]:]TARGET[/PROTOCOL]}, an IPv6 address in brackets or not. */
    private List<ServicePort> shortForm(Value each) {
        String text = each.text();
        int slash = text.lastIndexOf('/');
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(Locale.ROOT);
        if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
            each.error("expected tcp, udp or sctp after the /, found " + Problems.quote(protocol));
            return List.of();
        }
        String ports = slash < 0 ? text : text.substring(0, slash);
        int last = ports.lastIndexOf(':');
        String rest = last < 0 ? "" : ports.substring(0, last);
        int middle = rest.lastIndexOf(':');
        String address = middle < 0 ? "" : rest.substring(0, middle);
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        if (middle >= 0 && !Addresses.isAddress(address)) {
            each.error("expected [[ADDRESS:]PUBLISHED:]TARGET[/PROTOCOL], found " + each.tree().describe());
            return List.of();
        }
        String published = rest.substring(middle + 1);
        Range inner = range(each, ports.substring(last + 1));
        Range outer = published.isEmpty() || published.equals("0") ? Range.ANY : range(each, published);
        return ports(each, false, address, outer, inner, protocol);
    }

    private static Range range(Value value, String text) {
        if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            value.error("expected a port or a range of ports from 1 to " + LAST_PORT + ", found "
                    + Problems.quote(text));
            return Range.ANY;
        }
        int dash = text.indexOf('-');
        int first = Integer.parseInt(dash < 0 ? text : text.substring(0, dash));
        int last = Integer.parseInt(text.substring(dash + 1));
        if (first < 1 || last > LAST_PORT || last < first) {
            value.error("expected a port or a range of ports from 1 to " + LAST_PORT + ", found "
                    + Problems.quote(text));
            return Range.ANY;
        }
        return new Range(first, last);
    }

    /** Ranges of one length go port by port; one port of a container may have any of a range. */
    private static List<ServicePort> ports(Value each, boolean onNode, String address, Range outer, Range inner,
            String protocol) {
        if (inner.equals(Range.ANY)) {
            return List.of();
        }
        boolean any = outer.equals(Range.ANY);
        boolean parallel = !any && outer.size() == inner.size();
        if (!any && !parallel && inner.size() > 1) {
            each.error("the ranges have different lengths: " + outer.size() + " ports are published, " + inner.size()
                    + " are there");
            return List.of();
        }
        List<ServicePort> ports = new ArrayList<>();
        for (int step = 0; step < inner.size(); step++) {
            ports.add(new ServicePort(onNode, address, parallel ? outer.first + step : outer.first,
                    parallel ? outer.first + step : outer.last, inner.first + step, protocol));
        }
        return ports;
    }

    /** {@code expose}: a port each, {@code 80/tcp}. */
    List<String> exposed(Section section) {
        List<String> ports = new ArrayList<>();
        for (Value each : section.list("expose")) {
            String text = each.text();
            int slash = text.indexOf('/');
            String protocol = slash < 0 ? "tcp" : text.substring(slash + 1).toLowerCase(Locale.ROOT);
            Range range = range(each, slash < 0 ? text : text.substring(0, slash));
            if (!List.of("tcp", "udp", "sctp").contains(protocol)) {
                each.error("expected tcp, udp or sctp after the /, found " + Problems.quote(protocol));
                continue;
            }
            count += range.size();
            if (count > MOST_PORTS) {
                each.error("the project publishes and exposes more than " + MOST_PORTS + " ports");
                return List.of();
            }
            for (int port = range.first; port > 0 && port <= range.last; port++) {
                ports.add(port + "/" + protocol);
            }
        }
        return ports.stream().distinct().toList();
    }
}
