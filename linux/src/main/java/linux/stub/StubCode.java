package linux.stub;

import java.util.HexFormat;
import linux.abi.Architecture;

/**
 * The stub's machine code, as assembled from {@code linux/stub/stub-x86_64.s} and
 * {@code stub-aarch64.s} beside this class; a test holds the bytes against the assembler's.
 *
 * <p>Position-independent, two entries: at offset 0 for an ELF file whose program lies at
 * {@link #PROGRAM_ADDRESS}, and at {@link #runOffset} as a C function that takes the program's address.
 */
public final class StubCode {
    /** Where the program of an ELF file made of the stub lies. */
    public static final long PROGRAM_ADDRESS = 0x1010_0000L;

    private static final String X86_64 = """
            bf0000101053415441554989fd488b1f4989dc418b442404498b7c2410a80174
            03488b3f498b742418a8027403488b36498b542420a8047403488b124d8b5424
            28a80874034d8b124d8b442430a81074034d8b004d8b4c2438a82074034d8b09
            410fb60c24ffc90f8989000000498b4424080f054885c0750a418b4c245883f9
            ff7561498b4c24504885c974164889014889c60f3148c1e2204809c248895108
            4889f0498b4c24484885c97403488901483d01f0ffff7235418b4c244083f9ff
            742b418b54244401c2742241f6442401017411498b75084c89e24829daffc289
            460489164c8d240be926ffffff4983c460e91dffffff7416ffc9741dffc9741d
            ffc9741effc97422415d415c5bc3418b4c2440853774cdebd48937ebd0488937
            ebcb486307e94affffff89f8b90a00000031d2f7f180c23048ffce881685c075
            f04889f0e92bffffff
            """;

    private static final String AARCH64 = """
            0002a2d2f353bea9f50b00f9f30300aa140040f9f50314aaa90640b9a00641a9
            a20e42a9a41643a949000036000040f949000836210040f949001036420040f9
            49001836630040f949002036840040f949002836a50040f9a902403929040035
            a80640f9010000d4800000b5aa5a40b95f050031e1020054ab2a40f96b0000b4
            4ce03bd5603100a9ab2640f94b0000b4600100f91ffc3fb103020054aa4240b9
            5f050031a0010054ab4640b96b01002b40010054ab064039cb0000366c0640f9
            ab0214cb6b050011800500b98b0100b995020a8bd1ffff17b5820191cfffff17
            290500518901003429050051e901003429050051e901003429050051e9010034
            29050051e9010034f50b40f9f353c2a8c0035fd6aa4240b90b0040b97f01016a
            80fdff54edffff17010000b9ebffff17010000f9e9ffff17000080b9cbffff17
            4a0180520b08ca1a6c810a1b8cc100112cfc1f38e0030b2a60ffff35e00301aa
            c2ffff17
            """;

    private StubCode() {}

    /** The code for the architecture. */
    public static byte[] bytes(Architecture architecture) {
        String hex = switch (architecture) {
            case X86_64 -> X86_64;
            case AARCH64 -> AARCH64;
        };
        return HexFormat.of().parseHex(hex.replace("\n", ""));
    }

    /** Where the entry for {@code void run(const struct header *)} stands within the code. */
    public static int runOffset(Architecture architecture) {
        return switch (architecture) {
            case X86_64 -> 5;
            case AARCH64 -> 4;
        };
    }
}
