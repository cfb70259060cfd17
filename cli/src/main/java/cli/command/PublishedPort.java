package cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A port that leads to a service's tasks: of every node to all of them, or of each task's own node to that task
 * ({@code mode=host}).
 *
 * @param hostPort      of the node; 0 = a free one
 * @param containerPort in the container
 * @param protocol      "tcp", "udp" or "sctp"
 * @param everyNode     whether it is one of every node
 */
record PublishedPort(int hostPort, int containerPort, String protocol, boolean everyNode) {
    private static final int LAST_PORT = 65_535;

    /** Those of an option, each port of the node but once. */
    static List<PublishedPort> all(String option, Arguments arguments) throws UsageException {
        List<PublishedPort> ports = new ArrayList<>();
        for (String word : arguments.values(option)) {
            PublishedPort port = parse(option, word);
            for (PublishedPort other : ports) {
                if (port.hostPort != 0 && port.hostPort == other.hostPort
                        && port.protocol.equals(other.protocol)) {
                    throw Arguments.invalid(option, word, "port " + port.hostPort + "/" + port.protocol
                            + " is published twice");
                }
            }
            ports.add(port);
        }
        return ports;
    }

    private static PublishedPort parse(String option, String word) throws UsageException {
        int published = 0;
        int target = 0;
        String protocol = "tcp";
        String mode = "ingress";
        if (word.indexOf('=') < 0) {
            return brief(option, word);
        }
        for (String field : KeyValue.commas(word)) {
            String[] pair = KeyValue.split(option, field);
            switch (pair[0]) {
                case "published" -> published = port(option, word, pair[1], 0);
                case "target" -> target = port(option, word, pair[1], 1);
                case "protocol" -> protocol = protocol(option, word, pair[1]);
                case "mode" -> mode = pair[1];
                default -> throw Arguments.invalid(option, word, "unknown field " + pair[0]
                        + ": there are published, target, protocol and mode");
            }
        }
        if (!mode.equals("host") && !mode.equals("ingress")) {
            throw Arguments.invalid(option, word, "unknown mode " + mode + ": expected ingress or host");
        }
        if (target == 0) {
            throw Arguments.invalid(option, word, "target=PORT is missing: the port in the container");
        }
        return new PublishedPort(published, target, protocol, mode.equals("ingress"));
    }

    /** {@code [PUBLISHED:]TARGET[/PROTOCOL]}, of every node. */
    private static PublishedPort brief(String option, String word) throws UsageException {
        int slash = word.indexOf('/');
        String ports = slash < 0 ? word : word.substring(0, slash);
        int colon = ports.indexOf(':');
        if (colon != ports.lastIndexOf(':')) {
            throw Arguments.invalid(option, word, "a port of every node has no address: PUBLISHED:TARGET[/PROTOCOL] is"
                    + " expected");
        }
        return new PublishedPort(colon < 0 ? 0 : port(option, word, ports.substring(0, colon), 1),
                port(option, word, ports.substring(colon + 1), 1),
                slash < 0 ? "tcp" : protocol(option, word, word.substring(slash + 1)), true);
    }

    private static String protocol(String option, String word, String text) throws UsageException {
        String protocol = text.toLowerCase(Locale.ROOT);
        return switch (protocol) {
            case "tcp", "udp", "sctp" -> protocol;
            default -> throw Arguments.invalid(option, word, "invalid protocol: expected tcp, udp or sctp");
        };
    }

    private static int port(String option, String word, String text, int first) throws UsageException {
        int number = text.isEmpty() ? -1 : 0;
        for (int i = 0; i < text.length() && number >= 0 && number <= LAST_PORT; i++) {
            char digit = text.charAt(i);
            number = digit < '0' || digit > '9' ? -1 : number * 10 + digit - '0';
        }
        if (number < first || number > LAST_PORT) {
            throw Arguments.invalid(option, word, "a port is from 1 to 65535, not " + text);
        }
        return number;
    }

    /**
     * What --publish-rm names: {@code TARGET[/PROTOCOL]}.
     *
     * @return a port without one of the node
     */
    static PublishedPort target(String option, String word) throws UsageException {
        int slash = word.indexOf('/');
        return new PublishedPort(0, port(option, word, slash < 0 ? word : word.substring(0, slash), 1),
                slash < 0 ? "tcp" : protocol(option, word, word.substring(slash + 1)), false);
    }

    /** The same as {@link PortFlags} reads it. */
    String word() {
        return "published=" + (hostPort == 0 ? "" : Integer.toString(hostPort)) + ",target=" + containerPort
                + ",protocol=" + protocol + ",mode=host";
    }
}
