package clusterd.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
    public enum Colour { RED, GREEN }

    public record Name(String value) implements Comparable<Name> {
        public Name {
            if (value.length() > 5) {
                throw new IllegalArgumentException("\"" + value + "\" is longer than 5");
            }
        }

        @Override
        public int compareTo(Name other) {
            return value.compareTo(other.value);
        }
    }

    public sealed interface Shape {
        record Circle(double radius) implements Shape {
        }

        record Box(int width, int height) implements Shape {
        }

        record Nothing() implements Shape {
        }
    }

    public record Everything(int small, long large, boolean yes, double real, String text, Colour colour,
            Name name, Shape shape, Optional<Name> maybe, OptionalInt number, OptionalLong moment,
            List<Shape> shapes, SortedSet<Name> names, SortedMap<Name, Long> amounts,
            SortedMap<Long, Shape> drawn) {
    }

    public record Older(int small, long large) {
    }

    private static final RecordCodec<Everything> CODEC = RecordCodec.of(Everything.class);

    private static Everything any(Random random) {
        List<Shape> shapes = random.ints(random.nextInt(4), 0, 3).mapToObj(each -> shape(random)).toList();
        TreeSet<Name> names = new TreeSet<>();
        TreeMap<Name, Long> amounts = new TreeMap<>();
        TreeMap<Long, Shape> drawn = new TreeMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            names.add(name(random));
            amounts.put(name(random), random.nextLong());
            drawn.put((long) random.nextInt(3), shape(random));
        }
        return new Everything(random.nextInt(3) - 1, random.nextLong(), random.nextBoolean(),
                random.nextGaussian(), name(random).value(), Colour.values()[random.nextInt(2)], name(random),
                shape(random), random.nextBoolean() ? Optional.of(name(random)) : Optional.empty(),
                random.nextBoolean() ? OptionalInt.of(random.nextInt(2)) : OptionalInt.empty(),
                random.nextBoolean() ? OptionalLong.of(0) : OptionalLong.empty(), shapes, names, amounts, drawn);
    }

    private static Name name(Random random) {
        return new Name("äöü€x".substring(0, random.nextInt(6)));
    }

    private static Shape shape(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> new Shape.Circle(random.nextInt(2));
            case 1 -> new Shape.Box(random.nextInt(2), -5);
            default -> new Shape.Nothing();
        };
    }

    @Test
    void whatIsWrittenIsReadBackAndEqualValuesHaveEqualBytes() throws Exception {
        for (int seed = 0; seed < 2000; seed++) {
            Everything value = any(new Random(seed));
            byte[] bytes = CODEC.encode(value);
            assertEquals(value, CODEC.decode(bytes), "seed " + seed);
            assertArrayEquals(bytes, CODEC.encode(CODEC.decode(bytes)), "seed " + seed);
        }
    }

    @Test
    void damagedBytesAreRefusedOrReadAsSomething() {
        int refused = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = CODEC.encode(any(random));
            if (random.nextBoolean()) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
            }
            for (int i = random.nextInt(3); i > 0 && bytes.length > 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                CODEC.decode(bytes);
            } catch (MalformedRecordException expected) {
                refused++;
            }
        }
        assertTrue(refused > 5000, refused + " were refused");
    }

    @Test
    void anOlderVersionSkipsWhatItDoesNotKnowAndALaterOneFindsNothing() throws Exception {
        Everything value = any(new Random(1));
        assertEquals(new Older(value.small(), value.large()),
                RecordCodec.of(Older.class).decode(CODEC.encode(value)));
        MalformedRecordException refused = assertThrows(MalformedRecordException.class,
                () -> CODEC.decode(RecordCodec.of(Older.class).encode(new Older(3, 4))));
        assertEquals("no Shape in these bytes: it is nothing this version knows", refused.getMessage());
    }

    @Test
    void whatARecordRefusesIsSaid() {
        byte[] bytes = {0x3a, 6, 'l', 'o', 'n', 'g', 'e', 'r'};
        MalformedRecordException refused =
                assertThrows(MalformedRecordException.class, () -> CODEC.decode(bytes));
        assertEquals("no Everything in these bytes: \"longer\" is longer than 5", refused.getMessage());
    }

    @Test
    void theSchemaReadsAsOneOfProtobuf() {
        assertEquals("""
                message RecordCodecTestShape {
                  oneof is {
                    double circle = 1;
                    RecordCodecTestShapeBox box = 2;
                    RecordCodecTestShapeNothing nothing = 3;
                  }
                }
                """, part(CODEC.schema(), "message RecordCodecTestShape {"), CODEC.schema());
        assertTrue(CODEC.schema().contains("map<string, int64> amounts = 14;"), CODEC.schema());
    }

    private static String part(String schema, String from) {
        int start = Math.max(schema.indexOf(from), 0);
        return schema.substring(start, schema.indexOf("\n}\n", start) + 3);
    }
}
