package cli.command;

import static api.node.CreateContainerRequest.RESOURCE_REQUESTS_FIELD_NUMBER;

import api.function.Wish;
import api.node.ResourceRequest;
import cli.wire.MessageWriter;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * --resource: devices that a plug-in offers, and how they are to be.
 *
 * <p>All that is wrong with a word is said at once: it is long, and its user may come from far.
 */
final class ResourceFlags {
    private static final String OPTION = "resource";
    /** The domain of names without one: that of jctl's own plug-in. */
    private static final String OWN_DOMAIN = "sriov/";
    private static final String KEYS = "name, ip, mac, vlan, qos, proto, spoofchk, trust,"
            + " min-rate, max-rate, state, mtu";
    /** Of a network device (linux/if.h, IFNAMSIZ without the 0 at its end). */
    private static final int MOST_NAME_BYTES = 15;
    /** Where the numbers of several devices stand in their names. */
    private static final String NUMBER = "%d";
    private static final long MOST_RATE = 0xffff_ffffL;
    /** RFC 791: every link passes so many bytes on whole. */
    private static final int LEAST_MTU = 68;
    private static final int MOST_MTU = 65_535;

    private final MessageWriter request = new MessageWriter();
    private final MessageWriter wish = new MessageWriter();
    private final List<String> problems = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private boolean wishes;
    private long count = 1;
    private String interfaceName = "";
    /** -1 = not said. */
    private long vlan = -1;
    private long priority = -1;
    private long leastRate = -1;
    private long mostRate = -1;

    private ResourceFlags() {}

    /** Adds what the arguments say to the message. */
    static void add(MessageWriter request, Arguments arguments) throws UsageException {
        for (String word : arguments.values(OPTION)) {
            request.message(RESOURCE_REQUESTS_FIELD_NUMBER, resource(word));
        }
    }

    /** "pool", "pool=2", "intel.com/fast,vlan=100,mac=02:00:00:00:00:01": a ResourceRequest. */
    static MessageWriter resource(String word) throws UsageException {
        ResourceFlags flags = new ResourceFlags();
        List<String> fields = KeyValue.commas(word);
        flags.device(fields.getFirst());
        for (int i = 1; i < fields.size(); i++) {
            flags.field(fields.get(i));
        }
        flags.together();
        if (!flags.problems.isEmpty()) {
            throw Arguments.invalid(OPTION, word, String.join("; ", flags.problems));
        }
        if (flags.wishes) {
            flags.request.message(ResourceRequest.WISH_FIELD_NUMBER, flags.wish);
        }
        return flags.request;
    }

    /** DOMAIN/NAME, from a name with or without its domain. */
    static String fullName(String name) {
        return name.indexOf('/') < 0 ? OWN_DOMAIN + name : name;
    }

    private void device(String field) {
        int equals = field.indexOf('=');
        String name = equals < 0 ? field : field.substring(0, equals);
        if (!isName(fullName(name))) {
            problems.add("\"" + name + "\" is no name of a resource: expected"
                    + " NAME[=COUNT][,KEY=VALUE…] with DOMAIN/NAME, or NAME alone for "
                    + OWN_DOMAIN + "NAME; `jctl resource ls` lists them");
        }
        request.string(ResourceRequest.NAME_FIELD_NUMBER, fullName(name));
        if (equals >= 0) {
            count = number("COUNT", field.substring(equals + 1), 1, Integer.MAX_VALUE);
            request.number(ResourceRequest.COUNT_FIELD_NUMBER, count);
        }
    }

    /** As Kubernetes has it: a DNS domain, a slash, letters and digits with - _ . between them. */
    private static boolean isName(String name) {
        int slash = name.indexOf('/');
        boolean first = true;
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            boolean last = i + 1 == name.length() || i + 1 == slash;
            boolean plain = letter >= 'a' && letter <= 'z' || letter >= '0' && letter <= '9'
                    || letter >= 'A' && letter <= 'Z' && i > slash;
            boolean between = letter == '-' || letter == '.' || letter == '_' && i > slash;
            if (!plain && i != slash && (!between || first || last)) {
                return false;
            }
            first = i == slash;
        }
        return slash > 0 && slash < name.length() - 1;
    }

    private void field(String field) {
        int equals = field.indexOf('=');
        String key = equals < 0 ? field : field.substring(0, equals);
        if (!known(key)) {
            problems.add("unknown key \"" + key + "\": there are " + KEYS);
            return;
        }
        String value = equals < 0 ? "" : field.substring(equals + 1);
        if (value.isEmpty()) {
            problems.add(key + " has no value: expected " + key + "=VALUE");
            return;
        }
        if (!keys.add(key) && !key.equals("ip")) {
            problems.add(key + " is given twice");
            return;
        }
        switch (key) {
            case "name" -> interfaceName = value;
            case "ip" -> address(value);
            default -> wish(key, value);
        }
    }

    private static boolean known(String key) {
        return List.of(KEYS.split(", *")).contains(key);
    }

    private void wish(String key, String value) {
        wishes = true;
        switch (key) {
            case "mac" -> hardwareAddress(value);
            case "vlan" -> vlan = wished(Wish.VLAN_FIELD_NUMBER, key, value, 0, 4094);
            case "qos" -> priority = wished(Wish.VLAN_QOS_FIELD_NUMBER, key, value, 0, 7);
            case "proto" -> choice(Wish.VLAN_PROTO_FIELD_NUMBER, key,
                    value.toLowerCase(Locale.ROOT), "802.1q", "802.1ad");
            case "spoofchk" -> toggle(Wish.SPOOF_CHECK_FIELD_NUMBER, key, value);
            case "trust" -> toggle(Wish.TRUST_FIELD_NUMBER, key, value);
            case "min-rate" -> leastRate =
                    wished(Wish.MIN_TX_RATE_MEGABIT_FIELD_NUMBER, key, value, 0, MOST_RATE);
            case "max-rate" -> mostRate =
                    wished(Wish.MAX_TX_RATE_MEGABIT_FIELD_NUMBER, key, value, 0, MOST_RATE);
            case "state" -> choice(Wish.LINK_STATE_FIELD_NUMBER, key, value,
                    "auto", "enable", "disable");
            case "mtu" -> wished(Wish.MTU_BYTES_FIELD_NUMBER, key, value, LEAST_MTU, MOST_MTU);
            default -> throw new IllegalArgumentException("a key without a field: " + key);
        }
    }

    private long wished(int field, String key, String value, long least, long most) {
        long number = number(key, value, least, most);
        // Present, be it 0: that is "none", where nothing said is "as it is".
        wish.optionalNumber(field, number);
        return number;
    }

    private long number(String key, String value, long least, long most) {
        boolean digits = value.length() <= 10 && !value.isEmpty();
        for (int i = 0; i < value.length(); i++) {
            digits &= value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        long number = digits ? Long.parseLong(value) : -1;
        if (number < least || number > most) {
            problems.add(key + " is \"" + value + "\": expected a whole number from " + least
                    + " to " + most);
            return -1;
        }
        return number;
    }

    private void toggle(int field, String key, String value) {
        if (!value.equals("on") && !value.equals("off")) {
            problems.add(key + " is \"" + value + "\": expected on or off");
        }
        wish.optionalNumber(field, value.equals("on") ? 1 : 0);
    }

    private void choice(int field, String key, String value, String... choices) {
        List<String> all = List.of(choices);
        if (!all.contains(value)) {
            problems.add(key + " is \"" + value + "\": expected "
                    + String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.getLast());
        }
        wish.string(field, value);
    }

    private void hardwareAddress(String value) {
        String mac = value.toLowerCase(Locale.ROOT);
        boolean formed = mac.length() == 17;
        for (int i = 0; i < mac.length(); i++) {
            char letter = mac.charAt(i);
            formed &= i % 3 == 2 ? letter == ':'
                    : letter >= '0' && letter <= '9' || letter >= 'a' && letter <= 'f';
        }
        if (!formed) {
            problems.add("mac is \"" + value + "\": expected one like 02:00:00:00:00:01");
        } else if ((Character.digit(mac.charAt(1), 16) & 1) != 0) {
            problems.add("mac is \"" + value + "\": that is of a group, not of one device; the first"
                    + " octet must be even, as in 02:00:00:00:00:01");
        } else if (mac.equals("00:00:00:00:00:00")) {
            problems.add("mac is \"" + value + "\": that is no address; leave it out to have any");
        }
        wish.string(Wish.MAC_FIELD_NUMBER, mac);
    }

    private void address(String value) {
        int slash = value.indexOf('/');
        if (slash < 0 || !isAddress(value.substring(0, slash))) {
            problems.add("ip is \"" + value + "\": expected an address with its prefix length, as"
                    + " 10.0.0.5/24 or fd00::5/64");
            return;
        }
        int most = value.indexOf(':') < 0 ? 32 : 128;
        number("prefix length of ip " + value, value.substring(slash + 1), 1, most);
        request.string(ResourceRequest.ADDRESSES_FIELD_NUMBER, value);
    }

    private static boolean isAddress(String text) {
        // A zone after % is of this host, not of the container.
        boolean plain = text.indexOf('%') < 0 && text.indexOf('[') < 0;
        // "10.5" is read as 10.0.0.5, which few would have meant.
        boolean whole = text.indexOf(':') >= 0
                || text.chars().filter(letter -> letter == '.').count() == 3;
        try {
            return plain && whole && InetAddress.ofLiteral(text) != null;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /** What can be told only of all that was said. */
    private void together() {
        if (!interfaceName.isEmpty()) {
            interfaceName();
        }
        if (count > 1 && keys.contains("mac")) {
            problems.add("mac is of one device, not of " + count + ": say --resource once for each");
        }
        if (vlan == 0 && priority > 0) {
            problems.add("qos=" + priority + " is of a vlan, and vlan=0 is none");
        }
        if (leastRate > mostRate && mostRate > 0) {
            problems.add("min-rate " + leastRate + " is above max-rate " + mostRate);
        }
    }

    private void interfaceName() {
        request.string(ResourceRequest.INTERFACE_NAME_FIELD_NUMBER, interfaceName);
        int number = interfaceName.indexOf(NUMBER);
        String longest = number < 0 ? interfaceName : interfaceName.substring(0, number)
                + (count - 1) + interfaceName.substring(number + NUMBER.length());
        boolean clean = !longest.equals(".") && !longest.equals("..");
        for (int i = 0; i < longest.length(); i++) {
            char letter = longest.charAt(i);
            clean &= letter > ' ' && letter != 0x7f && letter != '/' && letter != ':' && letter != '%';
        }
        int bytes = longest.getBytes(StandardCharsets.UTF_8).length;
        if (!clean || bytes > MOST_NAME_BYTES) {
            problems.add("name is \"" + interfaceName + "\": a network device's has up to "
                    + MOST_NAME_BYTES + " bytes, and no space, /, : or % but for one " + NUMBER);
        }
        if (count > 1 && number < 0) {
            problems.add("name is \"" + interfaceName + "\" for " + count + " devices: put " + NUMBER
                    + " where their numbers go, as in " + interfaceName + NUMBER);
        }
    }
}
