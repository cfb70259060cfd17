package linux.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.OptionalInt;

/**
 * Requests about programs that look at a link's packets before anything else on the host does when they come in, and after it
 * when they go out ({@code rtnetlink(7)}, RTM_NEWTFILTER; {@code tc-bpf(8)}, direct action). "In" and "out" are the host's.
 */
public final class FilterMessages {
    private static final int TCA_KIND = 1;
    private static final int TCA_OPTIONS = 2;
    private static final int TCA_BPF_FD = 6;
    private static final int TCA_BPF_NAME = 7;
    private static final int TCA_BPF_FLAGS = 8;
    private static final int TCA_BPF_FLAG_ACT_DIRECT = 1;
    private static final int CLSACT_HANDLE = 0xffff_0000;
    private static final int CLSACT = 0xffff_fff1;
    private static final int IN = 0xffff_fff2;
    private static final int OUT = 0xffff_fff3;
    /** Filters of others come first, whatever number they were given, unless they ask to be the last. */
    private static final int PRIORITY = 0x6a63;
    private static final int ALL_PROTOCOLS_BIG_ENDIAN = 0x0300;
    private static final int HANDLE = 1;
    private static final int STRUCT_BYTES = 20;
    private static final int LINK_OFFSET = 4;
    private static final int HANDLE_OFFSET = 8;
    private static final int CHANGE = MessageFlag.REQUEST | MessageFlag.ACK;

    private FilterMessages() {}

    /** Makes a place for filters at a link; EEXIST if there is one. */
    public static NetlinkRequest place(int linkIndex) {
        return message(MessageType.NEW_QUEUE, CHANGE | MessageFlag.CREATE | MessageFlag.EXCLUSIVE, linkIndex, CLSACT_HANDLE, CLSACT, 0)
                .attributeName(TCA_KIND, "clsact")
                .request("RTM_NEWQDISC dev " + linkIndex + " clsact", "programs can look at the link's packets");
    }

    /** Asks which links have a place for filters; {@link #linkOf} reads the answers. */
    public static NetlinkRequest dumpPlaces() {
        return message(MessageType.GET_QUEUE, MessageFlag.REQUEST | MessageFlag.DUMP, 0, 0, 0, 0)
                .request("RTM_GETQDISC all", "tells which links programs can look at");
    }

    /**
     * The link whose place for filters that is; empty if it is something else.
     *
     * @throws MalformedReplyException if it is too short
     */
    public static OptionalInt linkOf(byte[] payload) throws MalformedReplyException {
        if (payload.length < STRUCT_BYTES) {
            throw new MalformedReplyException("RTM_NEWQDISC of " + payload.length + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
        return header.getInt(HANDLE_OFFSET) == CLSACT_HANDLE ? OptionalInt.of(header.getInt(LINK_OFFSET)) : OptionalInt.empty();
    }

    /**
     * Lets a program look at a link's packets, in place of the one that this made before.
     *
     * @param program file descriptor; the kernel keeps the program for as long as the filter is there
     * @param name    for people who list filters ({@code tc filter show})
     */
    public static NetlinkRequest put(int linkIndex, boolean in, int program, String name) {
        MessageWriter writer = message(MessageType.NEW_FILTER, CHANGE | MessageFlag.CREATE, linkIndex, HANDLE, in ? IN : OUT,
                PRIORITY << 16 | ALL_PROTOCOLS_BIG_ENDIAN).attributeName(TCA_KIND, "bpf");
        int options = writer.begin(TCA_OPTIONS);
        writer.attributeU32(TCA_BPF_FD, program).attributeName(TCA_BPF_NAME, name)
                .attributeU32(TCA_BPF_FLAGS, TCA_BPF_FLAG_ACT_DIRECT).end(options);
        return writer.request("RTM_NEWTFILTER dev " + linkIndex + (in ? " ingress" : " egress") + " pref " + PRIORITY + " bpf " + name
                + " direct-action", "the program sees each packet, and says what becomes of it");
    }

    /** Takes it away; ENOENT if it is not there, EINVAL if the link has no place for filters. */
    public static NetlinkRequest remove(int linkIndex, boolean in) {
        return message(MessageType.DELETE_FILTER, CHANGE, linkIndex, 0, in ? IN : OUT, PRIORITY << 16 | ALL_PROTOCOLS_BIG_ENDIAN)
                .request("RTM_DELTFILTER dev " + linkIndex + (in ? " ingress" : " egress") + " pref " + PRIORITY,
                        "packets pass without being looked at");
    }

    /** {@code struct tcmsg}. */
    private static MessageWriter message(int type, int flags, int linkIndex, int handle, int parent, int information) {
        return new MessageWriter(type, flags).u8(0).u8(0).u16(0).u32(linkIndex).u32(handle).u32(parent).u32(information);
    }
}
