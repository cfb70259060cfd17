package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Requests about queueing disciplines, what decides when a link's packets leave ({@code rtnetlink(7)},
 * RTM_NEWQDISC …; {@code tc(8)}).
 */
public final class QueueMessages {
    /** {@code TCQ_PRIO_BANDS}: the most bands a prio discipline has; they count from 1. */
    public static final int MOST_BANDS = 16;
    /** The longest delay netem can be told in its ticks of 64 ns. */
    public static final long MOST_DELAY_NANOS = 0xffff_ffffL << 6;

    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int ROOT = 0xffff_ffff;
    private static final int PRIO_HANDLE = 0x1_0000;
    private static final int PRIO_OPTION_BYTES = 20;
    private static final int NETEM_OPTION_BYTES = 24;
    private static final int TICK_SHIFT = 6;
    private static final int CHANGE = MessageFlag.REQUEST | MessageFlag.ACK;
    private static final int CREATE = CHANGE | MessageFlag.CREATE | MessageFlag.EXCLUSIVE;

    private QueueMessages() {}

    /** The priority ({@code meta priority} of nftables) that leads a packet into a band of {@link #prio}. */
    public static int priorityOf(int band) {
        return PRIO_HANDLE | band;
    }

    /** Deletes what was put at a link's root; ENOENT if nothing was. */
    public static NetlinkRequest delete(int linkIndex) {
        return queue(MessageType.DELETE_QUEUE, CHANGE, linkIndex, 0, ROOT)
                .request("RTM_DELQDISC dev " + linkIndex + " root", "packets leave as they come again");
    }

    /**
     * At a link's root, {@value #MOST_BANDS} queues of which each may have a discipline of its own
     * ({@code tc-prio(8)}). Packets without a priority that names one go into the first.
     */
    public static NetlinkRequest prio(int linkIndex) {
        byte[] options = ByteBuffer.allocate(PRIO_OPTION_BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putInt(MOST_BANDS).array();
        return queue(MessageType.NEW_QUEUE, CREATE, linkIndex, PRIO_HANDLE, ROOT)
                .attributeName(TCA_KIND, "prio").attribute(TCA_OPTIONS, options)
                .request("RTM_NEWQDISC dev " + linkIndex + " root prio bands " + MOST_BANDS,
                        "packets for different places are queued apart");
    }

    /** At a link's root, a discipline that delays nothing: whether the kernel has netem at all. */
    public static NetlinkRequest netemAtRoot(int linkIndex) {
        return netem(linkIndex, ROOT, 0, "root");
    }

    /**
     * Delays the packets of a band of {@link #prio} ({@code tc-netem(8)}).
     *
     * @param delayNanos at most {@link #MOST_DELAY_NANOS}, kept to 64 ns
     */
    public static NetlinkRequest netem(int linkIndex, int band, long delayNanos) {
        return netem(linkIndex, priorityOf(band), delayNanos, "parent 1:" + band);
    }

    private static NetlinkRequest netem(int linkIndex, int parent, long delayNanos, String place) {
        if (delayNanos < 0 || delayNanos > MOST_DELAY_NANOS) {
            throw new IllegalArgumentException("a delay of " + delayNanos + " ns, must be from 0 to "
                    + MOST_DELAY_NANOS);
        }
        // struct tc_netem_qopt: latency, limit, loss, gap, duplicate, jitter.
        byte[] options = ByteBuffer.allocate(NETEM_OPTION_BYTES).order(ByteOrder.LITTLE_ENDIAN)
                .putInt((int) (delayNanos >> TICK_SHIFT)).putInt(100_000).array();
        return queue(MessageType.NEW_QUEUE, CREATE, linkIndex, 0, parent)
                .attributeName(TCA_KIND, "netem").attribute(TCA_OPTIONS, options)
                .request("RTM_NEWQDISC dev " + linkIndex + " " + place + " netem delay " + delayNanos + " ns",
                        "packets leave late");
    }

    /** {@code struct tcmsg}. */
    private static MessageWriter queue(int type, int flags, int linkIndex, int handle, int parent) {
        return new MessageWriter(type, flags).u8(0).u8(0).u16(0).u32(linkIndex).u32(handle).u32(parent).u32(0);
    }
}
