package runtime.container;

import static runtime.container.ContainerException.Reason.INVALID_OPTION;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The text of /etc/hosts, /etc/hostname and /etc/resolv.conf in a container. */
final class GeneratedFiles {
    private static final String LOCAL_HOSTS = """
            127.0.0.1\tlocalhost
            ::1\tlocalhost ip6-localhost ip6-loopback
            fe00::\tip6-localnet
            ff00::\tip6-mcastprefix
            ff02::1\tip6-allnodes
            ff02::2\tip6-allrouters
            """;

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    private GeneratedFiles() {}

    /**
     * What goes into these files must not end its line there.
     *
     * @throws ContainerException with reason INVALID_OPTION if something would
     */
    static void check(ContainerOptions options) throws ContainerException {
        check("--hostname", List.of(options.hostname()));
        check("--domainname", List.of(options.domainName()));
        check("--add-host", options.network().hosts());
        check("--dns", options.network().dns());
        check("--dns-search", options.network().dnsSearch());
        check("--dns-option", options.network().dnsOptions());
    }

    private static void check(String option, List<String> words) throws ContainerException {
        for (String word : words) {
            if (word.chars().anyMatch(Character::isISOControl)) {
                throw new ContainerException(INVALID_OPTION, option + " '" + word
                        + "' holds a control character; remove it", 125, null);
            }
        }
    }

    /**
     * /etc/hosts: localhost, the user's additions, the container's own address.
     *
     * @param addresses with prefix length
     * @param gateway   what {@code host-gateway} stands for; may be empty
     */
    static String hosts(ContainerOptions options, String hostname, List<String> addresses,
            String gateway) throws ContainerException {
        StringBuilder text = new StringBuilder(LOCAL_HOSTS);
        for (String entry : options.network().hosts()) {
            int colon = entry.indexOf(':');
            if (colon <= 0 || colon == entry.length() - 1) {
                throw new ContainerException(INVALID_OPTION,
                        "--add-host '" + entry + "' does not look like name:address");
            }
            String address = entry.substring(colon + 1);
            if (address.equals("host-gateway")) {
                address = gateway;
            }
            text.append(address).append('\t').append(entry, 0, colon).append('\n');
        }
        String names = options.domainName().isEmpty() ? hostname
                : hostname + "." + options.domainName() + " " + hostname;
        for (String address : addresses) {
            text.append(bare(address)).append('\t').append(names).append('\n');
        }
        return text.toString();
    }

    /** An address without its prefix length. */
    static String bare(String address) {
        int slash = address.indexOf('/');
        return slash < 0 ? address : address.substring(0, slash);
    }

    /**
     * /etc/resolv.conf: the host's, with what the user or the network gives in its place. The host's
     * loopback name servers do not answer in another network namespace and are left out there.
     *
     * @param resolver   whether the network's servers know its names, and ask the user's servers about
     *                   others; a name without a dot is then tried as it is first
     * @param ownNetwork whether the container has a network namespace of its own
     */
    static String resolvConf(ContainerOptions.Network options, List<String> networkServers,
            boolean resolver, boolean ownNetwork, Path hostFile) throws IOException {
        List<String> lines = new ArrayList<>();
        List<String> servers =
                options.dns().isEmpty() || resolver ? networkServers : options.dns();
        servers.forEach(server -> lines.add("nameserver " + server));
        if (!options.dnsSearch().isEmpty()) {
            lines.add("search " + String.join(" ", options.dnsSearch()));
        }
        if (!options.dnsOptions().isEmpty()) {
            lines.add("options " + String.join(" ", options.dnsOptions()));
        } else if (resolver) {
            lines.add("options ndots:0");
        }
        for (String line : hostLines(hostFile)) {
            String[] words = BLANKS.split(line.strip());
            boolean wanted = switch (words[0]) {
                case "nameserver" -> servers.isEmpty() && words.length > 1
                        && !(ownNetwork && isLoopback(words[1]));
                case "search", "domain" -> options.dnsSearch().isEmpty();
                case "options" -> options.dnsOptions().isEmpty() && !resolver;
                default -> false;
            };
            if (wanted) {
                lines.add(line.strip());
            }
        }
        return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
    }

    private static boolean isLoopback(String address) {
        return address.startsWith("127.") || address.equals("::1");
    }

    private static List<String> hostLines(Path file) throws IOException {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException absent) {
            return List.of();
        }
    }
}
