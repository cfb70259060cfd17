package runtime.network;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Ports that are exposed: {@code 80}, {@code 80/tcp}, as images and {@code --expose} write them. */
public final class ExposedPorts {
    private static final int LAST_PORT = 65_535;

    private ExposedPorts() {}

    /** The port as {@code 80/tcp}; empty if the text is no port. */
    public static Optional<String> parse(String text) {
        int slash = text.indexOf('/');
        String protocol = slash < 0 ? "tcp" : text.substring(slash + 1);
        String digits = slash < 0 ? text : text.substring(0, slash);
        boolean known = switch (protocol) {
            case "tcp", "udp", "sctp" -> true;
            default -> false;
        };
        if (!known || !digits.matches("[0-9]{1,5}") || Integer.parseInt(digits) > LAST_PORT
                || Integer.parseInt(digits) == 0) {
            return Optional.empty();
        }
        return Optional.of(Integer.parseInt(digits) + "/" + protocol);
    }

    /** All that are ports, without doubles, sorted; an image may hold nonsense, which is left out. */
    public static List<String> of(Collection<String> image, Collection<String> given) {
        TreeSet<String> ports = new TreeSet<>();
        image.forEach(text -> parse(text).ifPresent(ports::add));
        given.forEach(text -> parse(text).ifPresent(ports::add));
        return List.copyOf(ports);
    }

    /**
     * What is to be published: what was asked for and, if all exposed ports are, a free port of the host
     * for each one nothing was said of.
     */
    public static List<PortWish> published(List<PortWish> wishes, boolean all,
            List<String> exposed) {
        List<PortWish> published = new ArrayList<>(wishes);
        if (all) {
            for (String port : exposed) {
                int slash = port.indexOf('/');
                boolean named = wishes.stream().anyMatch(wish -> wish.exposed().equals(port));
                if (!named) {
                    published.add(new PortWish("", 0, 0,
                            Integer.parseInt(port.substring(0, slash)), port.substring(slash + 1)));
                }
            }
        }
        return published;
    }
}
