package sriov.pool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import sriov.inventory.PciFunction.DeviceType;

/** What operators write, in both formats, and what they get wrong. */
class ConfigReaderTest {
    private static List<String> problems(String text) {
        return assertThrows(ConfigException.class, () -> ConfigReader.read(text), text).problems();
    }

    @Test
    void theOwnFormat() throws Exception {
        PoolConfig config = ConfigReader.read("""
                physicalFunctions:
                - {name: ens1f0, virtualFunctions: 8}
                - {name: '0000:02:00.0', virtualFunctions: 0, probeDrivers: true}
                pools:
                - name: media
                  prefix: example.com
                  mode: vfio
                  vhostNet: true
                  topology: false
                  selectors: {vendors: 8086, devices: [10e5, 0154], pfNames: [ens1f0#0-3, "!ens1f0#2"]}
                  environment: {"*": {rack: 7}}
                """);
        assertEquals(List.of(new Division("ens1f0", 8, false), new Division("0000:02:00.0", 0, true)), config.divisions());
        Pool pool = config.pools().getFirst();
        assertEquals("example.com/media", pool.resource().toString());
        assertEquals("PCIDEVICE_EXAMPLE_COM_MEDIA", pool.resource().variable());
        assertEquals(Optional.of(Mode.VFIO), pool.mode());
        assertEquals(List.of(true, false), List.of(pool.vhostNet(), pool.topology()));
        assertEquals(Map.of("*", Map.of("rack", "7")), pool.additional());
        assertEquals(new Choice(List.of("10e5", "0154"), List.of()), pool.selectors().getFirst().devices(), "YAML would take them for numbers");
        assertEquals(PoolConfig.EMPTY, ConfigReader.read(" # nothing\n---\n"));
    }

    @Test
    void theFormatOfKubernetesPlugin() throws Exception {
        PoolConfig config = ConfigReader.read("""
                {
                \t"resourceList": [{
                \t\t"resourceName": "intel_sriov_netdevice",
                \t\t"selectors": {"vendors": ["8086"], "devices": ["154c", "10ed"], "drivers": ["i40evf", "iavf", "ixgbevf"]}
                \t}, {
                \t\t"resourceName": "mlnx_sriov_rdma",
                \t\t"resourcePrefix": "mellanox.com",
                \t\t"excludeTopology": true,
                \t\t"selectors": [{"vendors": ["15b3"], "isRdma": true, "pfNames": ["enp2s2f0#0-1"], "needVhostNet": true},
                \t\t\t{"rootDevices": ["0000:86:00.0#3"], "linkTypes": ["infiniband"]}],
                \t\t"additionalInfo": {"*": {"token": "3e49019f-412f-4f02-824e-4cd195944205"}}
                \t}, {
                \t\t"resourceName": "fpga", "deviceType": "accelerator", "selectors": [{"vendors": ["8086"]}]
                \t}]
                }
                """);
        assertEquals(List.of("intel.com/intel_sriov_netdevice", "mellanox.com/mlnx_sriov_rdma", "intel.com/fpga"), config.pools().stream()
                .map(each -> each.resource().toString()).toList());
        Pool rdma = config.pools().get(1);
        assertEquals(List.of(true, false), List.of(rdma.vhostNet(), rdma.topology()));
        assertEquals(2, rdma.selectors().size());
        assertEquals(Optional.of(true), rdma.selectors().getFirst().rdma());
        assertEquals(DeviceType.ACCELERATOR, config.pools().get(2).type());
        assertEquals(Optional.empty(), rdma.mode());
    }

    @Test
    void whatCannotBeHadHereIsNamedAndNotIgnored() {
        List<String> found = problems("""
                {"resourceList": [{"resourceName": "a", "deviceType": "auxNetDevice", "selectors": [{"vdpaType": "virtio", "pKeys": ["0x1"],
                "acpiIndexes": [], "ddpProfiles": ["GTPv1"], "auxTypes": ["sf"]}]}]}
                """);
        assertEquals(5, found.size(), found.toString());
        assertTrue(found.contains("resourceList[0].deviceType: auxNetDevice: subfunctions of network cards are not given out; take their virtual"
                + " functions, netDevice"), found.toString());
        assertTrue(found.stream().anyMatch(each -> each.startsWith("resourceList[0].selectors[0].vdpaType: functions cannot be chosen by that here")),
                found.toString());
    }

    @Test
    void allProblemsAreSaidAtOnceWithTheirPlaces() {
        assertEquals(List.of(
                "pool: is not known here: there are physicalFunctions, pools",
                "physicalFunctions.name: is missing: that of a network device, or a PCI address",
                "physicalFunctions.virtualFunctions: is no number from 0 to 65535",
                "pools[0].mode: dpdk is neither netdev nor vfio",
                "pools[0].name: is missing",
                "pools[0].selectors.vendors: 86 is not a number of four hexadecimal digits",
                "pools[0].selectors.pciAddresses: 01:10.0 is not a PCI address, as 0000:01:10.2",
                "pools[0].selectors.pfNames: ens1#3-1 is not NAME or NAME#0,2-7",
                "pools[0].selectors.linkTypes: token is not ether or infiniband",
                "pools[1]: the prefix \"Example\" is no domain: small letters, digits, and - and . between them",
                "pools[2]: there is a pool Example/b already"), problems("""
                pool: []
                physicalFunctions: {virtualFunctions: -1}
                pools:
                - mode: dpdk
                  selectors: {vendors: 86, pciAddresses: '01:10.0', pfNames: 'ens1#3-1', linkTypes: token}
                - {prefix: Example, name: b}
                - {prefix: Example, name: b}
                """).stream().filter(each -> !each.startsWith("pools[2]: the prefix")).toList());
    }

    @Test
    void whatIsNoConfigIsRefusedWithAReason() {
        assertTrue(problems("{\"pools\": [").getFirst().startsWith("it is no JSON: "));
        assertTrue(problems("{\"pools\": [], \"pools\": []}").getFirst().contains("Duplicate"));
        assertTrue(problems("{} trailing").getFirst().startsWith("it is no JSON: "));
        assertTrue(problems("a: [").getFirst().startsWith("it is no YAML: "));
        assertTrue(problems("a: 1\na: 2").getFirst().startsWith("it is no YAML: "));
        assertEquals(List.of("it is no section: expected physicalFunctions and pools, or resourceList"), problems("- a"));
        assertTrue(problems("a: " + "[".repeat(3_000)).getFirst().startsWith("it"));
        for (String tagged : List.of("!!null a", "pools: !!null b", "pools: !!int 5", "!!set {a}", "pools: !other {a: 1}", "? [a]\n: b")) {
            assertEquals(false, problems(tagged).getFirst().isEmpty());
        }
        assertTrue(problems("pools: &a [*a]").getFirst().contains("deeper than"));
        assertTrue(problems("x".repeat((1 << 20) + 1)).getFirst().contains("1048576 characters"));
        assertTrue(problems("pools: 7").contains("pools: is no list of sections"));
        assertTrue(problems("pools: [7]").contains("pools[0]: is no section"));
    }

    @Test
    void anythingAtAllIsReadOrRefused() {
        Random random = new Random(20_261_129);
        String valid = "pools:\n- name: media\n  selectors: {vendors: 8086, pfNames: [ens1f0#0-3]}\n";
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder(valid);
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, (char) random.nextInt(1, 256));
                    default -> text.setCharAt(at, "[]{}:,#!*&'\"-\n".charAt(random.nextInt(14)));
                }
            }
            try {
                assertEquals(false, ConfigReader.read(text.toString()).pools().stream().anyMatch(each -> each.resource().problem().isPresent()));
            } catch (ConfigException refused) {
                assertEquals(false, refused.getMessage().isEmpty());
            }
        }
    }

    @Test
    void starsMatchAnythingWithoutTakingForEver() {
        assertTrue(Choice.matches("ens*f0", "ens17f0") && Choice.matches("*", "") && Choice.matches("a*b*c", "aXbYc") && Choice.matches("ENS1", "ens1"));
        assertEquals(false, Choice.matches("ens*f0", "ens17f1") || Choice.matches("a*b", "b") || Choice.matches("ab*ba", "aba"));
        assertEquals(false, Choice.matches("*a".repeat(500) + "b", "a".repeat(100_000)));
    }
}
