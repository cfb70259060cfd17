package cli.render;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A container's ports as docker's {@code ps} prints them: ports in a row become ranges. */
public final class PortList {
    private PortList() {}

    /**
     * A port.
     *
     * @param hostAddress   empty if it is exposed and not published
     * @param hostPort      0 likewise
     * @param containerPort from 1 to 65535
     * @param protocol      "tcp", "udp" or "sctp"
     */
    public record Port(String hostAddress, int hostPort, int containerPort, String protocol) {

        /** The host's side: {@code 0.0.0.0:8080}, {@code [::]:8080}. */
        public String host() {
            return joined(hostAddress, Integer.toString(hostPort));
        }
    }

    private static String joined(String address, String ports) {
        return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + ports;
    }

    /** For example {@code 0.0.0.0:8000-8001->8000-8001/tcp, 9/udp}. */
    public static String text(List<Port> ports) {
        List<Port> sorted = new ArrayList<>(ports);
        sorted.sort(Comparator.comparingInt(Port::containerPort)
                .thenComparing(Port::hostAddress).thenComparingInt(Port::hostPort)
                .thenComparing(Port::protocol));
        List<String> parts = new ArrayList<>();
        List<String> mapped = new ArrayList<>();
        Map<String, int[]> ranges = new LinkedHashMap<>();
        for (Port port : sorted) {
            boolean published = port.hostPort() != 0;
            if (published && port.hostPort() != port.containerPort()) {
                mapped.add(port.host() + "->" + port.containerPort() + "/" + port.protocol());
                continue;
            }
            String key = (published ? port.hostAddress() : "") + "/" + port.protocol();
            int[] range = ranges.get(key);
            if (range != null && range[1] + 1 == port.containerPort()) {
                range[1]++;
                continue;
            }
            if (range != null) {
                parts.add(range(key, range));
            }
            ranges.put(key, new int[] {port.containerPort(), port.containerPort()});
        }
        for (Map.Entry<String, int[]> entry : ranges.entrySet()) {
            parts.add(range(entry.getKey(), entry.getValue()));
        }
        parts.addAll(mapped);
        return String.join(", ", parts);
    }

    private static String range(String key, int[] range) {
        int slash = key.indexOf('/');
        String ports = range[0] == range[1] ? Integer.toString(range[0])
                : range[0] + "-" + range[1];
        String host = slash == 0 ? "" : joined(key.substring(0, slash), ports) + "->";
        return host + ports + key.substring(slash);
    }
}
