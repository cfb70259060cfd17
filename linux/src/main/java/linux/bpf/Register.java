package linux.bpf;

/**
 * A register of the virtual machine, 64 bits wide ({@code instruction-set.rst} of the kernel's documentation). A call takes its
 * arguments in R1 to R5, leaves those undefined, and answers in R0, where a program's own result is, too. A program begins with
 * its context in R1.
 */
public enum Register {
    /** What a call answered, or the program. */
    R0,
    /** A call's first argument; at the beginning the program's. */
    R1,
    /** A call's second. */
    R2,
    /** A call's third. */
    R3,
    /** A call's fourth. */
    R4,
    /** A call's fifth. */
    R5,
    /** Kept by calls, as the next three. */
    R6,
    /** Kept by calls. */
    R7,
    /** Kept by calls. */
    R8,
    /** Kept by calls. */
    R9,
    /** The end of the program's own 512 bytes of memory; cannot be changed. */
    R10
}
