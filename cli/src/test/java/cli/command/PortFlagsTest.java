package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.CreateContainerRequest;
import api.node.NetworkPlace;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docker's ways to say which ports to publish and which networks to be in. */
class PortFlagsTest {
    private static CreateContainerRequest request(String... words) throws Exception {
        String[] line = java.util.Arrays.copyOf(words, words.length + 1);
        line[words.length] = "debian";
        Arguments arguments = ArgumentParser.parse(new RunCommand("run").syntax(), line, 0);
        return CreateContainerRequest.parseFrom(ContainerRequest.of(arguments,
                new TestConsole().with("HOME", "/nonexistent").console()));
    }

    private static List<String> ports(String word) throws Exception {
        return request("-p", word).getPortsList().stream().map(port -> port.getHostAddress() + "|"
                + port.getFirstHostPort() + "-" + port.getLastHostPort() + "|"
                + port.getContainerPort() + "/" + port.getProtocol()).toList();
    }

    private static String refused(String... words) {
        return assertThrows(UsageException.class, () -> request(words)).getMessage();
    }

    @Test
    void publishedPorts() throws Exception {
        assertEquals(List.of("|0-0|80/tcp"), ports("80"));
        assertEquals(List.of("|8080-8080|80/udp"), ports("8080:80/UDP"));
        assertEquals(List.of("127.0.0.1|8080-8080|80/tcp"), ports("127.0.0.1:8080:80"));
        assertEquals(List.of("127.0.0.1|0-0|80/sctp"), ports("127.0.0.1::80/sctp"));
        assertEquals(List.of("::1|8080-8080|80/tcp"), ports("[::1]:8080:80"));
        assertEquals(List.of("::1|0-0|80/tcp"), ports("[::1]::80"));
        assertEquals(List.of("|8000-8010|80/tcp"), ports("8000-8010:80"));
        assertEquals(List.of("|7000-7000|8000/tcp", "|7001-7001|8001/tcp"),
                ports("7000-7001:8000-8001"));
        assertEquals(List.of("|0-0|90/tcp", "|0-0|91/tcp"), ports("90-91"));
        assertEquals(List.of("|8080-8080|80/udp"),
                ports("published=8080,target=80,protocol=udp,mode=host"));
        CreateContainerRequest exposed = request("-P", "--expose", "80-81", "--expose", "53/udp");
        assertTrue(exposed.getPublishAll());
        assertEquals(List.of("80/tcp", "81/tcp", "53/udp"), exposed.getExposeList());
    }

    @Test
    void portZeroOfTheHostIsAFreeOne() throws Exception {
        assertEquals(ports("80"), ports("0:80"));
        assertEquals(ports("80/udp"), ports("0:80/udp"));
        assertEquals(ports("90-91"), ports("0:90-91"));
        assertEquals(ports("127.0.0.1::80"), ports("127.0.0.1:0:80"));
        assertEquals(ports("[::1]::80"), ports("[::1]:0:80"));
        assertEquals(ports("80/udp"), ports("published=0,target=80,protocol=udp"));
    }

    @Test
    void nonsenseIsRefused() {
        for (String word : List.of("", "0", "0:0", "0-9:80", "8080:0", "65536", "99999999999",
                "80:", ":x", "a:80", "80/icmp",
                "1:2:3", "1.2.3:5:6", "1.2.3.256:5:6", "1.2.3.:5:6", "a.b.c.d:5:6", "127.0.0.1:80", "::1:80:80", "[::1]80", "[]:80", "8-7", "10-12:20-21",
                "8000-9000:1-2", "-1", "80-", "1.2.3.4:5:6:7", "[::1]:1:2:3", "target=x",
                "target=80,mode=odd", "target=80,color=red")) {
            assertTrue(refused("-p", word).contains("\"--publish\" flag"), word);
        }
        assertTrue(refused("--expose", "x").contains("invalid port"));
    }

    @Test
    void networks() throws Exception {
        CreateContainerRequest one = request("--network", "web");
        assertEquals("web", one.getNetworkMode());
        assertEquals(0, one.getNetworksCount());
        CreateContainerRequest two = request("--network", "web", "--ip", "10.9.0.9",
                "--network-alias", "app", "--net", "name=back,alias=db,alias=sql,ip6=fd00::9");
        assertEquals("web", two.getNetworkMode());
        assertEquals(List.of(
                NetworkPlace.newBuilder().setNetwork("web").addAliases("app")
                        .setIpv4Address("10.9.0.9").build(),
                NetworkPlace.newBuilder().setNetwork("back").addAliases("db").addAliases("sql")
                        .setIpv6Address("fd00::9").build()), two.getNetworksList());
        assertEquals("bridge", request("--ip", "10.9.0.9").getNetworks(0).getNetwork());
        assertTrue(refused("--network", "name=web,color=red").contains("unknown field color"));
    }
}
