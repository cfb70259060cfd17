package runtime.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpecValidatorTest {
    /** Reads a spec with one part of the sound sample replaced. */
    private static List<String> problems(String part, String replacement) throws SpecException {
        assertTrue(SpecRoundTripTest.SAMPLE.contains(part), part);
        return SpecValidator.validate(
                SpecParser.parse(SpecRoundTripTest.SAMPLE.replace(part, replacement)))
                .stream().map(Problem::toString).toList();
    }

    private static void assertOnly(String path, String part, String replacement)
            throws SpecException {
        List<String> problems = problems(part, replacement);
        assertFalse(problems.isEmpty(), "no problem seen in " + replacement);
        problems.forEach(problem -> assertTrue(problem.startsWith(path), problem));
    }

    @Test
    void aSoundSpecHasNoProblem() throws SpecException {
        assertEquals(List.of(), problems("sh", "sh"));
    }

    @Test
    void checksTheProcess() throws SpecException {
        assertOnly("$.process.args", "[\"sh\"]", "[]");
        assertOnly("$.process.args[1]", "[\"sh\"]", "[\"sh\", \"a\\u0000b\"]");
        assertOnly("$.process.env[1]", "\"TERM=xterm\"", "\"TERM\"");
        assertOnly("$.process.env[1]", "\"TERM=xterm\"", "\"=x\"");
        assertOnly("$.process.cwd", "\"cwd\": \"/\"", "\"cwd\": \"tmp\"");
        assertOnly("$.process.capabilities.effective", "\"effective\": [\"CAP_KILL\"]",
                "\"effective\": [\"CAP_KILL\", \"CAP_NET_BIND_SERVICE\"]");
        assertOnly("$.process.capabilities.ambient", "\"effective\": [\"CAP_KILL\"]",
                "\"ambient\": [\"CAP_CHOWN\"]");
        assertOnly("$.process.rlimits[0].soft", "\"hard\": 18446744073709551615", "\"hard\": 5");
        assertOnly("$.process.rlimits[0].type", "RLIMIT_NOFILE", "RLIMIT_X");
        assertOnly("$.process.scheduler", "\"noNewPrivileges\": true",
                "\"scheduler\": {\"policy\": \"SCHED_DEADLINE\", \"runtime\": 5}");
        assertOnly("$.process.ioPriority.class", "\"noNewPrivileges\": true",
                "\"ioPriority\": {\"class\": \"FAST\"}");
        assertOnly("$.process.apparmorProfile", "\"noNewPrivileges\": true",
                "\"apparmorProfile\": \"a\\nb\"");
        assertOnly("$.process.selinuxLabel", "\"noNewPrivileges\": true",
                "\"selinuxLabel\": \"a\\\"b\"");
    }

    @Test
    void checksRootNamesAndMounts() throws SpecException {
        assertOnly("$.ociVersion", "1.2.0", "2.0.0");
        assertOnly("$.hostname", "\"hostname\": \"box\"",
                "\"hostname\": \"" + "x".repeat(65) + "\"");
        assertOnly("$.hostname", "{\"type\": \"mount\"}, {\"type\": \"uts\"}",
                "{\"type\": \"mount\"}");
        assertOnly("$.mounts[0].destination", "\"destination\": \"/proc\"",
                "\"destination\": \"proc\"");
        assertOnly("$.mounts[0].destination", "\"destination\": \"/proc\"",
                "\"destination\": \"/a/../../etc\"");
        assertOnly("$.mounts[0].type", "\"type\": \"proc\", ", "");
        assertOnly("$.mounts[1].source", "\"source\": \"/tmp/h\", ", "");
        assertOnly("$.hooks.poststop[0]", "\"hostname\": \"box\"",
                "\"hooks\": {\"poststop\": [{\"path\": \"x\", \"env\": [\"y\"]}]}");
    }

    @Test
    void mountsNeverTouchTheHost() throws SpecException {
        assertOnly("$.linux.namespaces", "{\"type\": \"mount\"}, ", "");
    }

    private static void assertLinux(String path, String fields) throws SpecException {
        assertOnly("$.linux." + path, "\"maskedPaths\": [\"/proc/acpi\"]", fields);
    }

    @Test
    void checksLinux() throws SpecException {
        assertLinux("maskedPaths[0]", "\"maskedPaths\": [\"proc\"]");
        assertLinux("uidMappings",
                "\"uidMappings\": [{\"containerID\":0,\"hostID\":1,\"size\":1}]");
        assertLinux("cgroupsPath", "\"cgroupsPath\": \"../x\"");
        assertLinux("cgroupsPath", "\"cgroupsPath\": \"machine.slice:libpod:1\"");
        assertLinux("rootfsPropagation", "\"rootfsPropagation\": \"mine\"");
        assertLinux("sysctl['vm.swappiness']", "\"sysctl\": {\"vm.swappiness\": \"1\"}");
        assertLinux("sysctl['kernel.shmmax']", "\"sysctl\": {\"kernel.shmmax\": \"1\"}");
        assertLinux("sysctl['net../x']", "\"sysctl\": {\"net../x\": \"1\"}");
        assertEquals(List.of(), problems("\"maskedPaths\": [\"/proc/acpi\"]",
                "\"sysctl\": {\"net.ipv4.ip_forward\": \"1\", \"net/ipv4/x\": \"1\"}"));
        assertLinux("devices[0].major", "\"devices\": [{\"path\": \"/dev/x\", \"type\": \"c\","
                + " \"minor\": 1}]");
        String asks = "\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\", \"syscalls\": [{\"names\":"
                + " [\"mkdir\"], \"action\": \"SCMP_ACT_NOTIFY\"}]";
        assertLinux("seccomp", asks + "}");
        assertLinux("seccomp.listenerPath", asks + ", \"listenerPath\": \"socket\"}");
        assertEquals(List.of(), problems("\"maskedPaths\": [\"/proc/acpi\"]",
                asks + ", \"listenerPath\": \"/run/socket\", \"listenerMetadata\": \"note\"}"));
        assertLinux("seccomp.defaultAction", "\"seccomp\": {\"defaultAction\":"
                + " \"SCMP_ACT_NOTIFY\", \"listenerPath\": \"/run/socket\"}");
        assertLinux("seccomp.syscalls[0].names", "\"seccomp\": {\"defaultAction\":"
                + " \"SCMP_ACT_KILL\", \"syscalls\": [{\"action\": \"SCMP_ACT_ALLOW\"}]}");
        assertLinux("mountLabel", "\"mountLabel\": \"a\\nb\"");
        assertLinux("personality", "\"personality\": {\"domain\": \"BSD\"}");
        assertLinux("timeOffsets.monotonic", "\"timeOffsets\": {\"monotonic\": {\"secs\": 1}}");
        assertLinux("netDevices", "\"netDevices\": {\"a/b\": {}}");
        assertOnly("$.linux.namespaces[1].type", "{\"type\": \"pid\"}",
                "{\"type\": \"pid\"}, {\"type\": \"pid\"}");
    }

    private static void assertResources(String path, String fields) throws SpecException {
        assertOnly("$.linux.resources." + path, "\"pids\": {\"limit\": 10}", fields);
    }

    @Test
    void checksResources() throws SpecException {
        assertResources("pids.limit", "\"pids\": {\"limit\": -2}");
        assertResources("cpu.period", "\"cpu\": {\"period\": 5}");
        assertResources("cpu.quota", "\"cpu\": {\"quota\": 5}");
        assertResources("cpu.cpus", "\"cpu\": {\"cpus\": \"0;rm\"}");
        assertResources("blockIO.weight", "\"blockIO\": {\"weight\": 5}");
        assertResources("hugepageLimits[0]",
                "\"hugepageLimits\": [{\"pageSize\": \"../x\", \"limit\": 1}]");
        assertResources("unified", "\"unified\": {\"../x\": \"1\"}");
        assertOnly("$.linux.resources.memory.swap", "\"swap\": -1", "\"swap\": 5");
        assertOnly("$.linux.resources.memory.reservation", "\"swap\": -1",
                "\"reservation\": 2000000");
        assertOnly("$.linux.resources.devices[0].access", "\"access\": \"rwm\"",
                "\"access\": \"x\"");
    }

    @Test
    void aUserNamespaceMustMapItsUser() throws SpecException {
        String sample = SpecRoundTripTest.SAMPLE
                .replace("{\"type\": \"pid\"}", "{\"type\": \"pid\"}, {\"type\": \"user\"}");
        List<String> none = SpecValidator.validate(SpecParser.parse(sample)).stream()
                .map(Problem::path).distinct().toList();
        assertTrue(none.contains("$.linux.namespaces"), none.toString());
        String mappings = "\"uidMappings\": [{\"containerID\": 0, \"hostID\": 1000, \"size\": %d},"
                + "{\"containerID\": %d, \"hostID\": 9000, \"size\": 5}], \"gidMappings\":"
                + " [{\"containerID\": 0, \"hostID\": 1000, \"size\": 10}], \"maskedPaths\"";
        assertEquals(List.of(), SpecValidator.validate(SpecParser.parse(
                sample.replace("\"maskedPaths\"", mappings.formatted(10, 10)))));
        assertEquals(List.of("$.linux.uidMappings: maps id 9 inside twice"),
                SpecValidator.validate(SpecParser.parse(
                        sample.replace("\"maskedPaths\"", mappings.formatted(10, 9))))
                        .stream().map(Problem::toString).toList());
    }

    @Test
    void anySpecIsJudgedWithoutFailing() {
        for (long seed = 0; seed < 500; seed++) {
            ContainerSpec spec = new RandomRecords(new Random(seed)).of(ContainerSpec.class);
            assertFalse(SpecValidator.validate(spec).isEmpty(), "seed " + seed);
            SpecValidator.validateProcess(spec.process());
        }
    }
}
