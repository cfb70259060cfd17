package linux.stub;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import linux.abi.Architecture;
import linux.program.EncodedProgram;

/**
 * A static ELF file made of the stub and one program: what a keeper executes.
 *
 * <p>Two segments ({@code elf(5)}, PT_LOAD): the headers and the code, readable and executable; the
 * program, readable and writable, at {@link StubCode#PROGRAM_ADDRESS}.
 */
public final class KeeperFile {
    private static final long CODE_ADDRESS = 0x1000_0000L;
    private static final int ELF_HEADER_BYTES = 64;
    private static final int PROGRAM_HEADER_BYTES = 56;
    private static final int SEGMENTS = 3;
    private static final int CODE_OFFSET = ELF_HEADER_BYTES + SEGMENTS * PROGRAM_HEADER_BYTES;
    private static final int PAGE_BYTES = 4096;
    private static final int PT_LOAD = 1;
    private static final int PT_GNU_STACK = 0x6474e551;
    private static final int READ_EXECUTE = 5;
    private static final int READ_WRITE = 6;

    private KeeperFile() {}

    /** The file's bytes; the program must have been encoded for {@link StubCode#PROGRAM_ADDRESS}. */
    public static byte[] of(Architecture architecture, EncodedProgram program) {
        return of(architecture, program, program.memoryBytes());
    }

    /**
     * As {@link #of(Architecture, EncodedProgram)}, with room for a larger program.
     *
     * @param memoryBytes of zeroed memory from {@link StubCode#PROGRAM_ADDRESS} on, the program included
     */
    public static byte[] of(Architecture architecture, EncodedProgram program, int memoryBytes) {
        byte[] code = StubCode.bytes(architecture);
        int codeEnd = CODE_OFFSET + code.length;
        int programOffset = (codeEnd + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
        ByteBuffer file = ByteBuffer.allocate(programOffset + program.bytes().length)
                .order(ByteOrder.LITTLE_ENDIAN);
        header(file, architecture);
        segment(file, PT_LOAD, READ_EXECUTE, 0, CODE_ADDRESS, codeEnd, codeEnd);
        segment(file, PT_LOAD, READ_WRITE, programOffset, StubCode.PROGRAM_ADDRESS,
                program.bytes().length, memoryBytes);
        segment(file, PT_GNU_STACK, READ_WRITE, 0, 0, 0, 0);
        file.put(code);
        file.put(programOffset, program.bytes());
        return file.array();
    }

    private static void header(ByteBuffer file, Architecture architecture) {
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        file.putShort((short) 2);
        file.putShort((short) architecture.elfMachine());
        file.putInt(1);
        file.putLong(CODE_ADDRESS + CODE_OFFSET);
        file.putLong(ELF_HEADER_BYTES);
        file.putLong(0);
        file.putInt(0);
        file.putShort((short) ELF_HEADER_BYTES);
        file.putShort((short) PROGRAM_HEADER_BYTES);
        file.putShort((short) SEGMENTS);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    }

    private static void segment(
            ByteBuffer file, int type, int flags, long offset, long address, long fileBytes, long bytes) {
        file.putInt(type).putInt(flags).putLong(offset).putLong(address).putLong(address);
        file.putLong(fileBytes).putLong(bytes).putLong(PAGE_BYTES);
    }
}
