package overlaynet.cni;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an ADD came to.
 *
 * @param addresses       of the container, IPv4 first
 * @param hardwareAddress of its link; empty if no plug-in says
 * @param nameServers     for resolv.conf
 * @param searchDomains   likewise
 * @param resolverOptions likewise
 * @param tree            the result as the last plug-in wrote it
 */
public record AddResult(
        List<Address> addresses,
        String hardwareAddress,
        List<String> nameServers,
        List<String> searchDomains,
        List<String> resolverOptions,
        ObjectNode tree) {
    public AddResult {
        addresses = List.copyOf(addresses);
        nameServers = List.copyOf(nameServers);
        searchDomains = List.copyOf(searchDomains);
        resolverOptions = List.copyOf(resolverOptions);
    }

    /**
     * An address.
     *
     * @param text    with prefix length
     * @param gateway empty without one
     * @param isIpv6  which family it is of
     */
    public record Address(String text, String gateway, boolean isIpv6) {}

    /**
     * Reads a result.
     *
     * @param link the container's link
     * @throws CniException if it is none: its text goes into files of the container
     */
    public static AddResult parse(String text, String link) throws CniException {
        ObjectNode tree = PluginList.object(text);
        List<Address> addresses = new ArrayList<>();
        for (boolean ipv6 : new boolean[] {false, true}) {
            for (JsonNode ip : tree.path("ips")) {
                address(ip).filter(each -> each.isIpv6() == ipv6).ifPresent(addresses::add);
            }
        }
        String hardware = "";
        for (JsonNode each : tree.path("interfaces")) {
            if (each.path("name").asText("").equals(link)
                    && !each.path("sandbox").asText("").isEmpty()) {
                hardware = each.path("mac").asText("");
            }
        }
        if (!hardware.matches("|[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})*")) {
            throw PluginList.invalid("\"" + hardware + "\" is no hardware address");
        }
        JsonNode dns = tree.path("dns");
        List<String> servers = words(dns.path("nameservers"));
        for (String server : servers) {
            literal(server);
        }
        List<String> search = new ArrayList<>(words(dns.path("search")));
        if (search.isEmpty() && !dns.path("domain").asText("").isEmpty()) {
            search.add(word(dns.path("domain")));
        }
        return new AddResult(addresses, hardware, servers, search, words(dns.path("options")), tree);
    }

    private static Optional<Address> address(JsonNode ip) throws CniException {
        String text = ip.path("address").asText("");
        int slash = text.indexOf('/');
        if (slash < 0 || !text.substring(slash + 1).matches("[0-9]{1,3}")) {
            throw PluginList.invalid("\"" + text + "\" is no address with a prefix length");
        }
        boolean ipv6 = literal(text.substring(0, slash)).getAddress().length == 16;
        String gateway = ip.path("gateway").asText("");
        if (!gateway.isEmpty()) {
            literal(gateway);
        }
        return Optional.of(new Address(text, gateway, ipv6));
    }

    private static InetAddress literal(String text) throws CniException {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException malformed) {
            throw PluginList.invalid("\"" + text + "\" is no address");
        }
    }

    private static List<String> words(JsonNode list) throws CniException {
        List<String> words = new ArrayList<>();
        for (JsonNode each : list) {
            words.add(word(each));
        }
        return words;
    }

    /** It becomes a word of a line: it must not become two lines. */
    private static String word(JsonNode node) throws CniException {
        String word = node.asText("");
        if (!word.matches("[!-~]{1,255}")) {
            throw PluginList.invalid("\"" + word + "\" is no word for resolv.conf");
        }
        return word;
    }
}
