package clusterd.compose;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import runtime.network.InterfaceName;

/** How containers meet others: names, networks, ports. */
final class LinksReader {
    private static final int LONGEST = 500;
    private static final String DEFAULT_NETWORK = "default";

    private final Section service;
    private final ProjectReader.Known known;
    private final PortReader ports;

    LinksReader(Section service, ProjectReader.Known known, PortReader ports) {
        this.service = service;
        this.known = known;
        this.ports = ports;
    }

    Links read(String name) {
        String mode = mode();
        List<Links.NetworkUse> networks = networks();
        if (!mode.isEmpty() && !networks.isEmpty()) {
            service.error("network_mode and networks exclude each other: leave one of them out");
        }
        List<ServicePort> published = ports.read(name, service);
        if (mode.equals("host") || mode.equals("none")) {
            service.get("ports").ifPresent(value -> value.warning("it has no effect with network_mode: " + mode));
        } else if (networks.isEmpty() && mode.isEmpty()) {
            networks = List.of(new Links.NetworkUse(DEFAULT_NETWORK, List.of(), "", "", 0, ""));
        }
        return new Links(host("hostname"), host("domainname"), mode, networks, published, ports.exposed(service),
                servers(), texts("dns_search"), texts("dns_opt"), hosts());
    }

    private List<String> texts(String key) {
        return service.texts(key);
    }

    private String mode() {
        return service.get("network_mode").map(value -> {
            if (value.isWord() && value.text().matches("(service|container):.*")) {
                value.error("tasks may be on different nodes and share no namespaces: expected host, none or"
                        + " bridge, found " + value.tree().describe());
                return "none";
            }
            return value.oneOf(List.of("bridge", "host", "none"));
        }).orElse("");
    }

    private String host(String key) {
        return service.get(key).map(value -> {
            if (!withoutPlaceholders(value.text()).matches("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252})")) {
                value.error("expected a host's name, found " + value.tree().describe());
            }
            return value.text();
        }).orElse("");
    }

    /** Tasks fill such as {@code {{.Task.Slot}}} in. */
    static String withoutPlaceholders(String text) {
        return text.length() > LONGEST ? text : text.replaceAll("\\{\\{[^{}]{1,100}}}", "x");
    }

    private List<Links.NetworkUse> networks() {
        List<Links.NetworkUse> uses = new ArrayList<>();
        Map<String, Value> named = service.get("networks").map(Value::named).orElse(Map.of());
        named.forEach((network, value) -> {
            if (!known.networks().contains(network)) {
                value.error(Problems.quote(network) + " is not among the networks of the file"
                        + NearestName.hint(network, known.networks()));
            }
            Section section = value.section();
            uses.add(new Links.NetworkUse(network, section.texts("aliases"),
                    Addresses.address(section, "ipv4_address"), Addresses.address(section, "ipv6_address"),
                    section.get("priority").map(each -> each.whole(-1_000_000, 1_000_000)).orElse(0),
                    interfaceName(section)));
        });
        uses.sort(Comparator.comparing(Links.NetworkUse::priority).reversed());
        return uses;
    }

    private static String interfaceName(Section section) {
        String name = section.text("interface_name");
        if (!name.isEmpty()) {
            InterfaceName.problem(name).ifPresent(section.get("interface_name").orElseThrow()::error);
        }
        return name;
    }

    private List<String> servers() {
        return service.get("dns").map(Value::listOrOne).orElse(List.of()).stream().map(Addresses::address)
                .filter(text -> !text.isEmpty()).distinct().toList();
    }

    /** {@code name:address}, {@code name=address}, or a map to one address or several. */
    private List<String> hosts() {
        List<String> hosts = new ArrayList<>();
        service.get("extra_hosts").ifPresent(value -> {
            if (value.isList()) {
                value.list().forEach(each -> {
                    String text = each.text();
                    int equals = text.indexOf('=');
                    int at = equals > 0 ? equals : text.indexOf(':');
                    host(each, at < 1 ? "" : text.substring(0, at), text.substring(at + 1), hosts);
                });
            } else {
                value.named().forEach((name, addresses) -> addresses.listOrOne()
                        .forEach(each -> host(each, name, each.text(), hosts)));
            }
        });
        return hosts.stream().distinct().toList();
    }

    private static void host(Value each, String name, String address, List<String> hosts) {
        String bare = address.startsWith("[") && address.endsWith("]")
                ? address.substring(1, address.length() - 1) : address;
        if (!name.matches("[A-Za-z0-9_.-]{1,253}") || !Addresses.isAddress(bare) && !bare.equals("host-gateway")) {
            each.error("expected name:address or name:host-gateway, found " + each.tree().describe());
        } else {
            hosts.add(name + ":" + bare);
        }
    }
}
