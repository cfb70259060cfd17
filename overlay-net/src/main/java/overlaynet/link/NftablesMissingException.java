package overlaynet.link;

/** The library libnftables is not on this machine. */
public final class NftablesMissingException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param cause what the loader said */
    public NftablesMissingException(Throwable cause) {
        super("the library libnftables.so.1 is missing; install it with"
                + " \"apt-get install libnftables1\" (other systems: the package nftables)", cause);
    }
}
