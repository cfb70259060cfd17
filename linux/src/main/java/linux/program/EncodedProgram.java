package linux.program;

import java.util.Map;

/**
 * A program as bytes that are right at one address only.
 *
 * @param bytes           header, steps, data and slots, in that order
 * @param memoryBytes     how much memory the program needs from its address on, at least
 *                        {@code bytes.length}: large buffers at the end are not part of the bytes
 * @param indexes         the index in the instruction list of each encoded step, in order;
 *                        {@link #NO_INSTRUCTION} for those of a prologue
 * @param slotAddresses   where each slot lies
 */
public record EncodedProgram(
        byte[] bytes,
        int memoryBytes,
        int[] indexes,
        Map<String, Long> slotAddresses) {
    /** No instruction of the list. */
    public static final int NO_INSTRUCTION = -1;

    /**
     * The instruction of a step.
     *
     * @param offsetBytes of the step, as a failure reports it
     * @return its index in the instruction list, or {@link #NO_INSTRUCTION}
     */
    public int instructionAt(int offsetBytes) {
        int step = offsetBytes / Encoder.STEP_BYTES;
        return offsetBytes < 0 || step >= indexes.length ? NO_INSTRUCTION : indexes[step];
    }
}
