package runtime.device;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * A request for devices in a user's words: {@code media}, {@code media=2}, {@code intel.com/fast,vlan=100,mac=02:00:00:00:00:01}.
 *
 * <p>All that is wrong with them is said at once: they are long, and their user may come from far.
 */
public final class ResourceWords {
    /** The domain of names without one: that of jctl's own plug-in. */
    private static final String OWN_DOMAIN = "sriov/";
    private static final List<String> KEYS = List.of("name", "ip", "mac", "vlan", "qos", "proto", "spoofchk", "trust", "min-rate", "max-rate", "state", "mtu",
            "optional");
    /** Of a network device (linux/if.h, IFNAMSIZ without the 0 at its end). */
    private static final int MOST_NAME_BYTES = 15;
    /** Where the numbers of several devices stand in their names. */
    private static final String NUMBER = "%d";
    private static final long MOST_RATE = 0xffff_ffffL;
    /** RFC 791: every link passes so many bytes on whole. */
    private static final int LEAST_MTU = 68;
    private static final int MOST_MTU = 65_535;

    private final List<String> problems = new ArrayList<>();
    private final Set<String> keys = new HashSet<>();
    private final List<String> addresses = new ArrayList<>();
    private String resource = "";
    private long count = 1;
    private String interfaceName = "";
    private Optional<String> mac = Optional.empty();
    private Optional<Boolean> spoofCheck = Optional.empty();
    private Optional<Boolean> trust = Optional.empty();
    private String vlanProto = "";
    private String linkState = "";
    /** -1 = not said. */
    private long vlan = -1;
    private long priority = -1;
    private long leastRate = -1;
    private long mostRate = -1;
    private long mtu = -1;
    private boolean optional;

    private ResourceWords() {}

    /**
     * What words mean.
     *
     * @param request  what is asked for; of no use if there are problems
     * @param problems what is wrong, in sentences; none if all is well
     */
    public record Reading(ResourceRequest request, List<String> problems) {
        /** Copies the list. */
        public Reading {
            problems = List.copyOf(problems);
        }
    }

    /** {@code DOMAIN/NAME}, from a name with or without its domain. */
    public static String fullName(String name) {
        return name.indexOf('/') < 0 ? OWN_DOMAIN + name : name;
    }

    /**
     * Reads words.
     *
     * @param fields NAME[=COUNT], then KEY=VALUE each
     */
    public static Reading read(List<String> fields) {
        ResourceWords words = new ResourceWords();
        words.device(fields.getFirst());
        fields.subList(1, fields.size()).forEach(words::field);
        words.together();
        return new Reading(words.request(), words.problems);
    }

    /** The words that {@link #read} takes for that, separated by commas. */
    public static String text(ResourceRequest request) {
        FunctionWish wish = request.wish();
        List<String> fields = new ArrayList<>();
        fields.add(request.resource() + (request.count() == 1 ? "" : "=" + request.count()));
        add(fields, "name", request.interfaceName());
        request.addresses().forEach(each -> add(fields, "ip", each));
        add(fields, "mac", wish.address().orElse(""));
        add(fields, "vlan", wish.vlan());
        add(fields, "qos", wish.vlanQos());
        add(fields, "proto", wish.vlanProto());
        wish.spoofCheck().ifPresent(on -> add(fields, "spoofchk", on ? "on" : "off"));
        wish.trust().ifPresent(on -> add(fields, "trust", on ? "on" : "off"));
        add(fields, "min-rate", wish.minMegabit());
        add(fields, "max-rate", wish.maxMegabit());
        add(fields, "state", wish.linkState());
        add(fields, "mtu", wish.mtuBytes());
        add(fields, "optional", request.optional() ? "on" : "");
        return String.join(",", fields);
    }

    private static void add(List<String> fields, String key, String value) {
        if (!value.isEmpty()) {
            fields.add(key + "=" + value);
        }
    }

    private static void add(List<String> fields, String key, OptionalInt value) {
        value.ifPresent(number -> fields.add(key + "=" + Integer.toUnsignedString(number)));
    }

    private ResourceRequest request() {
        return new ResourceRequest(resource, (int) count, interfaceName, addresses, new FunctionWish(mac, said(vlan), said(priority), vlanProto,
                said(leastRate), said(mostRate), spoofCheck, trust, linkState, said(mtu)), optional);
    }

    /** Present, be it 0: that is "none", where nothing said is "as it is". */
    private static OptionalInt said(long number) {
        return number < 0 ? OptionalInt.empty() : OptionalInt.of((int) number);
    }

    private void device(String field) {
        int equals = field.indexOf('=');
        String name = equals < 0 ? field : field.substring(0, equals);
        resource = fullName(name);
        if (!isName(resource)) {
            problems.add("\"" + name + "\" is no name of a resource: expected NAME[=COUNT][,KEY=VALUE…] with DOMAIN/NAME, or NAME alone for "
                    + OWN_DOMAIN + "NAME; `jctl resource ls` lists them");
        }
        if (equals >= 0) {
            count = number("COUNT", field.substring(equals + 1), 1, Integer.MAX_VALUE);
        }
    }

    /** As Kubernetes has it: a DNS domain, a slash, letters and digits with - _ . between them. */
    private static boolean isName(String name) {
        int slash = name.indexOf('/');
        boolean first = true;
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            boolean last = i + 1 == name.length() || i + 1 == slash;
            boolean plain = letter >= 'a' && letter <= 'z' || letter >= '0' && letter <= '9' || letter >= 'A' && letter <= 'Z' && i > slash;
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
        if (!KEYS.contains(key)) {
            problems.add("unknown key \"" + key + "\": there are " + String.join(", ", KEYS));
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
        field(key, value);
    }

    private void field(String key, String value) {
        switch (key) {
            case "name" -> interfaceName = value;
            case "ip" -> address(value);
            case "mac" -> hardwareAddress(value);
            case "vlan" -> vlan = number(key, value, 0, 4094);
            case "qos" -> priority = number(key, value, 0, 7);
            case "proto" -> vlanProto = choice(key, value.toLowerCase(Locale.ROOT), "802.1q", "802.1ad");
            case "spoofchk" -> spoofCheck = toggle(key, value);
            case "trust" -> trust = toggle(key, value);
            case "min-rate" -> leastRate = number(key, value, 0, MOST_RATE);
            case "max-rate" -> mostRate = number(key, value, 0, MOST_RATE);
            case "state" -> linkState = choice(key, value, "auto", "enable", "disable");
            case "mtu" -> mtu = number(key, value, LEAST_MTU, MOST_MTU);
            case "optional" -> optional = toggle(key, value).orElseThrow();
            default -> throw new IllegalArgumentException("a key without a field: " + key);
        }
    }

    private long number(String key, String value, long least, long most) {
        boolean digits = value.length() <= 10 && !value.isEmpty();
        for (int i = 0; i < value.length(); i++) {
            digits &= value.charAt(i) >= '0' && value.charAt(i) <= '9';
        }
        long number = digits ? Long.parseLong(value) : -1;
        if (number < least || number > most) {
            problems.add(key + " is \"" + value + "\": expected a whole number from " + least + " to " + most);
            return -1;
        }
        return number;
    }

    private Optional<Boolean> toggle(String key, String value) {
        if (!value.equals("on") && !value.equals("off")) {
            problems.add(key + " is \"" + value + "\": expected on or off");
        }
        return Optional.of(value.equals("on"));
    }

    private String choice(String key, String value, String... choices) {
        List<String> all = List.of(choices);
        if (!all.contains(value)) {
            problems.add(key + " is \"" + value + "\": expected " + String.join(", ", all.subList(0, all.size() - 1)) + " or " + all.getLast());
        }
        return value;
    }

    private void hardwareAddress(String value) {
        String address = value.toLowerCase(Locale.ROOT);
        boolean formed = address.length() == 17;
        for (int i = 0; i < address.length(); i++) {
            char letter = address.charAt(i);
            formed &= i % 3 == 2 ? letter == ':' : letter >= '0' && letter <= '9' || letter >= 'a' && letter <= 'f';
        }
        if (!formed) {
            problems.add("mac is \"" + value + "\": expected one like 02:00:00:00:00:01");
        } else if ((Character.digit(address.charAt(1), 16) & 1) != 0) {
            problems.add("mac is \"" + value + "\": that is of a group, not of one device; the first octet must be even, as in 02:00:00:00:00:01");
        } else if (address.equals("00:00:00:00:00:00")) {
            problems.add("mac is \"" + value + "\": that is no address; leave it out to have any");
        }
        mac = Optional.of(address);
    }

    private void address(String value) {
        int slash = value.indexOf('/');
        if (slash < 0 || !isAddress(value.substring(0, slash))) {
            problems.add("ip is \"" + value + "\": expected an address with its prefix length, as 10.0.0.5/24 or fd00::5/64");
            return;
        }
        int most = value.indexOf(':') < 0 ? 32 : 128;
        number("prefix length of ip " + value, value.substring(slash + 1), 1, most);
        addresses.add(value);
    }

    private static boolean isAddress(String text) {
        // A zone after % is of this host, not of the container.
        boolean plain = text.indexOf('%') < 0 && text.indexOf('[') < 0;
        // "10.5" is read as 10.0.0.5, which few would have meant.
        boolean whole = text.indexOf(':') >= 0 || text.chars().filter(letter -> letter == '.').count() == 3;
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
        int number = interfaceName.indexOf(NUMBER);
        String longest = number < 0 ? interfaceName : interfaceName.substring(0, number) + (count - 1) + interfaceName.substring(number + NUMBER.length());
        boolean clean = !longest.equals(".") && !longest.equals("..");
        for (int i = 0; i < longest.length(); i++) {
            char letter = longest.charAt(i);
            clean &= letter > ' ' && letter != 0x7f && letter != '/' && letter != ':' && letter != '%';
        }
        int bytes = longest.getBytes(StandardCharsets.UTF_8).length;
        if (!clean || bytes > MOST_NAME_BYTES) {
            problems.add("name is \"" + interfaceName + "\": a network device's has up to " + MOST_NAME_BYTES + " bytes, and no space, /, : or % but for one "
                    + NUMBER);
        }
        if (count > 1 && number < 0) {
            problems.add("name is \"" + interfaceName + "\" for " + count + " devices: put " + NUMBER + " where their numbers go, as in " + interfaceName
                    + NUMBER);
        }
    }
}
