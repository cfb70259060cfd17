package overlaynet.link;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import linux.netlink.NetlinkRequest;
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

    private final Nftables nftables;
    private final NetlinkSocket socket;
    private int chains;

    private BalanceTable(Nftables nftables, NetlinkSocket socket) {
        this.nftables = nftables;
        this.socket = socket;
    }

    /**
     * Makes the table anew, without a service.
     *
     * @param nftables used by this table alone while it does something; the caller's to close
     * @param socket   of netfilter, in the same network namespace; closed with the table
     */
    public static BalanceTable make(Nftables nftables, NetlinkSocket socket) throws IOException {
        nftables.run(BalanceRules.table());
        BalanceTable table = new BalanceTable(nftables, socket);
        table.chains = BalanceRules.FIRST_CHAINS;
        return table;
    }

    /**
     * Changes ports: in one transaction as long as that has some hundred endpoints, else endpoints before what leads to them.
     *
     * @param before these ports as the table has them
     * @param after  as they are wanted
     */
    public void change(Collection<VirtualPort> before, Collection<VirtualPort> after) throws IOException {
        int most = after.stream().filter(each -> each.choice() != VirtualPort.Choice.SOURCE)
                .mapToInt(each -> each.endpoints().size()).max().orElse(0);
        if (most > chains) {
            nftables.run(BalanceRules.chains(chains + 1, most));
            chains = most;
        }
        List<NetlinkRequest> batch = new ArrayList<>();
        int bytes = 0;
        for (NetlinkRequest each : BalanceElements.change(before, after)) {
            int length = each.message().length;
            if (bytes + length > BATCH_BYTES) {
                socket.batch(batch);
                batch.clear();
                bytes = 0;
            }
            batch.add(each);
            bytes += length;
        }
        socket.batch(batch);
    }

    /** Other containers are on this node than before. */
    public void changeLocal(Collection<InetAddress> before, Collection<InetAddress> after) throws IOException {
        String commands = BalanceRules.changeLocal(before, after);
        if (!commands.isEmpty()) {
            nftables.run(commands);
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
