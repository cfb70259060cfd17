package overlaynet.link;

import java.io.IOException;
import java.util.Map;
import overlaynet.balance.ReturnRules;

/** The kernel's table that leads answers to clients back by the node they came through, of one network and family. */
public final class ReturnTable {
    private final SharedNftables nftables;
    private final ReturnRules rules;
    private Map<String, Map<String, String>> elements;
    private String listed;

    private ReturnTable(SharedNftables nftables, ReturnRules rules) {
        this.nftables = nftables;
        this.rules = rules;
    }

    /**
     * Makes the table, in place of one of that name.
     *
     * @param nftables the caller's to close
     * @param elements as of {@link ReturnRules#elements}
     */
    public static ReturnTable make(SharedNftables nftables, ReturnRules rules, Map<String, Map<String, String>> elements)
            throws IOException {
        ReturnTable table = new ReturnTable(nftables, rules);
        table.elements = elements;
        table.listed = table.use(context -> {
            context.run(rules.table(elements));
            return table.list(context);
        });
        return table;
    }

    /** Changes who may send clients here. */
    public void change(Map<String, Map<String, String>> wanted) throws IOException {
        String commands = rules.change(elements, wanted);
        if (!commands.isEmpty()) {
            listed = use(context -> {
                context.run(commands);
                return list(context);
            });
            elements = wanted;
        }
    }

    /** What it was made from. */
    public ReturnRules rules() {
        return rules;
    }

    /** Whether it is still as it was made, its elements too. */
    public boolean stands() throws IOException {
        return use(context -> {
            try {
                return list(context).equals(listed);
            } catch (NftablesException gone) {
                return false;
            }
        });
    }

    private String list(Nftables context) throws NftablesException {
        return context.run("list table " + rules.family() + " " + rules.table());
    }

    private <T> T use(SharedNftables.Work<T> work) throws IOException {
        try {
            return nftables.use(work);
        } catch (NftablesMissingException missing) {
            throw new BridgeException("clients of other nodes' ports get no answers: " + missing.getMessage());
        }
    }
}
