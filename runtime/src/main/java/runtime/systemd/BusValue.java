package runtime.systemd;

import java.util.List;

/** A value as D-Bus names its type (D-Bus specification, type system). */
public sealed interface BusValue {
    /** The type's code. */
    String signature();

    /** {@code s} */
    record Text(String value) implements BusValue {
        @Override
        public String signature() {
            return "s";
        }
    }

    /** {@code b} */
    record Truth(boolean value) implements BusValue {
        @Override
        public String signature() {
            return "b";
        }
    }

    /** {@code i} */
    record Signed32(int value) implements BusValue {
        @Override
        public String signature() {
            return "i";
        }
    }

    /** {@code u} */
    record Unsigned32(int value) implements BusValue {
        @Override
        public String signature() {
            return "u";
        }
    }

    /** {@code t} */
    record Unsigned64(long value) implements BusValue {
        @Override
        public String signature() {
            return "t";
        }
    }

    /** {@code au} */
    record Numbers(List<Integer> values) implements BusValue {
        public Numbers {
            values = List.copyOf(values);
        }

        @Override
        public String signature() {
            return "au";
        }
    }
}
