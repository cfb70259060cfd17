package overlaynet.overlay;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import overlaynet.balance.Endpoint;
import overlaynet.balance.VirtualPort;
import overlaynet.ipam.Subnet;

class WantedServiceTest {
    private static final InetAddress VIRTUAL = InetAddress.ofLiteral("10.1.192.1");
    private static final List<Subnet> BLOCK = List.of(Subnet.parse("10.1.3.0/24"));

    private static WantedTask task(String address, boolean leaving) {
        return new WantedTask("1", List.of(InetAddress.ofLiteral(address)), leaving);
    }

    private static List<String> reached(boolean preferLocal, WantedTask... tasks) {
        WantedService service = new WantedService("web", List.of(), List.of(VIRTUAL), VirtualPort.Choice.RANDOM, List.of(tasks),
                List.of(new WantedPort(VirtualPort.Protocol.TCP, 8080, 80)), List.of(), Map.of(), preferLocal);
        List<List<String>> all = service.virtualPorts(BLOCK).stream().map(port -> port.endpoints().stream().map(Endpoint::address)
                .map(InetAddress::getHostAddress).toList()).distinct().toList();
        assertEquals(1, all.size(), "its address and its port lead to the same");
        return all.getFirst();
    }

    @Test
    void allTasksAreAsNearAsEachOther() {
        assertEquals(List.of("10.1.2.2", "10.1.3.2"), reached(false, task("10.1.2.2", false), task("10.1.3.2", false)));
    }

    @Test
    void oneThatPrefersLeadsToTasksOfThisNode() {
        assertEquals(List.of("10.1.3.2", "10.1.3.3"), reached(true, task("10.1.2.2", false), task("10.1.3.2", false),
                task("10.1.3.3", false)));
    }

    @Test
    void andElsewhereIfNoneHereTakesConnections() {
        assertEquals(List.of("10.1.2.2"), reached(true, task("10.1.2.2", false), task("10.1.3.2", true)));
        assertEquals(List.of("10.1.2.2"), reached(true, task("10.1.2.2", false)));
        assertEquals(List.of(), Stream.of(reached(true)).flatMap(List::stream).toList());
    }
}
