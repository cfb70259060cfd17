package overlaynet.link;

import java.util.Locale;

/** The protocols whose ports can be published. */
public enum TransportProtocol {
    TCP(6),
    UDP(17),
    SCTP(132);

    private final int number;

    TransportProtocol(int number) {
        this.number = number;
    }

    /** Its number in the IP header; rules are written with it, since names need /etc/protocols. */
    int number() {
        return number;
    }

    /** The name {@code -p 80:80/tcp} uses. */
    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
