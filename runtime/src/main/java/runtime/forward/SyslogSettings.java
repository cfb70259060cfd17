package runtime.forward;

import java.net.URI;
import java.util.List;
import java.util.Locale;

/**
 * Where syslog messages go and how they look.
 *
 * @param transport how they travel
 * @param host      of udp and tcp
 * @param port      of udp and tcp
 * @param path      of a socket file
 * @param facility  0 to 23
 * @param modern    RFC 5424, else RFC 3164
 */
public record SyslogSettings(Transport transport, String host, int port, String path,
        int facility, boolean modern) {
    private static final int STANDARD_PORT = 514;
    private static final List<String> FACILITIES = List.of("kern", "user", "mail", "daemon", "auth",
            "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", "ntp", "security", "console",
            "solaris-cron", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
            "local7");

    /** How messages travel. */
    public enum Transport { UDP, TCP, UNIX, UNIXGRAM }

    /**
     * What the options say.
     *
     * @throws IllegalArgumentException with a sentence for the user
     */
    public static SyslogSettings of(LogChoice choice) {
        String address = choice.option("syslog-address", "unixgram:///dev/log");
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException malformed) {
            throw refused(address);
        }
        Transport transport = switch (String.valueOf(uri.getScheme())) {
            case "udp" -> Transport.UDP;
            case "tcp" -> Transport.TCP;
            case "unix" -> Transport.UNIX;
            case "unixgram" -> Transport.UNIXGRAM;
            default -> throw refused(address);
        };
        boolean file = transport == Transport.UNIX || transport == Transport.UNIXGRAM;
        if (file ? uri.getPath() == null || !uri.getPath().startsWith("/") : uri.getHost() == null) {
            throw refused(address);
        }
        boolean modern = switch (choice.option("syslog-format", "rfc5424")) {
            case "rfc5424" -> true;
            case "rfc3164" -> false;
            default -> throw new IllegalArgumentException("--log-opt syslog-format="
                    + choice.option("syslog-format", "") + ": there are rfc5424 and rfc3164");
        };
        return new SyslogSettings(transport, file ? "" : uri.getHost().replaceAll("[\\[\\]]", ""),
                uri.getPort() < 0 ? STANDARD_PORT : uri.getPort(), file ? uri.getPath() : "",
                facility(choice.option("syslog-facility", "daemon")), modern);
    }

    private static int facility(String word) {
        int number = word.matches("[0-9]{1,2}") ? Integer.parseInt(word)
                : FACILITIES.indexOf(word.toLowerCase(Locale.ROOT));
        if (number < 0 || number >= FACILITIES.size()) {
            throw new IllegalArgumentException("--log-opt syslog-facility=" + word + ": there are "
                    + String.join(", ", FACILITIES));
        }
        return number;
    }

    private static IllegalArgumentException refused(String address) {
        return new IllegalArgumentException("--log-opt syslog-address=" + address + ": write it like"
                + " udp://HOST:514, tcp://HOST:514, unix:///PATH or unixgram:///PATH");
    }

    /** Where they go, for people. */
    public String address() {
        String scheme = transport.name().toLowerCase(Locale.ROOT) + "://";
        return path.isEmpty() ? scheme + host + ":" + port : scheme + path;
    }
}
