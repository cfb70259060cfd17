package linux.syscall;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import linux.abi.Errno;
import linux.abi.SystemCall;

/**
 * Maps and programs of the kernel's virtual machine ({@code bpf(2)}). Both are descriptors, to be closed by
 * {@link Descriptors#close}; the kernel keeps them for as long as something of its own, as a filter, refers to them.
 */
public final class BpfObjects {
    private static final int BPF_MAP_CREATE = 0;
    private static final int BPF_MAP_LOOKUP_ELEM = 1;
    private static final int BPF_MAP_UPDATE_ELEM = 2;
    private static final int BPF_MAP_DELETE_ELEM = 3;
    private static final int BPF_PROG_LOAD = 5;
    private static final int BPF_PROG_TYPE_SCHED_CLS = 3;
    private static final int NAME_BYTES = 16;
    private static final int ATTRIBUTE_BYTES = 72;
    private static final int ELEMENT_BYTES = 32;
    private static final int MAP_NAME_OFFSET = 28;
    private static final int PROGRAM_NAME_OFFSET = 48;
    private static final int INSTRUCTION_BYTES = 8;
    private static final int LOG_BYTES = 1 << 20;

    /** What kind of a map: how it finds elements, and whether it forgets. */
    public enum MapKind {
        /** Elements by any key. */
        HASH(1),
        /** Elements by number, for each processor apart. */
        PER_PROCESSOR_ARRAY(6),
        /** Elements by any key; one that was long not asked for goes when there is no room. */
        FORGETFUL_HASH(9);

        private final int number;

        MapKind(int number) {
            this.number = number;
        }
    }

    private BpfObjects() {}

    /**
     * A new map.
     *
     * @param name for people who list maps ({@code bpftool map}): at most 15 letters, digits and underscores
     */
    public static int createMap(MapKind kind, String name, int keyBytes, int valueBytes, int mostElements) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.setAtIndex(ValueLayout.JAVA_INT, 0, kind.number);
            attributes.setAtIndex(ValueLayout.JAVA_INT, 1, keyBytes);
            attributes.setAtIndex(ValueLayout.JAVA_INT, 2, valueBytes);
            attributes.setAtIndex(ValueLayout.JAVA_INT, 3, mostElements);
            name(attributes, MAP_NAME_OFFSET, name);
            return (int) call(BPF_MAP_CREATE, "BPF_MAP_CREATE, " + kind + " " + name + " of " + mostElements, attributes);
        }
    }

    /**
     * Checks a program that looks at packets of links, and makes it ready to run.
     *
     * @param name    as for maps
     * @param license that of the program, as {@code Apache-2.0}
     * @throws SystemCallException if the kernel refuses it; says what its verifier said last
     */
    public static int loadClassifier(String name, byte[] instructions, String license) throws SystemCallException {
        try {
            return load(name, instructions, license, 0);
        } catch (SystemCallException refused) {
            if (refused.is(Errno.EPERM) || refused.is(Errno.ENOSYS)) {
                throw refused;
            }
            return load(name, instructions, license, LOG_BYTES); // once more, for its words
        }
    }

    private static int load(String name, byte[] instructions, String license, int logBytes) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(instructions.length, Long.BYTES);
            MemorySegment.copy(instructions, 0, code, ValueLayout.JAVA_BYTE, 0, instructions.length);
            MemorySegment log = arena.allocate(Math.max(logBytes, 1));
            MemorySegment attributes = arena.allocate(ATTRIBUTE_BYTES, Long.BYTES);
            attributes.setAtIndex(ValueLayout.JAVA_INT, 0, BPF_PROG_TYPE_SCHED_CLS);
            attributes.setAtIndex(ValueLayout.JAVA_INT, 1, instructions.length / INSTRUCTION_BYTES);
            attributes.set(ValueLayout.JAVA_LONG, 8, code.address());
            attributes.set(ValueLayout.JAVA_LONG, 16, arena.allocateFrom(license, StandardCharsets.US_ASCII).address());
            if (logBytes > 0) {
                attributes.setAtIndex(ValueLayout.JAVA_INT, 6, 1);
                attributes.setAtIndex(ValueLayout.JAVA_INT, 7, logBytes);
                attributes.set(ValueLayout.JAVA_LONG, 32, log.address());
            }
            name(attributes, PROGRAM_NAME_OFFSET, name);
            String told = "BPF_PROG_LOAD, BPF_PROG_TYPE_SCHED_CLS " + name;
            long result = Kernel.call(SystemCall.BPF, BPF_PROG_LOAD, attributes.address(), ATTRIBUTE_BYTES);
            if (result < 0) {
                throw new SystemCallException("bpf", told + last(logBytes > 0 ? log.getString(0) : ""), (int) -result);
            }
            return (int) result;
        }
    }

    /** What decides is said before the verifier's figures. */
    private static String last(String log) {
        String[] lines = log.strip().split("\n");
        int line = lines.length - 1;
        while (line > 0 && (lines[line].startsWith("processed ") || lines[line].isBlank())) {
            line--;
        }
        return lines[line].isBlank() ? "" : ": " + lines[line].strip();
    }

    /** Gives a map an element, in place of one of the same key. */
    public static void update(int map, byte[] key, byte[] value) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            call(BPF_MAP_UPDATE_ELEM, "BPF_MAP_UPDATE_ELEM", element(arena, map, key, copy(arena, value)));
        }
    }

    /** Takes an element from a map; false if it has none of that key. */
    public static boolean delete(int map, byte[] key) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            call(BPF_MAP_DELETE_ELEM, "BPF_MAP_DELETE_ELEM", element(arena, map, key, MemorySegment.NULL));
            return true;
        } catch (SystemCallException refused) {
            if (refused.is(Errno.ENOENT)) {
                return false;
            }
            throw refused;
        }
    }

    /**
     * An element of a map.
     *
     * @param valueBytes of one, and of a map that has them for each processor, of all possible ones together
     */
    public static byte[] lookup(int map, byte[] key, int valueBytes) throws SystemCallException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(valueBytes, Long.BYTES);
            call(BPF_MAP_LOOKUP_ELEM, "BPF_MAP_LOOKUP_ELEM", element(arena, map, key, value));
            return value.toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static MemorySegment element(Arena arena, int map, byte[] key, MemorySegment value) {
        MemorySegment attributes = arena.allocate(ELEMENT_BYTES, Long.BYTES);
        attributes.setAtIndex(ValueLayout.JAVA_INT, 0, map);
        attributes.set(ValueLayout.JAVA_LONG, 8, copy(arena, key).address());
        attributes.set(ValueLayout.JAVA_LONG, 16, value.address());
        return attributes;
    }

    private static MemorySegment copy(Arena arena, byte[] bytes) {
        MemorySegment memory = arena.allocate(bytes.length, Long.BYTES);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return memory;
    }

    private static void name(MemorySegment attributes, int offset, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length >= NAME_BYTES) {
            throw new IllegalArgumentException("the name " + name + " has more than " + (NAME_BYTES - 1) + " letters");
        }
        MemorySegment.copy(bytes, 0, attributes, ValueLayout.JAVA_BYTE, offset, bytes.length);
    }

    private static long call(int command, String told, MemorySegment attributes) throws SystemCallException {
        return Kernel.check(SystemCall.BPF, told, command, attributes.address(), attributes.byteSize());
    }
}
