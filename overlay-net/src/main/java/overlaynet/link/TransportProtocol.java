package overlaynet.link;

import java.util.Locale;

/** The protocols whose ports can be published. */
public enum TransportProtocol {
    TCP,
    UDP,
    SCTP;

    /** The name nftables and {@code -p 80:80/tcp} use. */
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
