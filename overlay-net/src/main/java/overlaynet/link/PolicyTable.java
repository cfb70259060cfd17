package overlaynet.link;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import overlaynet.policy.PolicyRules;
import overlaynet.policy.Refused;
import overlaynet.policy.RuleCount;

/** The kernel's table of a network's policy. */
public final class PolicyTable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REFUSED = "refused";
    private static final String DEFAULT = "default";

    private final SharedNftables nftables;
    private final String name;
    private final PolicyRules rules;
    private Map<String, Set<String>> elements;
    private String listed;

    private PolicyTable(SharedNftables nftables, String name, PolicyRules rules) {
        this.nftables = nftables;
        this.name = name;
        this.rules = rules;
    }

    /**
     * Makes the table, in place of one of that name.
     *
     * @param nftables the caller's to close
     * @param name     that the rules are for
     */
    public static PolicyTable make(SharedNftables nftables, String name, PolicyRules rules,
            Map<String, Set<String>> elements) throws IOException {
        PolicyTable table = new PolicyTable(nftables, name, rules);
        table.elements = Map.copyOf(elements);
        table.listed = table.use(context -> {
            context.run(rules.table(elements));
            return table.list(context);
        });
        return table;
    }

    /** Changes who has which address. */
    public void change(Map<String, Set<String>> wanted) throws IOException {
        String commands = rules.change(elements, wanted);
        if (!commands.isEmpty()) {
            use(context -> {
                context.run(commands);
                return "";
            });
            elements = Map.copyOf(wanted);
        }
    }

    /** Whether its rules, and the addresses they are about, are still those that were made. */
    public boolean stands() throws IOException {
        return use(context -> {
            try {
                if (!list(context).equals(listed)) {
                    return false;
                }
                for (Map.Entry<String, Set<String>> each : elements.entrySet()) {
                    Set<String> found = new TreeSet<>();
                    for (JsonNode element : parse(context.runJson("list set inet " + name + " " + each.getKey()))
                            .findPath("elem")) {
                        found.add(InetAddress.ofLiteral(element.asText()).getHostAddress());
                    }
                    if (!found.equals(each.getValue())) {
                        return false;
                    }
                }
                return true;
            } catch (NftablesException gone) {
                return false;
            }
        });
    }

    private String list(Nftables context) throws NftablesException {
        return context.runTerse("list table inet " + name).replaceAll("counter packets [0-9]+ bytes [0-9]+", "counter");
    }

    /** What was refused here lately. */
    public List<Refused> refused() throws IOException {
        return use(context -> {
            List<Refused> all = new ArrayList<>();
            for (String set : sets(context)) {
                String rule = set.substring(REFUSED.length(), set.lastIndexOf('_'));
                for (JsonNode each : parse(context.runJson("list set inet " + name + " " + set)).findPath("elem")) {
                    JsonNode element = each.path("elem");
                    JsonNode parts = element.path("val").path("concat");
                    String protocol = parts.path(2).asText();
                    boolean ports = Set.of("tcp", "udp", "sctp", "udplite", "dccp").contains(protocol);
                    all.add(new Refused(InetAddress.ofLiteral(parts.path(0).asText()),
                            InetAddress.ofLiteral(parts.path(1).asText()), protocol, ports ? parts.path(3).asInt() : 0,
                            element.path("counter").path("packets").asLong(), Math.max(0,
                                    PolicyRules.REMEMBERED_SECONDS - element.path("expires").asLong()), number(rule)));
                }
            }
            return all;
        });
    }

    private List<String> sets(Nftables context) throws IOException {
        List<String> names = new ArrayList<>();
        for (JsonNode each : parse(context.runTerseJson("list sets table inet " + name)).path("nftables")) {
            String set = each.path("set").path("name").asText();
            if (set.startsWith(REFUSED) && each.path("set").path("table").asText().equals(name)) {
                names.add(set);
            }
        }
        return names;
    }

    /** How often each rule has decided, IPv4 and IPv6 together, in their order; the default last. */
    public List<RuleCount> counts() throws IOException {
        Map<Integer, Long> packets = use(context -> {
            Map<Integer, Long> counts = new TreeMap<>();
            for (JsonNode each : parse(context.runJson("list chain inet " + name + " rules")).path("nftables")) {
                String comment = each.path("rule").path("comment").asText();
                if (!comment.isEmpty()) {
                    counts.merge(number(comment).orElse(Integer.MAX_VALUE),
                            each.path("rule").findPath("counter").path("packets").asLong(), Long::sum);
                }
            }
            return counts;
        });
        return packets.entrySet().stream().map(each -> new RuleCount(each.getKey() == Integer.MAX_VALUE
                ? OptionalInt.empty() : OptionalInt.of(each.getKey()), each.getValue())).toList();
    }

    private static OptionalInt number(String rule) {
        return rule.equals(DEFAULT) ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(rule));
    }

    private static JsonNode parse(String json) throws IOException {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException unexpected) {
            throw new IOException("libnftables said what is no JSON: " + unexpected.getOriginalMessage(), unexpected);
        }
    }

    private <T> T use(SharedNftables.Work<T> work) throws IOException {
        try {
            return nftables.use(work);
        } catch (NftablesMissingException missing) {
            throw new BridgeException("who may talk to whom cannot be enforced: " + missing.getMessage());
        }
    }
}
