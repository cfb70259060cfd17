package cli.lab.plan;

import java.util.List;
import java.util.Locale;

/** The faults of one receiving host as an nftables table of its own, in the text {@code nft(8)} reads. */
public final class FaultRules {
    /** The table's name; the agents' begin otherwise. */
    public static final String TABLE = "lab_faults";

    private FaultRules() {}

    /**
     * Replaces the table in one transaction; without faults there is none afterwards.
     *
     * <p>Packets are told apart by the sender's Ethernet address, which the lab chose: that also meets IPv6,
     * and what the sender forwards for its containers under addresses of theirs. They are dropped before
     * anything else sees them, connection tracking included, as if the cable had lost them. Neighbour
     * discovery of IPv4 goes on, so that a sender waits in vain rather than being told that nobody is there.
     *
     * @param host whose table it is
     */
    public static String of(LabDescription lab, VirtualHost host) {
        StringBuilder text = new StringBuilder("add table inet " + TABLE + "\ndelete table inet " + TABLE + "\n");
        List<Fault> faults = lab.faults().stream().filter(fault -> fault.to() == host.number()).toList();
        if (faults.isEmpty()) {
            return text.toString();
        }
        text.append("table inet " + TABLE + " {\n    chain arriving {\n"
                + "        type filter hook prerouting priority -310; policy accept;\n");
        for (Fault fault : faults) {
            String sender = "        iifname \"" + LabDescription.LINK_IN_HOST + "\" ether saddr "
                    + hardwareAddress(lab.host(fault.from()));
            text.append(sender).append(switch (fault) {
                case Fault.Cut _ -> "";
                case Fault.Loss loss -> " numgen random mod " + Fault.Loss.WHOLE + " < "
                        + loss.perTenThousand();
            }).append(" counter drop\n");
        }
        return text.append("    }\n}\n").toString();
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
