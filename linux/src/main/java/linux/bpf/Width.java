package linux.bpf;

/** How much a load or a store moves; what is narrower than a register is loaded without a sign. */
public enum Width {
    /** 8 bits. */
    BYTE(0x10),
    /** 16. */
    HALF(0x08),
    /** 32. */
    WORD(0x00),
    /** 64. */
    DOUBLE(0x18);

    private final int code;

    Width(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
