package cli.command;

import api.node.CreateContainerRequest;
import api.node.PortRequest;
import cli.wire.MessageWriter;

/**
 * --publish, --publish-all and --expose, as docker reads them:
 * {@code [[IP:][HOSTPORT[-HOSTPORT]]:]CONTAINERPORT[-CONTAINERPORT][/PROTOCOL]}, IPv6 addresses in
 * brackets. Without a port of the host, or with 0, a free one is chosen.
 */
final class PortFlags {
    private static final int LAST_PORT = 65_535;
    private static final String ANY_PORT = "0";

    private PortFlags() {}

    /** Adds what the arguments say to the message. */
    static void add(MessageWriter request, Arguments arguments) throws UsageException {
        for (String word : arguments.values("publish")) {
            publish(request, word);
        }
        request.flag(CreateContainerRequest.PUBLISH_ALL_FIELD_NUMBER,
                arguments.isOn("publish-all"));
        for (String word : arguments.values("expose")) {
            int slash = word.indexOf('/');
            int[] range = range("expose", word, slash < 0 ? word : word.substring(0, slash));
            String protocol = protocol("expose", word, slash);
            for (int port = range[0]; port <= range[1]; port++) {
                request.string(CreateContainerRequest.EXPOSE_FIELD_NUMBER,
                        port + "/" + protocol);
            }
        }
    }

    private static void publish(MessageWriter request, String word) throws UsageException {
        if (word.contains("target=")) {
            publishFields(request, word);
            return;
        }
        int slash = word.lastIndexOf('/');
        String protocol = protocol("publish", word, slash);
        String ports = slash < 0 ? word : word.substring(0, slash);
        String address = "";
        String rest = ports;
        if (ports.startsWith("[")) {
            int close = ports.indexOf("]:");
            if (close < 0) {
                throw Arguments.invalid("publish", word, "expected ] and : after an IPv6 address");
            }
            address = ports.substring(1, close);
            rest = ports.substring(close + 2);
            if (address.indexOf(':') < 0) {
                throw Arguments.invalid("publish", word, "not an IPv6 address: " + address);
            }
        }
        int last = rest.lastIndexOf(':');
        String container = rest.substring(last + 1);
        String host = last < 0 ? "" : rest.substring(0, last);
        int first = host.indexOf(':');
        if (first >= 0) {
            if (!address.isEmpty() || host.indexOf(':', first + 1) >= 0) {
                throw Arguments.invalid("publish", word,
                        "too many colons: an IPv6 address stands in brackets");
            }
            address = host.substring(0, first);
            if (!isDotted(address)) {
                throw Arguments.invalid("publish", word, "not an IP address: " + address);
            }
            host = host.substring(first + 1);
        } else if (host.indexOf('.') >= 0) {
            throw Arguments.invalid("publish", word,
                    "a host address is followed by two colons: IP:HOSTPORT:CONTAINERPORT");
        }
        addRange(request, word, address, host, container, protocol);
    }

    /** Four numbers up to 255: shorter forms are more often mistakes than addresses. */
    private static boolean isDotted(String address) {
        int numbers = 0;
        int start = 0;
        while (start <= address.length()) {
            int dot = address.indexOf('.', start);
            int end = dot < 0 ? address.length() : dot;
            int number = end - start < 1 || end - start > 3 ? -1 : 0;
            for (int i = start; i < end && number >= 0; i++) {
                char digit = address.charAt(i);
                number = digit < '0' || digit > '9' ? -1 : number * 10 + digit - '0';
            }
            if (number < 0 || number > 255) {
                return false;
            }
            numbers++;
            start = end + 1;
        }
        return numbers == 4;
    }

    /** docker's long form: {@code published=8080,target=80,protocol=tcp}. */
    private static void publishFields(MessageWriter request, String word) throws UsageException {
        String published = "";
        String target = "";
        String protocol = "tcp";
        for (String field : KeyValue.commas(word)) {
            String[] pair = KeyValue.split("publish", field);
            switch (pair[0]) {
                case "published" -> published = pair[1];
                case "target" -> target = pair[1];
                case "protocol" -> protocol = protocol("publish", "x/" + pair[1], 1);
                case "mode" -> {
                    if (!pair[1].equals("host") && !pair[1].equals("ingress")) {
                        throw Arguments.invalid("publish", word, "unknown mode " + pair[1]);
                    }
                }
                default -> throw Arguments.invalid("publish", word, "unknown field " + pair[0]);
            }
        }
        addRange(request, word, "", published, target, protocol);
    }

    /** Ranges of the same length go port by port; one port of a container takes any of the range. */
    private static void addRange(MessageWriter request, String word, String address, String host,
            String container, String protocol) throws UsageException {
        boolean any = host.isEmpty() || host.equals(ANY_PORT);
        int[] inner = range("publish", word, container);
        int[] outer = any ? new int[] {0, 0} : range("publish", word, host);
        int count = inner[1] - inner[0] + 1;
        boolean parallel = !any && outer[1] - outer[0] + 1 == count;
        if (!parallel && !any && count > 1) {
            throw Arguments.invalid("publish", word, "the range of the host and that of the container"
                    + " are of different lengths");
        }
        for (int step = 0; step < count; step++) {
            MessageWriter port = new MessageWriter()
                    .string(PortRequest.HOST_ADDRESS_FIELD_NUMBER, address)
                    .number(PortRequest.FIRST_HOST_PORT_FIELD_NUMBER,
                            parallel ? outer[0] + step : outer[0])
                    .number(PortRequest.LAST_HOST_PORT_FIELD_NUMBER,
                            parallel ? outer[0] + step : outer[1])
                    .number(PortRequest.CONTAINER_PORT_FIELD_NUMBER, inner[0] + step)
                    .string(PortRequest.PROTOCOL_FIELD_NUMBER, protocol);
            request.message(CreateContainerRequest.PORTS_FIELD_NUMBER, port);
        }
    }

    private static String protocol(String option, String word, int slash) throws UsageException {
        String protocol = slash < 0 ? "tcp"
                : word.substring(slash + 1).toLowerCase(java.util.Locale.ROOT);
        return switch (protocol) {
            case "tcp", "udp", "sctp" -> protocol;
            default -> throw Arguments.invalid(option, word,
                    "invalid protocol: expected tcp, udp or sctp");
        };
    }

    private static int[] range(String option, String word, String text) throws UsageException {
        int dash = text.indexOf('-');
        int first = port(option, word, dash < 0 ? text : text.substring(0, dash));
        int last = dash < 0 ? first : port(option, word, text.substring(dash + 1));
        if (first > last) {
            throw Arguments.invalid(option, word, "the range " + text + " runs backwards");
        }
        return new int[] {first, last};
    }

    private static int port(String option, String word, String text) throws UsageException {
        int number = 0;
        for (int i = 0; i < text.length() && number <= LAST_PORT; i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                throw Arguments.invalid(option, word, "invalid port: " + text);
            }
            number = number * 10 + digit - '0';
        }
        if (number < 1 || number > LAST_PORT) {
            throw Arguments.invalid(option, word, "a port is from 1 to 65535"
                    + (text.isEmpty() ? "" : ", not " + text));
        }
        return number;
    }
}
