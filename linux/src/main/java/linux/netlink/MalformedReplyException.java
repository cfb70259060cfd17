package linux.netlink;

/** Bytes that are not a netlink reply. */
public final class MalformedReplyException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param what which length or field cannot be right */
    public MalformedReplyException(String what) {
        super("malformed netlink reply: " + what);
    }
}
