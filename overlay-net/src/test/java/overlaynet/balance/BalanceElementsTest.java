package overlaynet.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import linux.netlink.Attributes;
import linux.netlink.NetlinkHeader;
import linux.netlink.NetlinkRequest;
import linux.netlink.NftablesMessages;
import org.junit.jupiter.api.Test;

class BalanceElementsTest {
    private static final int DELETE_ELEMENTS = 10 << 8 | 14;
    private static final int NFGENMSG_BYTES = 4;

    private static InetAddress address(int last) {
        return InetAddress.ofLiteral("10.0.0." + last);
    }

    private static VirtualPort port(int last, VirtualPort.Choice choice, int... endpoints) {
        return VirtualPort.any(address(last), choice, Arrays.stream(endpoints).mapToObj(BalanceElementsTest::address).toList());
    }

    private static List<VirtualPort> some(Random random) {
        List<VirtualPort> ports = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            if (random.nextInt(3) > 0) {
                ports.add(port(200 + i, VirtualPort.Choice.values()[random.nextInt(3)],
                        random.ints(random.nextInt(4), 1, 100).distinct().toArray()));
            }
        }
        if (random.nextBoolean()) {
            ports.add(VirtualPort.everywhere(true, VirtualPort.Protocol.TCP, 8_080, VirtualPort.Choice.RANDOM,
                    List.of(new Endpoint(address(1 + random.nextInt(3)), 80))));
        }
        return ports;
    }

    /** As the kernel does. */
    private static void apply(List<NetlinkRequest> requests, Map<String, String> elements) {
        for (NetlinkRequest each : requests) {
            byte[] payload = Arrays.copyOfRange(each.message(), NetlinkHeader.BYTES, each.message().length);
            String map = Attributes.read(payload, NFGENMSG_BYTES).text(2).orElseThrow();
            boolean deletes = NetlinkHeader.read(each.message(), 0).type() == DELETE_ELEMENTS;
            for (NftablesMessages.Element element : NftablesMessages.decode(payload)) {
                String key = map + " " + HexFormat.of().formatHex(element.key());
                String value = HexFormat.of().formatHex(element.value());
                String before = deletes ? elements.remove(key) : elements.putIfAbsent(key, value);
                assertTrue(deletes ? before != null : before == null || before.equals(value), each + ": " + key);
            }
        }
    }

    private static Map<String, String> made(List<VirtualPort> ports) {
        Map<String, String> elements = new TreeMap<>();
        apply(BalanceElements.change("t", List.of(), ports), elements);
        return elements;
    }

    @Test
    void whateverChangesTheElementsAreThoseOfWhatIsWanted() {
        Random random = new Random(20260301);
        List<VirtualPort> ports = List.of();
        Map<String, String> elements = new TreeMap<>();
        for (int step = 0; step < 200; step++) {
            List<VirtualPort> next = some(random);
            apply(BalanceElements.change("t", ports, next), elements);
            assertEquals(made(next), elements, "step " + step);
            ports = next;
        }
    }

    @Test
    void anAddressThatTwoServicesHadForAMomentIsThatOfTheOneThatStays() {
        VirtualPort goes = port(200, VirtualPort.Choice.RANDOM, 1, 2, 3);
        VirtualPort stays = port(200, VirtualPort.Choice.IN_TURN, 4);
        Map<String, String> elements = made(List.of(goes, stays));
        apply(BalanceElements.change("t", List.of(goes, stays), List.of(stays)), elements);
        assertEquals(made(List.of(stays)), elements);
    }

    @Test
    void ofWhatStaysNothingIsSent() {
        List<VirtualPort> before = List.of(port(200, VirtualPort.Choice.SOURCE, 1, 2), port(201, VirtualPort.Choice.RANDOM, 3));
        List<VirtualPort> after = List.of(before.getFirst(), port(201, VirtualPort.Choice.RANDOM, 3, 4));
        assertEquals(List.of("NFT_MSG_DELSETELEM inet t addresses4 of 1", "NFT_MSG_NEWSETELEM inet t any4 of 1",
                "NFT_MSG_NEWSETELEM inet t addresses4 of 1"), BalanceElements.change("t", before, after).stream()
                        .map(NetlinkRequest::symbolic).toList());
    }
}
