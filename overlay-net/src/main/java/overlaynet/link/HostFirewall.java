package overlaynet.link;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** Looks for rules of others that stop a bridge's traffic, so that the user hears of them. */
final class HostFirewall {
    private static final ObjectMapper JSON = new ObjectMapper();

    private HostFirewall() {}

    /**
     * One sentence per chain that drops forwarded packets by policy and does not name the bridge.
     * Another table's accept cannot overrule it, so only the host's administrator can.
     */
    static List<String> warnings(Nftables nftables, String bridge) throws NftablesException {
        List<String> warnings = new ArrayList<>();
        for (String chain : droppingChains(nftables.runJson("list chains"), "forward")) {
            if (!nftables.run("list chain " + chain).contains(bridge)) {
                warnings.add("the host's firewall drops forwarded packets (nftables chain " + chain
                        + " has policy drop), so containers reach this host only; to let them out:"
                        + " nft insert rule " + chain + " iifname " + bridge + " accept, and"
                        + " nft insert rule " + chain + " oifname " + bridge
                        + " ct state established,related accept");
            }
        }
        return warnings;
    }

    /**
     * The same of what comes to the host itself, where a network's name server is: one sentence per
     * chain that drops it by policy and does not name the bridge.
     */
    static List<String> resolverWarnings(Nftables nftables, String bridge)
            throws NftablesException {
        List<String> warnings = new ArrayList<>();
        for (String chain : droppingChains(nftables.runJson("list chains"), "input")) {
            if (!nftables.run("list chain " + chain).contains(bridge)) {
                warnings.add("the host's firewall drops what comes to the host (nftables chain "
                        + chain + " has policy drop), so containers on the bridge " + bridge
                        + " resolve no names; to let them ask: nft insert rule " + chain
                        + " iifname " + bridge + " meta l4proto { tcp, udp } th dport 53 accept");
            }
        }
        return warnings;
    }

    /** Chains of a hook with policy drop that do not have that word. */
    static List<String> silent(Nftables nftables, String hook, String word) throws NftablesException {
        List<String> silent = new ArrayList<>();
        for (String chain : droppingChains(nftables.runJson("list chains"), hook)) {
            if (!nftables.run("list chain " + chain).contains(word)) {
                silent.add(chain);
            }
        }
        return silent;
    }

    /** Chains of a hook with policy drop that see IPv4, as "family table name". */
    static List<String> droppingChains(String json, String hook) throws NftablesException {
        List<String> chains = new ArrayList<>();
        try {
            for (JsonNode object : JSON.readTree(json).path("nftables")) {
                JsonNode chain = object.path("chain");
                String family = chain.path("family").asText();
                if (chain.path("hook").asText().equals(hook)
                        && chain.path("policy").asText().equals("drop")
                        && (family.equals("ip") || family.equals("inet"))) {
                    chains.add(family + " " + chain.path("table").asText() + " "
                            + chain.path("name").asText());
                }
            }
        } catch (JsonProcessingException malformed) {
            throw new NftablesException("list chains", "unreadable JSON: "
                    + malformed.getMessage());
        }
        return chains;
    }
}
