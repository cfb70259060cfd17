package cli.command;

import api.node.CreateContainerRequest;
import api.node.NetworkPlace;
import cli.wire.MessageWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * --network with --ip, --ip6 and --network-alias, which say more of the first one, or docker's long
 * form: {@code name=NETWORK,alias=NAME,ip=ADDRESS,ip6=ADDRESS,interface-name=NAME}.
 */
final class NetworkFlags {
    private NetworkFlags() {}

    /** Adds what the arguments say to the message. */
    static void add(MessageWriter request, Arguments arguments) throws UsageException {
        List<String> words = arguments.values("network");
        if (arguments.has("net")) {
            words = new ArrayList<>(words);
            words.addAll(arguments.values("net"));
        }
        boolean more = arguments.has("network-alias") || arguments.has("ip")
                || arguments.has("ip6");
        if (words.size() <= 1 && !more && !isLong(words)) {
            request.string(CreateContainerRequest.NETWORK_MODE_FIELD_NUMBER,
                    words.isEmpty() ? "" : words.getFirst());
            return;
        }
        if (words.isEmpty()) {
            words = List.of("bridge");
        }
        for (int at = 0; at < words.size(); at++) {
            Place place = Place.of(words.get(at));
            if (at == 0) {
                request.string(CreateContainerRequest.NETWORK_MODE_FIELD_NUMBER, place.network);
                place.aliases.addAll(arguments.values("network-alias"));
                place.ip = arguments.value("ip", place.ip);
                place.ip6 = arguments.value("ip6", place.ip6);
            }
            request.message(CreateContainerRequest.NETWORKS_FIELD_NUMBER, place.message());
        }
    }

    private static boolean isLong(List<String> words) {
        return !words.isEmpty() && words.getFirst().startsWith("name=");
    }

    /** A network and what is to be had in it. */
    private static final class Place {
        private String network = "";
        private String ip = "";
        private String ip6 = "";
        private String interfaceName = "";
        private final List<String> aliases = new ArrayList<>();

        static Place of(String word) throws UsageException {
            Place place = new Place();
            if (!word.startsWith("name=")) {
                place.network = word;
                return place;
            }
            for (String field : KeyValue.commas(word)) {
                String[] pair = KeyValue.split("network", field);
                switch (pair[0]) {
                    case "name" -> place.network = pair[1];
                    case "alias" -> place.aliases.add(pair[1]);
                    case "ip" -> place.ip = pair[1];
                    case "ip6" -> place.ip6 = pair[1];
                    case "interface-name" -> place.interfaceName = pair[1];
                    case "driver-opt" -> place.interfaceName = ifname(word, pair[1]);
                    default -> throw Arguments.invalid("network", word, "unknown field " + pair[0]
                            + ": there are name, alias, ip, ip6, interface-name");
                }
            }
            return place;
        }

        /** As docker says it. */
        private static String ifname(String word, String option) throws UsageException {
            String[] pair = KeyValue.split("network", option);
            if (!pair[0].equals("com.docker.network.endpoint.ifname")) {
                throw Arguments.invalid("network", word, "driver-opt " + pair[0] + " is not known; there is"
                        + " com.docker.network.endpoint.ifname");
            }
            return pair[1];
        }

        MessageWriter message() {
            return new MessageWriter()
                    .string(NetworkPlace.NETWORK_FIELD_NUMBER, network)
                    .strings(NetworkPlace.ALIASES_FIELD_NUMBER, aliases)
                    .string(NetworkPlace.IPV4_ADDRESS_FIELD_NUMBER, ip)
                    .string(NetworkPlace.IPV6_ADDRESS_FIELD_NUMBER, ip6)
                    .string(NetworkPlace.INTERFACE_NAME_FIELD_NUMBER, interfaceName);
        }
    }
}
