package cli.lab.plan;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import linux.netlink.QueueMessages;

/** The faults of one host as an nftables table of its own, in the text {@code nft(8)} reads. */
public final class FaultRules {
    /** The table's name; the agents' begin otherwise. */
    public static final String TABLE = "lab_faults";

    /** The first queue is for what is not delayed. */
    public static final int FIRST_DELAYED_BAND = 2;
    /** How many different delays what one host sends can have. */
    public static final int MOST_DELAYS = QueueMessages.MOST_BANDS - 1;

    private FaultRules() {}

    /**
     * Replaces the table in one transaction; without faults there is none afterwards.
     *
     * <p>A cut and a loss are the receiver's. Packets are told apart by the sender's Ethernet address, which
     * the lab chose: that also meets IPv6, and what the sender forwards for its containers under addresses of
     * theirs. They are dropped before anything else sees them, connection tracking included, as if the cable
     * had lost them. Neighbour discovery of IPv4 goes on, so that a sender waits in vain rather than being told
     * that nobody is there.
     *
     * <p>A latency is the sender's: packets that go by way of a host get the priority of the queue with its
     * delay ({@link #delays}).
     *
     * @param host whose table it is
     */
    public static String of(LabDescription lab, VirtualHost host) {
        StringBuilder arriving = new StringBuilder();
        StringBuilder leaving = new StringBuilder();
        List<Long> delays = delays(lab, host);
        for (Fault fault : lab.faults()) {
            String sender = "        iifname \"" + LabDescription.LINK_IN_HOST + "\" ether saddr "
                    + hardwareAddress(lab.host(fault.from()));
            boolean receives = fault.to() == host.number();
            switch (fault) {
                case Fault.Cut _ when receives -> arriving.append(sender).append(" counter drop\n");
                case Fault.Loss loss when receives -> arriving.append(sender).append(" numgen random mod "
                        + Fault.Loss.WHOLE + " < ").append(loss.perTenThousand()).append(" counter drop\n");
                case Fault.Latency latency when latency.from() == host.number() -> leaving
                        .append("        oifname \"" + LabDescription.LINK_IN_HOST + "\" rt ip nexthop ")
                        .append(lab.host(latency.to()).address().getHostAddress())
                        .append(" meta priority set ").append(QueueMessages.priorityOf(
                                FIRST_DELAYED_BAND + delays.indexOf(latency.delayNanos())))
                        .append(" counter\n");
                case Fault.Cut _, Fault.Loss _, Fault.Latency _ -> { } // another host's
            }
        }
        return "add table inet " + TABLE + "\ndelete table inet " + TABLE + "\n"
                + (arriving.isEmpty() && leaving.isEmpty() ? "" : "table inet " + TABLE + " {\n"
                        + chain("arriving", "prerouting priority -310", arriving)
                        + chain("leaving", "postrouting priority 310", leaving) + "}\n");
    }

    private static String chain(String name, String hook, StringBuilder rules) {
        return rules.isEmpty() ? "" : "    chain " + name + " {\n        type filter hook " + hook
                + "; policy accept;\n" + rules + "    }\n";
    }

    /** The different delays of what a host sends, in nanoseconds, in the order of their queues. */
    public static List<Long> delays(LabDescription lab, VirtualHost host) {
        return lab.faults().stream().filter(fault -> fault.from() == host.number())
                .flatMap(fault -> fault instanceof Fault.Latency latency
                        ? Stream.of(latency.delayNanos()) : Stream.empty()).distinct().sorted().toList();
    }

    /** The Ethernet address of a host's link, which follows from its IPv4 address: {@code 02:6a:0a:59:00:01}. */
    public static String hardwareAddress(VirtualHost host) {
        StringBuilder text = new StringBuilder("02:6a");
        for (byte each : host.address().getAddress()) {
            text.append(String.format(Locale.ROOT, ":%02x", each & 0xff));
        }
        return text.toString();
    }
}
