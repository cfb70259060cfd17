package overlaynet.link;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import linux.netlink.NetlinkRequest;
import linux.netlink.NftablesMessages;
import linux.socket.NetlinkSocket;
import overlaynet.balance.BalanceElements;
import overlaynet.balance.BalanceRules;
import overlaynet.balance.VirtualPort;

/**
 * The kernel's table that balances. Its rules are libnftables' work, once; services come and go as elements, by nf_tables' own
 * messages, since libnftables reads the whole table before each change.
 */
public final class BalanceTable implements AutoCloseable {
    /** A batch is sent at once; what does not fit goes in several. */
    private static final int BATCH_BYTES = 60_000;
    private static final long UNKNOWN = -1;
    private static final long GENERATIONS = 1L << Integer.SIZE;

    private final SharedNftables nftables;
    private final NetlinkSocket socket;
    private final BalanceRules rules;
    private int chains;
    private String hooks = "";
    /** A checksum of all its rules. */
    private long rulesSum;
    /** Of nf_tables, when the elements were known to be as they were made. */
    private long generation = UNKNOWN;

    private BalanceTable(SharedNftables nftables, NetlinkSocket socket, BalanceRules rules) {
        this.rules = rules;
        this.nftables = nftables;
        this.socket = socket;
    }

    /**
     * Makes the table anew, without a service.
     *
     * @param nftables the caller's to close
     * @param socket   of netfilter, in the same network namespace; closed with the table
     * @param name     of the table
     */
    public static BalanceTable make(SharedNftables nftables, NetlinkSocket socket, String name) throws IOException {
        BalanceTable table = new BalanceTable(nftables, socket, new BalanceRules(name));
        table.run(table.rules.table());
        table.chains = BalanceRules.FIRST_CHAINS;
        table.hooks = table.use(table::hooks);
        table.rulesSum = table.sum();
        return table;
    }

    /**
     * Changes ports: in one transaction as long as that has some hundred endpoints, else endpoints before what leads to them.
     *
     * @param before these ports as the table has them
     * @param after  as they are wanted
     */
    public void change(Collection<VirtualPort> before, Collection<VirtualPort> after) throws IOException {
        long from = Generation.read(socket);
        int transactions = 0;
        int most = after.stream().filter(each -> each.choice() != VirtualPort.Choice.SOURCE)
                .mapToInt(each -> each.endpoints().size()).max().orElse(0);
        if (most > chains) {
            run(rules.chains(chains + 1, most));
            chains = most;
            rulesSum = sum();
            transactions++;
        }
        transactions += send(BalanceElements.change(rules.name(), before, after));
        follow(from, transactions);
    }

    /** How many transactions that was. */
    private int send(List<NetlinkRequest> requests) throws IOException {
        int transactions = 0;
        List<NetlinkRequest> batch = new ArrayList<>();
        int bytes = 0;
        for (NetlinkRequest each : requests) {
            int length = each.message().length;
            if (bytes + length > BATCH_BYTES) {
                socket.batch(batch);
                transactions++;
                batch.clear();
                bytes = 0;
            }
            batch.add(each);
            bytes += length;
        }
        if (!batch.isEmpty()) {
            socket.batch(batch);
            transactions++;
        }
        return transactions;
    }

    /** If nobody else changed anything meanwhile, what was known is known of what there is now. */
    private void follow(long from, int transactions) throws IOException {
        if (from == generation && (Generation.read(socket) - from & GENERATIONS - 1) == transactions) {
            generation = from + transactions & GENERATIONS - 1;
        }
    }

    /**
     * Whether somebody else has changed anything of nf_tables in this network namespace since the elements were known
     * to be as they were made: one cheap question.
     */
    public boolean mayBeTouched() throws IOException {
        return generation == UNKNOWN || Generation.read(socket) != generation;
    }

    /**
     * Reads all elements, and makes those as they are wanted that are not.
     *
     * @param ports as the table is to have them
     * @param local as of {@link #changeLocal}
     * @return how many requests that took; 0 if all was as wanted
     */
    public int mend(Collection<VirtualPort> ports, Collection<InetAddress> local) throws IOException {
        long now = Generation.read(socket);
        Map<String, List<NftablesMessages.Element>> there = new HashMap<>();
        for (String each : BalanceElements.names()) {
            List<NftablesMessages.Element> elements = new ArrayList<>();
            for (byte[] answer : socket.dump(NftablesMessages.elements(rules.name(), each))) {
                elements.addAll(NftablesMessages.decode(answer));
            }
            there.put(each, elements);
        }
        List<NetlinkRequest> requests = BalanceElements.mending(rules.name(), ports, local, there);
        send(requests);
        generation = requests.isEmpty() ? now : UNKNOWN; // what was mended is looked at once more
        return requests.size();
    }

    /** Of what the kernel lists, in its order: rules have no state of their own. */
    private long sum() throws IOException {
        CRC32C sum = new CRC32C();
        for (byte[] each : socket.dump(NftablesMessages.rules(rules.name()))) {
            NftablesMessages.add(each, sum);
        }
        return sum.getValue();
    }

    /**
     * Whether the rules are still there, by those that all others are reached from; all are read if somebody else has changed
     * anything.
     */
    public boolean stands() throws IOException {
        return hooksStand() && (!mayBeTouched() || sum() == rulesSum);
    }

    private boolean hooksStand() throws IOException {
        String now = use(context -> {
            try {
                return hooks(context);
            } catch (NftablesException gone) {
                return "";
            }
        });
        return now.equals(hooks);
    }

    private String hooks(Nftables context) throws NftablesException {
        StringBuilder listed = new StringBuilder();
        // One after the other: the library reads what the last of several commands needs.
        for (String chain : List.of("prerouting", "output", "postrouting")) {
            listed.append(context.run("list chain inet " + rules.name() + " " + chain));
        }
        return listed.toString();
    }

    /** Other containers are on this node than before. */
    public void changeLocal(Collection<InetAddress> before, Collection<InetAddress> after) throws IOException {
        List<NetlinkRequest> requests = BalanceElements.changeLocal(rules.name(), before, after);
        if (!requests.isEmpty()) {
            long from = Generation.read(socket);
            follow(from, send(requests));
        }
    }

    private void run(String commands) throws IOException {
        use(context -> context.run(commands));
    }

    private <T> T use(SharedNftables.Work<T> work) throws IOException {
        try {
            return nftables.use(work);
        } catch (NftablesMissingException missing) {
            throw new BridgeException("services have no address of their own: " + missing.getMessage());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
