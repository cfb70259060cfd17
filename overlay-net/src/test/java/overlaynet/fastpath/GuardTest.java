package overlaynet.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Optional;
import linux.bpf.Assembler;
import org.junit.jupiter.api.Test;

/** What the programs read at fixed places. */
class GuardTest {
    private static String hexadecimal(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void numbersAreTheMachinesAndAddressesThePackets() {
        Guard guard = new Guard(0x0102, InetAddress.ofLiteral("10.201.0.1"), InetAddress.ofLiteral("10.201.0.2"), Optional.of(InetAddress.ofLiteral("fd00:201::2")), 1450);
        assertEquals("02010000" + "0ac90002" + "aa050000" + "01000000" + "fd000201000000000000000000000002" + "0ac90001" + "00000000",
                hexadecimal(guard.value()));
        assertEquals("78563412", hexadecimal(Guard.key(0x12345678)));
    }

    @Test
    void oneWithoutIpv6SaysSo() {
        Guard guard = new Guard(7, InetAddress.ofLiteral("10.201.0.1"), InetAddress.ofLiteral("10.201.0.2"), Optional.empty(), 1450);
        assertEquals("07000000" + "0ac90002" + "aa050000" + "00000000".repeat(5) + "0ac90001" + "00000000", hexadecimal(guard.value()));
    }

    @Test
    void aProgramIsWithinWhatAnyKernelTakes() {
        FastPathPrograms programs = new FastPathPrograms(1, 2, 3, 4);
        for (byte[] each : new byte[][] {programs.fromContainer(), programs.toContainer(), programs.fromNodes(), programs.toNodes()}) {
            // BPF_MAXINSNS, which those had to keep to before Linux 5.2.
            assertEquals(0, each.length / Assembler.INSTRUCTION_BYTES / 4_096);
        }
    }
}
