package linux.bpf;

/** What programs may call in the kernel ({@code bpf-helpers(7)}). */
public enum KernelFunction {
    /** R1 map, R2 key → where its value is, or 0. */
    MAP_LOOKUP_ELEMENT(1),
    /** R1 map, R2 key, R3 value, R4 flags. */
    MAP_UPDATE_ELEMENT(2),
    /** R1 map, R2 key. */
    MAP_DELETE_ELEMENT(3),
    /** → 32 bits by chance. */
    GET_PRANDOM_U32(7),
    /** R1 index of a link, R2 flags → what the program is to answer, for the packet to be sent by that link. */
    REDIRECT(23),
    /** R1 packet, R2 whom it is for: 0 = its host; the kernel had told that by the hardware address it came with. */
    CHANGE_TYPE(32),
    /** R1 packet, R2 how many bytes of it are to lie where programs can read them; its pointers are to be loaded anew. */
    PULL_DATA(39),
    /** R1 index of a virtual cable's end, R2 0 → the same as REDIRECT, for the packet to come out of the other end (5.10). */
    REDIRECT_PEER(155),
    /** → nanoseconds since the machine began, of the last tick (5.11). */
    CLOCK_COARSE_NANOS(160);

    private final int number;

    KernelFunction(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
