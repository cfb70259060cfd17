package runtime.launch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import runtime.plan.LaunchPlan;

/**
 * The bytes of a program and where in them stands what only this container has: its id, its range of user
 * ids, its addresses. With another container's written over it, it is that one's program.
 *
 * <p>A template is never believed on its word: it exists only where, of two programs that were both
 * encoded from a plan, writing the second's values into the first gave the second, byte for byte. Values
 * the two had in common prove nothing, so they must be the same in every program made from it.
 */
final class ProgramTemplate {
    private final KeeperProgram first;
    private final List<byte[]> values;
    private final boolean[] varies;
    private final int[][] places;

    private ProgramTemplate(KeeperProgram first, List<byte[]> values, boolean[] varies, int[][] places) {
        this.first = first;
        this.values = values;
        this.varies = varies;
        this.places = places;
    }

    /**
     * A template from two programs of the same shape.
     *
     * @param values       the first's own, in the order of the second's; longer ones are looked for first
     * @param secondValues the second's
     * @return empty if the programs differ in more than those
     */
    static Optional<ProgramTemplate> proven(KeeperProgram first, List<byte[]> values,
            KeeperProgram second, List<byte[]> secondValues) {
        boolean[] varies = new boolean[values.size()];
        for (int i = 0; i < varies.length; i++) {
            varies[i] = !Arrays.equals(values.get(i), secondValues.get(i));
        }
        ProgramTemplate template = new ProgramTemplate(first, values, varies,
                places(first.encoded().bytes(), values));
        return template.fits(secondValues)
                && first.encoded().memoryBytes() == second.encoded().memoryBytes()
                && Arrays.equals(first.encoded().indexes(), second.encoded().indexes())
                && Arrays.equals(template.bytes(secondValues), second.encoded().bytes())
                ? Optional.of(template) : Optional.empty();
    }

    /** Where each value stands; no two overlap. */
    private static int[][] places(byte[] bytes, List<byte[]> values) {
        boolean[] taken = new boolean[bytes.length];
        int[][] places = new int[values.size()][];
        List<Integer> longestFirst = IntStream.range(0, values.size()).boxed()
                .sorted(Comparator.comparing((Integer i) -> values.get(i).length).reversed()).toList();
        for (int index : longestFirst) {
            byte[] value = values.get(index);
            List<Integer> found = new ArrayList<>();
            for (int at = 0; at + value.length <= bytes.length; at++) {
                if (bytes[at] == value[0] && !taken[at] && !taken[at + value.length - 1]
                        && Arrays.equals(bytes, at, at + value.length, value, 0, value.length)) {
                    Arrays.fill(taken, at, at + value.length, true);
                    found.add(at);
                }
            }
            places[index] = found.stream().mapToInt(Integer::intValue).toArray();
        }
        return places;
    }

    /** Whether a program of these values can be made. */
    boolean fits(List<byte[]> wanted) {
        if (wanted.size() != values.size()) {
            return false;
        }
        for (int i = 0; i < varies.length; i++) {
            if (varies[i] ? wanted.get(i).length != values.get(i).length
                    : !Arrays.equals(wanted.get(i), values.get(i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The program of values that fit.
     *
     * @param again makes the plan it is the program of
     */
    KeeperProgram program(List<byte[]> wanted, LaunchPlan.IdRange idMapping,
            Callable<LaunchPlan> again) {
        return first.with(bytes(wanted), idMapping, again);
    }

    private byte[] bytes(List<byte[]> wanted) {
        byte[] bytes = first.encoded().bytes().clone();
        for (int i = 0; i < varies.length; i++) {
            if (varies[i]) {
                byte[] value = wanted.get(i);
                for (int place : places[i]) {
                    System.arraycopy(value, 0, bytes, place, value.length);
                }
            }
        }
        return bytes;
    }
}
