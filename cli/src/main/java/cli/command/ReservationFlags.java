package cli.command;

import api.cluster.Resources;
import cli.wire.MessageWriter;
import java.math.BigDecimal;

/** --reserve-cpu and its kin: what a node must have left. */
final class ReservationFlags {
    private ReservationFlags() {}

    /** The message Resources of a cluster. */
    static MessageWriter of(Arguments arguments) throws UsageException {
        MessageWriter resources = new MessageWriter();
        if (arguments.has("reserve-cpu")) {
            resources.optionalNumber(Resources.CPU_MILLIS_FIELD_NUMBER, cpuMillis("reserve-cpu", arguments));
        }
        if (arguments.has("reserve-memory")) {
            resources.optionalNumber(Resources.MEMORY_BYTES_FIELD_NUMBER, arguments.bytes("reserve-memory"));
        }
        if (arguments.has("reserve-pids")) {
            resources.optionalNumber(Resources.PIDS_FIELD_NUMBER, arguments.atLeast(0, "reserve-pids"));
        }
        named(resources, "generic-resource", arguments);
        named(resources, "reserve", arguments);
        return resources;
    }

    private static void named(MessageWriter resources, String option, Arguments arguments)
            throws UsageException {
        for (String list : arguments.values(option)) {
            for (String word : KeyValue.commas(list)) {
                String[] pair = KeyValue.split(option, word);
                long amount = Arguments.number(option, pair[1]);
                if (amount < 1) {
                    throw Arguments.invalid(option, word, "expected a number above 0");
                }
                resources.message(Resources.NAMED_FIELD_NUMBER,
                        new MessageWriter().string(1, pair[0]).number(2, amount));
            }
        }
    }

    /** Thousandths of a processor, from "1.5". */
    static long cpuMillis(String option, Arguments arguments) throws UsageException {
        String word = arguments.value(option);
        try {
            long millis = new BigDecimal(word).movePointRight(3).longValueExact();
            if (millis < 0) {
                throw Arguments.invalid(option, word, "expected a number that is not below 0");
            }
            return millis;
        } catch (NumberFormatException e) {
            throw Arguments.invalid(option, word, "expected a number like 1.5");
        } catch (ArithmeticException e) {
            throw Arguments.invalid(option, word, "too large, or finer than thousandths of a processor");
        }
    }
}
