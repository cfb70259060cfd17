package cli.jrun;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import runtime.oci.OciException;

/** The limits {@code update} takes one by one, as the JSON it takes whole. */
final class UpdateOptions {
    /** Option to the place in the specification's {@code linux.resources}. */
    private static final Map<String, String> NUMBERS = Map.ofEntries(
            Map.entry("memory", "memory.limit"),
            Map.entry("memory-reservation", "memory.reservation"),
            Map.entry("memory-swap", "memory.swap"),
            Map.entry("cpu-period", "cpu.period"),
            Map.entry("cpu-quota", "cpu.quota"),
            Map.entry("cpu-burst", "cpu.burst"),
            Map.entry("cpu-share", "cpu.shares"),
            Map.entry("cpu-rt-period", "cpu.realtimePeriod"),
            Map.entry("cpu-rt-runtime", "cpu.realtimeRuntime"),
            Map.entry("cpu-idle", "cpu.idle"),
            Map.entry("pids-limit", "pids.limit"),
            Map.entry("blkio-weight", "blockIO.weight"));
    private static final Map<String, String> TEXTS = Map.of(
            "cpuset-cpus", "cpu.cpus", "cpuset-mems", "cpu.mems");
    private static final String UNITS = "bkmgt";

    /** All option names. */
    static final Set<String> NAMES = Stream.of(NUMBERS.keySet(), TEXTS.keySet(), Set.of("resources"))
            .flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());

    private UpdateOptions() {}

    /** @throws OciException if a value is not a number, or there is none */
    static String json(Invocation call) throws OciException {
        ObjectNode resources = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, String> option : NUMBERS.entrySet()) {
            if (call.value(option.getKey()).isPresent()) {
                parent(resources, option.getValue()).put(leaf(option.getValue()),
                        number(option.getKey(), call.value(option.getKey()).get()));
            }
        }
        TEXTS.forEach((option, place) -> call.value(option)
                .ifPresent(text -> parent(resources, place).put(leaf(place), text)));
        if (resources.isEmpty()) {
            throw new OciException("jrun update needs --resources, or a limit such as --memory");
        }
        return resources.toString();
    }

    private static ObjectNode parent(ObjectNode resources, String place) {
        return resources.withObject("/" + place.substring(0, place.indexOf('.')));
    }

    private static String leaf(String place) {
        return place.substring(place.indexOf('.') + 1);
    }

    /** A number of bytes may have a unit: 512m. */
    private static long number(String option, String text) throws OciException {
        String digits = text.toLowerCase(Locale.ROOT);
        int unit = digits.isEmpty() ? -1 : UNITS.indexOf(digits.charAt(digits.length() - 1));
        try {
            return unit < 0 ? Long.parseLong(digits) : Math.multiplyExact(
                    Long.parseLong(digits.substring(0, digits.length() - 1)), 1L << 10 * unit);
        } catch (NumberFormatException | ArithmeticException notOne) {
            throw new OciException("--" + option + " " + text + ": a number is wanted", notOne);
        }
    }
}
