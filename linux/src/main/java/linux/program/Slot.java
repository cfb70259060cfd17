package linux.program;

/**
 * A named piece of memory that steps write and read while the program runs.
 *
 * @param name      what it holds, for example {@code "master"}; unique within a program
 * @param sizeBytes how large it is; 8 for a file descriptor or any other result
 * @param place     where it lies
 */
public record Slot(String name, int sizeBytes, Place place) {

    /** Where a slot lies. */
    public sealed interface Place {
        /** In the program's own memory. */
        record Private() implements Place {}

        /**
         * In memory shared with whoever started the program.
         *
         * @param offsetBytes from the start of the shared memory
         */
        record Shared(int offsetBytes) implements Place {}
    }

    public Slot {
        if (sizeBytes <= 0) {
            throw new IllegalArgumentException("slot " + name + " has size " + sizeBytes);
        }
    }

    /** A slot for one system call's result, in the program's own memory. */
    public static Slot result(String name) {
        return new Slot(name, Long.BYTES, new Place.Private());
    }

    /** A buffer in the program's own memory. */
    public static Slot buffer(String name, int sizeBytes) {
        return new Slot(name, sizeBytes, new Place.Private());
    }

    /** A slot at a fixed offset of the shared memory. */
    public static Slot shared(String name, int offsetBytes, int sizeBytes) {
        return new Slot(name, sizeBytes, new Place.Shared(offsetBytes));
    }
}
