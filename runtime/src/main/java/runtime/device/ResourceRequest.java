package runtime.device;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Devices of a kind that a plug-in offers, which a container wants for as long as it runs.
 *
 * @param resource      {@code DOMAIN/NAME}
 * @param count         how many, at least one
 * @param interfaceName what a network device is called inside; {@code %d} is its number; empty = net1, net2 and so on
 * @param addresses     of network devices, with prefix length
 * @param wish          how virtual functions are to be
 * @param optional      whether it starts without them where there are none, or too few
 */
public record ResourceRequest(String resource, int count, String interfaceName, List<String> addresses, FunctionWish wish, boolean optional) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern ADDRESS = Pattern.compile("[0-9a-fA-F.:]{2,45}/[0-9]{1,3}");
    private static final Pattern INTERFACE = Pattern.compile("[^\\s/%:]{0,13}(%d)?[^\\s/%:]{0,13}");
    /** By which processors that containers can have alone are counted beside devices; nobody asks for them by that name. */
    public static final String EXCLUSIVE_CPUS = "jctl/exclusive-cpus";
    private static final int MOST = 1_024;
    private static final int LONGEST_INTERFACE = 15;

    /** Copies the list. */
    public ResourceRequest {
        addresses = List.copyOf(addresses);
    }

    /** One that is not to be done without. */
    public ResourceRequest(String resource, int count, String interfaceName, List<String> addresses, FunctionWish wish) {
        this(resource, count, interfaceName, addresses, wish, false);
    }

    /** Whether a text is {@code DOMAIN/NAME}. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Why nobody can be asked for this; empty if somebody can. */
    public Optional<String> problem() {
        if (!isName(resource)) {
            return Optional.of("\"" + resource + "\" is no name of a resource: DOMAIN/NAME, as sriov/media");
        }
        if (count < 1 || count > MOST) {
            return Optional.of(resource + ": " + count + " devices cannot be had: 1 to " + MOST);
        }
        if (!INTERFACE.matcher(interfaceName).matches() || interfaceName.length() > LONGEST_INTERFACE) {
            return Optional.of(resource + ": \"" + interfaceName + "\" is no name of a network device: up to " + LONGEST_INTERFACE
                    + " characters without space, / and :");
        }
        if (count > 1 && !interfaceName.isEmpty() && !interfaceName.contains("%d")) {
            return Optional.of(resource + ": " + count + " network devices cannot all be " + interfaceName + ": name them " + interfaceName + "%d");
        }
        if (count > 1 && !addresses.isEmpty()) {
            return Optional.of(resource + ": addresses are of one network device, and " + count + " are asked for: ask for each by itself");
        }
        return addresses.stream().filter(each -> !ADDRESS.matcher(each).matches()).findFirst()
                .map(each -> resource + ": \"" + each + "\" is no address with prefix length, as 192.0.2.7/24");
    }
}
