package overlaynet.cni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Network configurations, what plug-ins are told and what they answer. */
class PluginListTest {
    private static final String LIST = """
            {"cniVersion": "1.0.0", "name": "net", "plugins": [
              {"type": "bridge", "bridge": "b0"},
              {"type": "portmap", "capabilities": {"portMappings": true, "ips": false}}]}
            """;

    private static ObjectNode tree(String text) throws CniException {
        return PluginList.object(text);
    }

    @Test
    void aPluginIsToldNameVersionPreviousResultAndWhatItAsksFor() throws Exception {
        PluginList list = PluginList.parse(LIST);
        ObjectNode runtime = tree("{\"portMappings\": [1], \"ips\": [2]}");

        assertEquals(tree("{\"type\": \"bridge\", \"bridge\": \"b0\", \"name\": \"net\","
                + " \"cniVersion\": \"1.0.0\"}"),
                tree(new String(list.input(list.plugins().get(0), runtime, Optional.empty()),
                        StandardCharsets.UTF_8)));
        assertEquals(tree("{\"type\": \"portmap\", \"name\": \"net\", \"cniVersion\": \"1.0.0\","
                + " \"runtimeConfig\": {\"portMappings\": [1]}, \"prevResult\": {\"ips\": []}}"),
                tree(new String(list.input(list.plugins().get(1), runtime,
                        Optional.of(tree("{\"ips\": []}"))), StandardCharsets.UTF_8)));
        assertTrue(list.hasCapability("portMappings"));
        assertFalse(list.hasCapability("ips"));
    }

    @Test
    void aSinglePluginIsAListOfOneAndTheNewestKnownVersionIsSpoken() throws Exception {
        PluginList list = PluginList.parse("{\"cniVersion\": \"0.4.0\", \"cniVersions\":"
                + " [\"9.0.0\", \"1.1.0\"], \"name\": \"n\", \"type\": \"ptp\"}");

        assertEquals("1.1.0", list.version());
        assertEquals(1, list.plugins().size());
    }

    @Test
    void whatIsNoListIsRefused() {
        for (String text : List.of("", "[]", "{}", "{\"name\": \"a/b\"}",
                "{\"cniVersion\": \"1.0.0\", \"name\": \"n\", \"plugins\": []}",
                "{\"cniVersion\": \"1.0.0\", \"name\": \"n\", \"plugins\": [{\"type\": \"../sh\"}]}",
                "{\"cniVersion\": \"0.2.0\", \"name\": \"n\", \"type\": \"ptp\"}",
                "{\"name\": \"n\", \"type\": \"ptp\"}")) {
            assertEquals(CniException.Kind.INVALID, assertThrows(CniException.class,
                    () -> PluginList.parse(text), text).kind());
        }
    }

    @Test
    void aFailureNamesPluginCodeAndWords() throws Exception {
        PluginList list = PluginList.parse(LIST);

        assertEquals("the CNI plugin bridge of the network net failed at ADD, code 7: no room (at"
                + " all)", list.failure("bridge", "ADD", 1,
                "{\"code\": 7, \"msg\": \"no\\nroom\", \"details\": \"at all\"}", "").getMessage());
        assertEquals("the CNI plugin bridge of the network net failed at DEL, exit status 2: what a"
                + " pity", list.failure("bridge", "DEL", 2, "", "what\u001b\na pity\n").getMessage());
        assertEquals("the CNI plugin bridge of the network net failed at DEL, exit status 9, and it"
                + " said nothing", list.failure("bridge", "DEL", 9, "", "").getMessage());
    }

    @Test
    void aResultGivesAddressesLinkAndResolver() throws Exception {
        AddResult result = AddResult.parse("""
                {"cniVersion": "1.0.0", "interfaces": [{"name": "b0", "mac": "00:00:00:00:00:01"},
                  {"name": "eth0", "mac": "00:00:00:00:00:02", "sandbox": "/run/x"}],
                 "ips": [{"address": "fd00::5/64"}, {"address": "10.1.0.5/16", "gateway": "10.1.0.1"}],
                 "dns": {"nameservers": ["10.1.0.53"], "domain": "a.example", "options": ["ndots:2"]}}
                """, "eth0");

        assertEquals(List.of(new AddResult.Address("10.1.0.5/16", "10.1.0.1", false),
                new AddResult.Address("fd00::5/64", "", true)), result.addresses());
        assertEquals("00:00:00:00:00:02", result.hardwareAddress());
        assertEquals(List.of("10.1.0.53"), result.nameServers());
        assertEquals(List.of("a.example"), result.searchDomains());
        assertEquals(List.of("ndots:2"), result.resolverOptions());
    }

    @Test
    void aResultThatWouldSpoilAFileOfTheContainerIsRefused() {
        for (String text : List.of("", "{\"ips\": [{\"address\": \"10.1.0.5\"}]}",
                "{\"ips\": [{\"address\": \"a\\nb/16\"}]}",
                "{\"dns\": {\"nameservers\": [\"10.0.0.1\\nnameserver 6.6.6.6\"]}}",
                "{\"dns\": {\"search\": [\"a b\"]}}",
                "{\"interfaces\": [{\"name\": \"eth0\", \"sandbox\": \"x\", \"mac\": \"<\"}]}")) {
            assertThrows(CniException.class, () -> AddResult.parse(text, "eth0"), text);
        }
    }
}
