package overlaynet.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import linux.netlink.NetlinkRequest;
import org.junit.jupiter.api.Test;

class BalanceRulesTest {
    private static VirtualPort port(int port, VirtualPort.Choice choice, int... endpoints) {
        return new VirtualPort(InetAddress.ofLiteral("10.1.255.1"), VirtualPort.Protocol.TCP, port, choice,
                IntStream.of(endpoints).mapToObj(number -> new Endpoint(InetAddress.ofLiteral("10.1.1." + number), 8080))
                        .toList());
    }

    private static List<String> change(List<VirtualPort> before, List<VirtualPort> after) {
        return BalanceElements.change("jctl_balance", before, after).stream().map(NetlinkRequest::symbolic).toList();
    }

    @Test
    void aPortIsOneElementAndOneForEachEndpoint() {
        assertEquals(List.of("NFT_MSG_NEWSETELEM inet jctl_balance tcp4 of 2",
                "NFT_MSG_NEWSETELEM inet jctl_balance services4 of 1"),
                change(List.of(), List.of(port(80, VirtualPort.Choice.RANDOM, 2, 3))));
    }

    @Test
    void whatIsAsItWasNeedsNothing() {
        List<VirtualPort> ports = List.of(port(80, VirtualPort.Choice.SOURCE, 2, 3), port(81, VirtualPort.Choice.RANDOM));
        assertEquals(List.of(), change(ports, new ArrayList<>(ports)));
    }

    @Test
    void aChangeTouchesOneServiceAlone() {
        VirtualPort other = port(81, VirtualPort.Choice.RANDOM, 5, 6);
        assertEquals(List.of("NFT_MSG_DELSETELEM inet jctl_balance tcp4 of 1",
                "NFT_MSG_NEWSETELEM inet jctl_balance tcp4 of 1"),
                change(List.of(other, port(80, VirtualPort.Choice.RANDOM, 2, 3)),
                        List.of(other, port(80, VirtualPort.Choice.RANDOM, 2, 4))));
    }

    @Test
    void fewerEndpointsNeedAnotherChain() {
        assertEquals(List.of("NFT_MSG_DELSETELEM inet jctl_balance services4 of 1",
                "NFT_MSG_DELSETELEM inet jctl_balance tcp4 of 1",
                "NFT_MSG_NEWSETELEM inet jctl_balance services4 of 1"),
                change(List.of(port(80, VirtualPort.Choice.RANDOM, 2, 3)), List.of(port(80, VirtualPort.Choice.RANDOM, 2))));
    }

    @Test
    void aRingsChangeIsItsSlotsAlone() {
        List<String> requests = change(List.of(port(80, VirtualPort.Choice.SOURCE, 2, 3, 4)),
                List.of(port(80, VirtualPort.Choice.SOURCE, 2, 3)));
        assertEquals(2, requests.size(), "the service leads where it did");
        assertTrue(Integer.parseInt(requests.getFirst().replaceFirst(".* of ", "")) < Ring.SLOTS / 2, requests.toString());
    }

    @Test
    void endpointsOfTheOtherFamilyAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new VirtualPort(InetAddress.ofLiteral("10.1.255.1"),
                VirtualPort.Protocol.TCP, 80, VirtualPort.Choice.RANDOM,
                List.of(new Endpoint(InetAddress.ofLiteral("fd00::1"), 80))));
    }

    @Test
    void ownAddressesComeAndGo() {
        assertEquals(List.of("NFT_MSG_DELSETELEM inet jctl_balance own4 of 1", "NFT_MSG_NEWSETELEM inet jctl_balance own6 of 1"),
                BalanceElements.changeLocal("jctl_balance", List.of(InetAddress.ofLiteral("10.1.1.2")),
                        List.of(InetAddress.ofLiteral("fd00::1"))).stream().map(NetlinkRequest::symbolic).toList());
    }
}
