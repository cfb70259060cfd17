package linux.program;

import java.util.Map;

/**
 * A program as bytes that are right at one address only.
 *
 * @param bytes           header, steps, data and slots, in that order
 * @param memoryBytes     how much memory the program needs from its address on, at least
 *                        {@code bytes.length}: large buffers at the end are not part of the bytes
 * @param stepOfOffset    the byte offset of each encoded step, as a failure reports it, to its index
 *                        in the instruction list
 * @param slotAddresses   where each slot lies
 */
public record EncodedProgram(
        byte[] bytes,
        int memoryBytes,
        Map<Integer, Integer> stepOfOffset,
        Map<String, Long> slotAddresses) {}
