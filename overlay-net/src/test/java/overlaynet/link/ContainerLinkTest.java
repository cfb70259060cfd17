package overlaynet.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import linux.netlink.NetlinkRequest;
import org.junit.jupiter.api.Test;
import overlaynet.ipam.Subnet;

/** What a container's end of the cable is told. */
class ContainerLinkTest {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("10.9.3.2");
    private static final InetAddress ADDRESS6 = InetAddress.ofLiteral("fd00:9:0:3::2");

    private static List<String> container(Bridge bridge, boolean way) {
        return new ContainerLink(bridge, "jv0", ADDRESS, bridge.ipv6().map(any -> ADDRESS6), 0, way).containerSide()
                .stream().map(NetlinkRequest::symbolic).toList();
    }

    @Test
    void inASharedNetworkItHasNoNeighboursAndGoesByTheBridge() {
        assertEquals(List.of("RTM_NEWADDR 10.9.3.2/32 dev 1000", "RTM_NEWLINK index 1000 up",
                "RTM_NEWROUTE 10.9.3.1/32 dev 1000", "RTM_NEWROUTE 10.9.0.0/16 via 10.9.3.1 dev 1000",
                "RTM_NEWROUTE default via 10.9.3.1 dev 1000"), container(ForwardRulesTest.shared(false, false), true));
    }

    @Test
    void inASharedNetworkOfBothFamiliesItHasNoNeighboursOfEither() {
        assertEquals(List.of("RTM_NEWADDR 10.9.3.2/32 dev 1000", "RTM_NEWLINK index 1000 up",
                "RTM_NEWADDR fd00:9:0:3:0:0:0:2/128 dev 1000", "RTM_NEWROUTE 10.9.3.1/32 dev 1000",
                "RTM_NEWROUTE 10.9.0.0/16 via 10.9.3.1 dev 1000", "RTM_NEWROUTE fd00:9:0:3:0:0:0:1/128 dev 1000",
                "RTM_NEWROUTE fd00:9:0:0:0:0:0:0/48 via fd00:9:0:3:0:0:0:1 dev 1000",
                "RTM_NEWROUTE default via 10.9.3.1 dev 1000", "RTM_NEWROUTE default via fd00:9:0:3:0:0:0:1 dev 1000"),
                container(ForwardRulesTest.shared(false, true), true));
    }

    @Test
    void aNetworkThatIsNoWayToElsewhereIsReachedAsAWholeAllTheSame() {
        List<String> within = List.of("RTM_NEWROUTE 10.9.3.1/32 dev 1000", "RTM_NEWROUTE 10.9.0.0/16 via 10.9.3.1 dev 1000");
        for (List<String> each : List.of(container(ForwardRulesTest.shared(true, false), true),
                container(ForwardRulesTest.shared(false, false), false))) {
            assertEquals(within, each.stream().filter(message -> message.startsWith("RTM_NEWROUTE")).toList());
        }
    }

    @Test
    void onABridgeOfThisHostItHasItsNeighbours() {
        Bridge bridge = new Bridge("web0", 7, Subnet.parse("10.9.3.0/24"), InetAddress.ofLiteral("10.9.3.1"),
                Optional.of(new Bridge.Ipv6(Subnet.parse("fd00:9:0:3::/64"), InetAddress.ofLiteral("fd00:9:0:3::1"))), false,
                1500);
        List<String> messages = container(bridge, true);
        assertTrue(messages.containsAll(List.of("RTM_NEWADDR 10.9.3.2/24 dev 1000",
                "RTM_NEWADDR fd00:9:0:3:0:0:0:2/64 dev 1000")), messages.toString());
        assertEquals(List.of("RTM_NEWROUTE default via 10.9.3.1 dev 1000",
                "RTM_NEWROUTE default via fd00:9:0:3:0:0:0:1 dev 1000"),
                messages.stream().filter(each -> each.startsWith("RTM_NEWROUTE")).toList());
    }
}
