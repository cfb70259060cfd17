package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.function.Wish;
import api.node.CreateContainerRequest;
import api.node.ResourceRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** --resource and the messages it means. */
class ResourceFlagsTest {
    private static final String LIST = "\"--resource\" flag: ";

    private static ResourceRequest resource(String word) throws Exception {
        return ResourceRequest.parseFrom(ResourceFlags.resource(word).toByteArray());
    }

    private static Wish wish(String fields) throws Exception {
        ResourceRequest request = resource("fast," + fields);
        assertEquals("sriov/fast", request.getName());
        assertTrue(request.hasWish(), fields);
        return request.getWish();
    }

    private static Wish.Builder nothing() {
        return Wish.newBuilder();
    }

    /** The problems of a word, of which there may be several. */
    private static String problems(String word) {
        String message =
                assertThrows(UsageException.class, () -> ResourceFlags.resource(word)).getMessage();
        assertTrue(message.startsWith("invalid argument \"" + word + "\" for " + LIST), message);
        return message.substring(message.indexOf(LIST) + LIST.length());
    }

    private static void refused(String problem, String word) {
        assertEquals(problem, problems(word), word);
    }

    @Test
    void names() throws Exception {
        ResourceRequest.Builder plain = ResourceRequest.newBuilder();
        assertEquals(plain.setName("sriov/fast").build(), resource("fast"));
        assertEquals(plain.setName("intel.com/sriov_dpdk.X-1").build(),
                resource("intel.com/sriov_dpdk.X-1"));
        assertEquals(plain.setName("sriov/fast").setCount(2).build(), resource("fast=2"));
        assertEquals(plain.setName("a.b/c").clearCount().build(), resource("a.b/c=1"), "one is what is usual");
        assertFalse(resource("fast,name=net0,ip=10.0.0.5/24").hasWish(), "nothing is wished");
    }

    @Test
    void whatIsNoName() {
        for (String name : List.of("", "a/", "/a", "a/b/c", "A.b/c", "-a", "a-", "a.b-/c", "a b", "a/_b",
                "a_b/c", "ä")) {
            assertTrue(problems(name).startsWith("\"" + name + "\" is no name of a resource: expected"
                    + " NAME[=COUNT][,KEY=VALUE…]"), name);
        }
        for (String count : List.of("", "0", "-1", "two", "1.5", "99999999999", "2147483648")) {
            refused("COUNT is \"" + count + "\": expected a whole number from 1 to 2147483647",
                    "fast=" + count);
        }
    }

    @Test
    void interfaceNames() throws Exception {
        assertEquals("net0", resource("fast,name=net0").getInterfaceName());
        assertEquals("fast%d", resource("fast=2,name=fast%d").getInterfaceName());
        assertEquals("123456789012345", resource("fast,name=123456789012345").getInterfaceName());
        for (String name : List.of("1234567890123456", "a b", "a/b", "a:b", "..", "a%", "%d%d", "%s",
                "12345678901234ä")) {
            assertTrue(problems("fast,name=" + name).startsWith("name is \"" + name
                    + "\": a network device's has up to 15 bytes"), name);
        }
        assertTrue(problems("fast=11,name=12345678901234%d").contains("up to 15 bytes"), "two digits");
        refused("name is \"net\" for 2 devices: put %d where their numbers go, as in net%d",
                "fast=2,name=net");
    }

    @Test
    void addresses() throws Exception {
        assertEquals(List.of("10.0.0.5/24", "fd00::5/64", "::ffff:1.2.3.4/128"), resource(
                "fast,ip=10.0.0.5/24,ip=fd00::5/64,ip=::ffff:1.2.3.4/128").getAddressesList());
        for (String address : List.of("10.0.0.5", "10.5/8", "10.0.0.256/8", "host/24", "fe80::1%eth0/64",
                "[::1]/64", "/24", "1.2.3.4.5/8")) {
            refused("ip is \"" + address + "\": expected an address with its prefix length, as"
                    + " 10.0.0.5/24 or fd00::5/64", "fast,ip=" + address);
        }
        refused("prefix length of ip 10.0.0.5/33 is \"33\": expected a whole number from 1 to 32",
                "fast,ip=10.0.0.5/33");
        refused("prefix length of ip fd00::5/129 is \"129\": expected a whole number from 1 to 128",
                "fast,ip=fd00::5/129");
        assertTrue(problems("fast,ip=10.0.0.5/").contains("is \"\""), "no length");
    }

    @Test
    void hardwareAddresses() throws Exception {
        assertEquals(nothing().setMac("02:00:00:00:0a:01").build(), wish("mac=02:00:00:00:0A:01"));
        for (String mac : List.of("02:00:00:00:00", "02-00-00-00-00-01", "0200.0000.0001",
                "02:00:00:00:00:0g", "02:00:00:00:00:001", "02:00:00:00:00:٠١")) {
            refused("mac is \"" + mac + "\": expected one like 02:00:00:00:00:01", "fast,mac=" + mac);
        }
        assertTrue(problems("fast,mac=01:00:5e:00:00:01").contains("of a group"), "multicast");
        assertTrue(problems("fast,mac=00:00:00:00:00:00").contains("no address"), "none");
        refused("mac is of one device, not of 2: say --resource once for each",
                "fast=2,mac=02:00:00:00:00:01");
    }

    @Test
    void virtualNetworks() throws Exception {
        assertEquals(nothing().setVlan(100).setVlanQos(3).setVlanProto("802.1ad").build(),
                wish("vlan=100,qos=3,proto=802.1ad"));
        assertEquals(nothing().setVlan(0).build(), wish("vlan=0"));
        assertEquals(nothing().setVlan(4094).setVlanQos(0).setVlanProto("802.1q").build(),
                wish("vlan=4094,qos=0,proto=802.1Q"));
        assertFalse(wish("qos=1").hasVlan(), "a vlan stays as it is");
        refused("vlan is \"4095\": expected a whole number from 0 to 4094", "fast,vlan=4095");
        refused("qos is \"8\": expected a whole number from 0 to 7", "fast,qos=8");
        refused("proto is \"802.1x\": expected 802.1q or 802.1ad", "fast,proto=802.1x");
        refused("qos=3 is of a vlan, and vlan=0 is none", "fast,vlan=0,qos=3");
    }

    @Test
    void switches() throws Exception {
        assertEquals(nothing().setSpoofCheck(true).setTrust(false).build(), wish("spoofchk=on,trust=off"));
        assertEquals(nothing().setSpoofCheck(false).build(), wish("spoofchk=off"));
        assertEquals(nothing().setTrust(true).build(), wish("trust=on"));
        refused("spoofchk is \"true\": expected on or off", "fast,spoofchk=true");
        refused("trust is \"1\": expected on or off", "fast,trust=1");
    }

    @Test
    void rates() throws Exception {
        assertEquals(nothing().setMinTxRateMegabit(10).setMaxTxRateMegabit(100).build(),
                wish("min-rate=10,max-rate=100"));
        assertEquals(nothing().setMaxTxRateMegabit(0).build(), wish("max-rate=0"));
        assertEquals(10, wish("min-rate=10,max-rate=0").getMinTxRateMegabit(), "0 is no limit");
        assertEquals(-1, wish("max-rate=4294967295").getMaxTxRateMegabit(), "all 32 bits");
        refused("max-rate is \"4294967296\": expected a whole number from 0 to 4294967295",
                "fast,max-rate=4294967296");
        refused("min-rate is \"1g\": expected a whole number from 0 to 4294967295", "fast,min-rate=1g");
        refused("min-rate 20 is above max-rate 10", "fast,min-rate=20,max-rate=10");
    }

    @Test
    void links() throws Exception {
        for (String state : List.of("auto", "enable", "disable")) {
            assertEquals(nothing().setLinkState(state).build(), wish("state=" + state));
        }
        assertEquals(nothing().setMtuBytes(9000).build(), wish("mtu=9000"));
        refused("state is \"up\": expected auto, enable or disable", "fast,state=up");
        refused("mtu is \"67\": expected a whole number from 68 to 65535", "fast,mtu=67");
        refused("mtu is \"65536\": expected a whole number from 68 to 65535", "fast,mtu=65536");
    }

    @Test
    void keys() {
        String known = ": there are name, ip, mac, vlan, qos, proto, spoofchk, trust, min-rate,"
                + " max-rate, state, mtu, optional";
        refused("unknown key \"vlna\"" + known, "fast,vlna=1");
        refused("unknown key \"\"" + known, "fast,");
        refused("vlan has no value: expected vlan=VALUE", "fast,vlan");
        refused("ip has no value: expected ip=VALUE", "fast,ip=");
        refused("vlan is given twice", "fast,vlan=1,vlan=2");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        assertEquals(List.of("COUNT is \"0\": expected a whole number from 1 to 2147483647",
                "vlan is \"5000\": expected a whole number from 0 to 4094",
                "trust is \"yes\": expected on or off", "mtu has no value: expected mtu=VALUE"),
                List.of(problems("fast=0,vlan=5000,trust=yes,mtu").split("; ")));
    }

    private static CreateContainerRequest request(Command command, String... words) throws Exception {
        return CreateContainerRequest.parseFrom(ContainerRequest.of(
                ArgumentParser.parse(command.syntax(), words, 0),
                new TestConsole().with("HOME", "/nonexistent").console()));
    }

    @Test
    void everyCommandThatMakesAContainerTakesIt() throws Exception {
        for (Command command : List.of(new RunCommand("run"), new CreateCommand("create"),
                new ExplainCommand())) {
            assertEquals(List.of(ResourceRequest.newBuilder().setName("sriov/a").setCount(2)
                            .setWish(Wish.newBuilder().setVlan(5)).build(),
                    ResourceRequest.newBuilder().setName("b.c/d").setInterfaceName("net0")
                            .addAddresses("10.0.0.1/8").build()),
                    request(command, "--resource", "a=2,vlan=5", "--resource=b.c/d,name=net0,ip=10.0.0.1/8",
                            "image").getResourceRequestsList());
            assertEquals(0, request(command, "image").getResourceRequestsCount());
        }
    }

    @Test
    void aWordThatIsWrongEndsTheCommand() {
        TestConsole console = new TestConsole().with("HOME", "/nonexistent");
        assertEquals(125, console.run("run", "--resource", "fast,vlan=x", "image"));
        assertTrue(console.err().startsWith("jctl: invalid argument \"fast,vlan=x\" for"
                + " \"--resource\" flag: vlan is \"x\""), console.err());
    }

    @Test
    void aMessageIsSaidInTheWordsThatMeanIt() throws Exception {
        for (String word : List.of("sriov/fast", "sriov/fast=2", "intel.com/x,name=net0,ip=10.0.0.5/24,ip=fd00::5/64",
                "sriov/fast,mac=02:00:00:00:0a:01,vlan=0,qos=0,proto=802.1ad,spoofchk=on,trust=off,min-rate=10,"
                        + "max-rate=4294967295,state=auto,mtu=9000", "sriov/fast=2,name=fast%d")) {
            assertEquals(word, ResourceFlags.word(resource(word)));
        }
    }
}
