package linux.netlink;

/** The {@code NLM_F_…} flags of a netlink header ({@code linux/netlink.h}). */
public final class MessageFlag {
    /** The message is a request. */
    public static final int REQUEST = 0x1;
    /** The answer continues in further messages, until {@code NLMSG_DONE}. */
    public static final int MULTI = 0x2;
    /** Acknowledge with {@code NLMSG_ERROR}, error 0 on success. */
    public static final int ACK = 0x4;
    /** In an answer of several messages: the set changed meanwhile, ask again. */
    public static final int DUMP_INTERRUPTED = 0x10;
    /** On a get: {@code NLM_F_ROOT | NLM_F_MATCH}, all objects. */
    public static final int DUMP = 0x300;
    /** On a new: replace an object that exists. */
    public static final int REPLACE = 0x100;
    /** On a new: fail with EEXIST if the object exists. */
    public static final int EXCLUSIVE = 0x200;
    /** On a new: create the object if it does not exist. */
    public static final int CREATE = 0x400;
    /** In an acknowledgement: the request's payload is not repeated. */
    public static final int CAPPED = 0x100;
    /** In an acknowledgement: attributes with an explanation follow ({@code NETLINK_EXT_ACK}). */
    public static final int ACK_ATTRIBUTES = 0x200;

    private MessageFlag() {}
}
