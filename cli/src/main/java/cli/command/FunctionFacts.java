package cli.command;

import api.function.ListResponse;
import api.function.PhysicalFunction;
import api.function.VirtualFunction;
import cli.render.Ages;
import cli.render.Times;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What there is to know of the functions of PCI cards, under the names that JSON and templates have. */
final class FunctionFacts {
    static final String FREE = "free";
    static final String TAKEN = "taken";
    static final String UNHEALTHY = "unhealthy";
    /** In no pool: nobody is given it. */
    static final String UNOFFERED = "unoffered";
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int ID_DIGITS = 12;
    /** Of the first PCI domain, which most machines have alone and lspci leaves out. */
    private static final String FIRST_DOMAIN = "0000:";

    private FunctionFacts() {}

    /** All of a function that containers can have. */
    static Map<String, Object> of(VirtualFunction function, ListResponse all) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("Address", function.getAddress());
        facts.put("Physical", function.getPhysical());
        facts.put("PhysicalName", physicalName(function, all));
        facts.put("Index", (long) function.getIndex());
        facts.put("Vendor", function.getVendor());
        facts.put("Device", function.getDevice());
        facts.put("Driver", function.getDriver());
        facts.put("NumaNode", (long) function.getNumaNode());
        facts.put("IommuGroup", (long) function.getIommuGroup());
        facts.put("NetworkDevice", function.getNetworkDevice());
        facts.put("Resource", function.getResource());
        facts.put("Why", function.getWhy());
        facts.put("State", state(function));
        facts.put("Trouble", function.getTrouble());
        facts.put("Owner", function.getOwner());
        facts.put("Since", function.getSinceMillis() == 0 ? ""
                : Times.stamp(function.getSinceMillis() * NANOS_PER_MILLI));
        facts.put("Fence", function.getFence());
        facts.put("Mode", function.getMode());
        facts.put("Port", function.getPort());
        return facts;
    }

    /** All of a function that can be divided. */
    static Map<String, Object> of(PhysicalFunction function, ListResponse all) {
        List<Object> parts = new ArrayList<>();
        for (VirtualFunction part : all.getVirtualList()) {
            if (part.getPhysical().equals(function.getAddress())) {
                parts.add(part.getAddress());
            }
        }
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("Address", function.getAddress());
        facts.put("Name", function.getName());
        facts.put("Vendor", function.getVendor());
        facts.put("Device", function.getDevice());
        facts.put("Driver", function.getDriver());
        facts.put("NumaNode", (long) function.getNumaNode());
        facts.put("VirtualFunctions", (long) function.getVirtualFunctions());
        facts.put("MostVirtualFunctions", (long) function.getMostVirtualFunctions());
        facts.put("Functions", parts);
        facts.put("Link", function.getLink());
        facts.put("Switchdev", function.getSwitchdev());
        return facts;
    }

    /** In one word. */
    static String state(VirtualFunction function) {
        if (!function.getOwner().isEmpty()) {
            return TAKEN;
        }
        if (!function.getTrouble().isEmpty()) {
            return UNHEALTHY;
        }
        return function.getResource().isEmpty() ? UNOFFERED : FREE;
    }

    /** In words for people; "-" for one that nobody is given. */
    static String status(VirtualFunction function, boolean shorten, long nowNanos) {
        String trouble = function.getTrouble();
        return switch (state(function)) {
            case TAKEN -> {
                String since = function.getSinceMillis() == 0 ? "" : " since "
                        + Ages.span(nowNanos - function.getSinceMillis() * NANOS_PER_MILLI)
                                .toLowerCase(Locale.ROOT);
                yield owner(function.getOwner(), shorten)
                        + (function.getMode().isEmpty() ? "" : " (" + function.getMode() + ")") + since
                        + (trouble.isEmpty() ? "" : ": " + trouble);
            }
            case UNHEALTHY -> trouble;
            case FREE -> FREE;
            default -> "-";
        };
    }

    /** A container's id, by its first digits for people. */
    static String owner(String id, boolean shorten) {
        return shorten ? ListCommand.start(id, ID_DIGITS) : id;
    }

    /** The network device of what it is a part of; empty if it is none, or has none. */
    static String physicalName(VirtualFunction function, ListResponse all) {
        for (PhysicalFunction physical : all.getPhysicalList()) {
            if (physical.getAddress().equals(function.getPhysical())) {
                return physical.getName();
            }
        }
        return "";
    }

    /** A PCI address with its domain; a word of another kind as it is. */
    static String address(String word) {
        if (word.indexOf(':') < 0) {
            // A network device, whose name has its case; none has a colon.
            return word;
        }
        boolean isShort = word.length() == 7 && word.charAt(2) == ':' && word.charAt(5) == '.';
        return (isShort ? FIRST_DOMAIN + word : word).toLowerCase(Locale.ROOT);
    }

    /** Whether a word names what has this address and this network device. */
    static boolean isNamed(String word, String address, String networkDevice) {
        return address.equals(address(word)) || !word.isEmpty() && networkDevice.equals(word);
    }
}
