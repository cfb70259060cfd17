package linux.abi;

/** The processor architectures this project speaks the system call interface of. */
public enum Architecture {
    X86_64("x86_64", "amd64", 0xC000003E, 62),
    AARCH64("aarch64", "arm64", 0xC00000B7, 183);

    private final String linuxName;
    private final String imageName;
    private final int auditNumber;
    private final int elfMachine;

    Architecture(String linuxName, String imageName, int auditNumber, int elfMachine) {
        this.linuxName = linuxName;
        this.imageName = imageName;
        this.auditNumber = auditNumber;
        this.elfMachine = elfMachine;
    }

    /** The name {@code uname -m} prints. */
    public String linuxName() {
        return linuxName;
    }

    /** The name OCI images use: {@code amd64}, {@code arm64} (OCI image-spec config.md, architecture). */
    public String imageName() {
        return imageName;
    }

    /** {@code AUDIT_ARCH_*} of {@code linux/audit.h}, what a seccomp filter compares with. */
    public int auditNumber() {
        return auditNumber;
    }

    /** {@code e_machine} of an ELF header ({@code elf(5)}). */
    public int elfMachine() {
        return elfMachine;
    }

    /**
     * The architecture of a JVM's {@code os.arch} property.
     *
     * @throws IllegalArgumentException for any but {@code amd64} and {@code aarch64}
     */
    public static Architecture ofJvm(String osArch) {
        return switch (osArch) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default -> throw new IllegalArgumentException(
                    "jctl runs on amd64 and aarch64, not on " + osArch);
        };
    }
}
