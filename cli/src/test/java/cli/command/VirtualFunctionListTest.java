package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.function.ListRequest;
import api.function.ListResponse;
import cli.render.Json;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** jctl vf ls. */
class VirtualFunctionListTest extends FunctionFixture {

    private String addresses(String... filters) {
        String[] words = new String[3 + 2 * filters.length];
        words[0] = "vf";
        words[1] = "ls";
        words[2] = "-q";
        for (int i = 0; i < filters.length; i++) {
            words[3 + 2 * i] = "--filter";
            words[4 + 2 * i] = filters[i];
        }
        return out(words).replace("0000:3b:", "").replace('\n', ' ').strip();
    }

    @Test
    void whoHasWhat() {
        assertEquals("""
                FUNCTION       PF     INDEX   NUMA   DRIVER     DEVICE   RESOURCE      STATUS
                0000:3b:02.0   eth0   0       1      iavf       eth0v0   sriov/fast    free
                0000:3b:02.1   eth0   1       1      vfio-pci   -        sriov/fast    0123456789ab (vfio) since 3 days
                0000:3b:02.2   eth0   2       1      iavf       eth0v2   sriov/slow    its driver is gone
                0000:3b:02.3   eth0   3       1      -          -        -             -
                0000:3b:00.1   -      -       -      vfio-pci   -        sriov/whole   ffff: link is down
                """, out("vf", "ls"));
        assertEquals(List.of(ListRequest.getDefaultInstance()), all(ListRequest.class));
        assertTrue(out("vf", "ls", "--no-trunc").contains(OWNER + " (vfio) since 3 days\n"));
        assertEquals(out("vf", "ls"), out("vf", "list"));
    }

    @Test
    void whyNotIsInTheWideTable() {
        String wide = out("vf", "ls", "-o", "wide");
        List<String> lines = wide.lines().map(line -> line.replaceAll(" {3,}", "|")).toList();
        assertTrue(lines.getFirst().endsWith("STATUS|IOMMU|PORT|WHY NOT OFFERED"), wide);
        assertTrue(lines.get(2).endsWith("|21|mac 02:00:00:00:00:01 vlan 100|-"), wide);
        assertTrue(lines.get(4).endsWith("|-|23|-|no pool of the config takes it"), wide);
    }

    @Test
    void aPhysicalFunctionWithoutNetworkDeviceIsItsAddress() {
        daemon.functions = ListResponse.newBuilder().addVirtual(card().getVirtual(0)).build();
        assertEquals("0000:3b:00.0 sriov/fast\n",
                out("vf", "ls", "--format", "table {{.PhysicalName}} {{.Resource}}")
                        .lines().skip(1).findFirst().orElse("") + "\n");
    }

    @Test
    void asData() {
        List<?> rows = (List<?>) Json.parse(out("vf", "ls", "-o", "json"));
        assertEquals(5, rows.size());
        Map<?, ?> taken = (Map<?, ?>) rows.get(1);
        assertEquals(OWNER, taken.get("Owner"));
        assertEquals(OWNER + " (vfio) since 3 days", taken.get("Status"));
        assertEquals("taken", taken.get("State"));
        assertEquals("0000:3b:00.0", taken.get("Physical"));
        assertEquals("eth0", taken.get("PhysicalName"));
        assertEquals("mac 02:00:00:00:00:01 vlan 100", taken.get("Port"));
        assertEquals("", taken.get("NetworkDevice"));
        Map<?, ?> whole = (Map<?, ?>) rows.get(4);
        assertEquals("-1", whole.get("Index").toString());
        assertTrue(out("vf", "ls", "-o", "yaml").contains("Resource: sriov/slow"));
        assertEquals("free\ntaken\nunhealthy\nunoffered\ntaken\n", out("vf", "ls", "--format", "{{.State}}"));
        assertEquals(5, out("vf", "ls", "--format", "json").lines().count());
        assertTrue(err("vf", "ls", "-o", "xml").contains("expected json, yaml, wide or table"));
    }

    @Test
    void filters() {
        assertEquals("02.0 02.1 02.2 02.3", addresses("pf=eth0"));
        assertEquals("02.0 02.1 02.2 02.3", addresses("pf=0000:3b:00.0"));
        assertEquals("02.0 02.1 02.2 02.3", addresses("pf=3B:00.0"));
        assertEquals("", addresses("pf=eth"));
        assertEquals("02.0 02.1", addresses("resource=fast"));
        assertEquals("02.2", addresses("resource=sriov/slow"));
        assertEquals("02.1", addresses("owner=0123456789ab"));
        assertEquals("", addresses("owner="));
        assertEquals("02.0", addresses("state=free"));
        assertEquals("02.1 00.1", addresses("state=taken"));
        assertEquals("02.2 00.1", addresses("state=unhealthy"));
        assertEquals("02.3", addresses("state=unoffered"));
        assertEquals("02.0 02.3", addresses("state=free", "state=unoffered"));
        assertEquals("02.1", addresses("state=taken", "resource=fast"));
        assertTrue(err("vf", "ls", "-f", "state=busy").contains("expected free, taken, unhealthy"));
        assertTrue(err("vf", "ls", "-f", "colour=red").contains(
                "unknown filter 'colour'; there are pf, resource, owner, state"));
    }

    @Test
    void physicalFunctions() {
        assertEquals("""
                ADDRESS        NAME   DRIVER     NUMA   FUNCTIONS   LINK   SWITCHDEV
                0000:3b:00.0   eth0   ice        1      4/7         up     yes
                0000:3b:00.1   -      vfio-pci   -      0/7         -      no
                """, out("vf", "ls", "--physical"));
        assertEquals("0000:3b:00.0\n", out("vf", "ls", "--physical", "-q", "-f", "pf=eth0"));
        assertTrue(out("vf", "ls", "--physical", "-o", "wide").lines().skip(1).findFirst().orElse("")
                .endsWith("8086     1592"));
        Map<?, ?> first = (Map<?, ?>) ((List<?>) Json.parse(out("vf", "ls", "--physical", "-o", "json"))).getFirst();
        assertEquals("4", first.get("VirtualFunctions").toString());
        assertEquals("7", first.get("MostVirtualFunctions").toString());
        assertEquals(Boolean.TRUE, first.get("Switchdev"));
        assertEquals(List.of("0000:3b:02.0", "0000:3b:02.1", "0000:3b:02.2", "0000:3b:02.3"),
                first.get("Functions"));
        assertTrue(err("vf", "ls", "--physical", "-f", "state=free").contains("there are pf"));
    }

    @Test
    void notesAreNoPartOfTheList() {
        daemon.functions = ListResponse.newBuilder().addNotes("pool fast: no card matches").build();
        for (String option : List.of("--physical", "--physical=false")) {
            TestConsole console = fresh();
            assertEquals(0, console.run("vf", "ls", "-o", "json", option));
            assertEquals("[]\n", console.out());
            assertEquals("jctl: pool fast: no card matches\n", console.err());
        }
    }

    @Test
    void withoutPlugin() {
        daemon.refusal = Status.UNAVAILABLE.withDescription("no plug-in for virtual functions runs");
        assertEquals("jctl: no plug-in for virtual functions runs\n", err("vf", "ls"));
        assertEquals("jctl: no plug-in for virtual functions runs\n", err("vf", "inspect", "eth0"));
    }
}
