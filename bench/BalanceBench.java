package bench;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import linux.socket.NetlinkSocket;
import overlaynet.balance.VirtualPort;
import overlaynet.link.BalanceTable;
import overlaynet.link.SharedNftables;

/**
 * Fills this network namespace's table that balances, for {@code bench/overlay}: how many services, of how many tasks,
 * and one more service's address and its only task's. Writes milliseconds: the empty table, all services, one change.
 */
final class BalanceBench {
    private static final int CHANGES = 200;
    private static final int BLOCK = 250;
    private static final String TABLE = "bench_balance";

    private BalanceBench() {}

    /** One of many addresses below 10. */
    private static InetAddress address(int second, int number) {
        return InetAddress.ofLiteral("10." + (second + number / BLOCK / BLOCK) + "." + number / BLOCK % BLOCK + "."
                + (number % BLOCK + 1));
    }

    private static VirtualPort service(int number, int tasks) {
        List<InetAddress> addresses = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            addresses.add(address(64, number * tasks + task));
        }
        return VirtualPort.any(address(32, number), VirtualPort.Choice.RANDOM, addresses);
    }

    public static void main(String[] words) throws Exception {
        int services = Integer.parseInt(words[0]);
        int tasks = Integer.parseInt(words[1]);
        List<VirtualPort> all = new ArrayList<>();
        for (int i = 1; i < services; i++) {
            all.add(service(i, tasks));
        }
        all.add(VirtualPort.any(InetAddress.ofLiteral(words[2]), VirtualPort.Choice.RANDOM,
                List.of(InetAddress.ofLiteral(words[3]))));
        try (SharedNftables nftables = SharedNftables.open()) {
            BalanceTable.remove(nftables, TABLE);
            long begin = System.nanoTime();
            try (BalanceTable table = BalanceTable.make(nftables, NetlinkSocket.netfilter(), TABLE)) {
                long made = System.nanoTime();
                table.change(List.of(), all);
                long full = System.nanoTime();
                List<Double> changes = new ArrayList<>();
                for (int i = 0; i < CHANGES && services > 1; i++) {
                    VirtualPort before = service(1 + i % (services - 1), tasks);
                    VirtualPort after = service(1 + i % (services - 1), tasks - 1);
                    boolean back = i / (services - 1) % 2 == 1;
                    long start = System.nanoTime();
                    table.change(List.of(back ? after : before), List.of(back ? before : after));
                    changes.add((System.nanoTime() - start) / 1e6);
                }
                System.out.printf(Locale.ROOT, "%.1f %.1f %s%n", (made - begin) / 1e6, (full - made) / 1e6,
                        changes.isEmpty() ? "0" : Sample.number(Sample.of(changes).median()));
            }
        }
    }
}
