package cli.lab.plan;

import java.math.BigDecimal;

/**
 * What is wrong with the way from one virtual host to another. The way back is a fault of its own.
 */
public sealed interface Fault {
    /** The number of the host whose packets suffer. */
    int from();

    /** The number of the host they are for. */
    int to();

    /** Nothing arrives. */
    record Cut(int from, int to) implements Fault {}

    /**
     * Some packets do not arrive, each by a throw of the dice of its own.
     *
     * @param perTenThousand how many of ten thousand, from 1 to 10,000
     */
    record Loss(int from, int to, int perTenThousand) implements Fault {
        /** What {@link #perTenThousand} is a part of. */
        public static final int WHOLE = 10_000;

        /** @throws IllegalArgumentException if that is no part of ten thousand, or nothing */
        public Loss {
            if (perTenThousand < 1 || perTenThousand > WHOLE) {
                throw new IllegalArgumentException("a loss of " + perTenThousand + " in " + WHOLE);
            }
        }
    }

    /**
     * Packets arrive late.
     *
     * @param delayNanos how late, more than nothing
     */
    record Latency(int from, int to, long delayNanos) implements Fault {
        /** Longer than any protocol waits. */
        public static final long MOST_NANOS = 60_000_000_000L;

        /** @throws IllegalArgumentException if that is no delay, or too long a one */
        public Latency {
            if (delayNanos < 1 || delayNanos > MOST_NANOS) {
                throw new IllegalArgumentException("a latency of " + delayNanos + " ns");
            }
        }
    }

    /** Whether it is of the way from one to the other, in this direction. */
    default boolean isOf(int sender, int receiver) {
        return from() == sender && to() == receiver;
    }

    /** A few words for a list: {@code cut from node2}, seen from the host that does not receive. */
    default String seenByReceiver() {
        String sender = VirtualHost.SHORT_PREFIX + from();
        return switch (this) {
            case Cut _ -> "cut from " + sender;
            case Loss loss -> "loses " + percent(loss.perTenThousand()) + " from " + sender;
            case Latency latency -> BigDecimal.valueOf(latency.delayNanos(), 6).stripTrailingZeros().toPlainString()
                    + "ms late from " + sender;
        };
    }

    private static String percent(int perTenThousand) {
        int whole = perTenThousand / 100;
        int rest = perTenThousand % 100;
        return rest == 0 ? whole + "%" : whole + "." + (rest < 10 ? "0" : "") + rest + "%";
    }
}
