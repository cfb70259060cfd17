package overlaynet.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BalanceRulesTest {
    private static final InetAddress SERVICE = InetAddress.ofLiteral("10.1.255.1");

    private static VirtualPort port(VirtualPort.Choice choice, int... endpoints) {
        return new VirtualPort(SERVICE, VirtualPort.Protocol.TCP, 80, choice, IntStream.of(endpoints).mapToObj(number ->
                new Endpoint(InetAddress.ofLiteral("10.1.1." + number), 8080)).toList());
    }

    @Test
    void aPortIsOneChainAndOneElement() {
        assertEquals("""
                add chain inet jctl_balance s_10_1_255_1_tcp_80
                add rule inet jctl_balance s_10_1_255_1_tcp_80 meta l4proto tcp dnat ip to numgen random mod 2 map \
                { 0 : 10.1.1.2 . 8080, 1 : 10.1.1.3 . 8080 }
                add element inet jctl_balance services4 { 10.1.255.1 . tcp . 80 : goto s_10_1_255_1_tcp_80 }
                """, BalanceRules.add(port(VirtualPort.Choice.RANDOM, 2, 3)));
    }

    @Test
    void whatIsAsItWasNeedsNothing() {
        assertEquals("", BalanceRules.change(port(VirtualPort.Choice.SOURCE, 2, 3), port(VirtualPort.Choice.SOURCE, 2, 3)));
    }

    @Test
    void aRingsChangeIsItsSlotsAlone() {
        String text = BalanceRules.change(port(VirtualPort.Choice.SOURCE, 2, 3, 4), port(VirtualPort.Choice.SOURCE, 2, 3));
        assertEquals(2, text.lines().count());
        assertTrue(text.lines().allMatch(line -> line.contains("element inet jctl_balance r_10_1_255_1_tcp_80")), text);
        assertTrue(text.split(" : ").length < Ring.SLOTS / 2, "about a third of the slots");
        assertFalse(text.contains("10.1.1.4"), "nobody is sent to who left");
    }

    @Test
    void anothersPortIsNoChangeOfThis() {
        VirtualPort other = new VirtualPort(SERVICE, VirtualPort.Protocol.UDP, 80, VirtualPort.Choice.RANDOM, List.of());
        assertThrows(IllegalArgumentException.class, () -> BalanceRules.change(port(VirtualPort.Choice.RANDOM, 2), other));
    }

    @Test
    void endpointsOfTheOtherFamilyAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new VirtualPort(SERVICE, VirtualPort.Protocol.TCP, 80,
                VirtualPort.Choice.RANDOM, List.of(new Endpoint(InetAddress.ofLiteral("fd00::1"), 80))));
    }

    @Test
    void ownAddressesComeAndGo() {
        assertEquals("delete element inet jctl_balance own4 { 10.1.1.2 . 10.1.1.2 }\n"
                + "add element inet jctl_balance own6 { fd00:0:0:0:0:0:0:1 . fd00:0:0:0:0:0:0:1 }\n",
                BalanceRules.changeLocal(List.of(InetAddress.ofLiteral("10.1.1.2")),
                        List.of(InetAddress.ofLiteral("fd00::1"))));
    }
}
