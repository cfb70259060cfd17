package runtime.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import runtime.spec.ContainerSpec;
import runtime.spec.Device;
import runtime.spec.JsonText;
import runtime.spec.Mount;
import runtime.spec.Problem;
import runtime.spec.Resources.DeviceRule;
import runtime.spec.SpecException;
import runtime.spec.SpecParser;

/** CDI specs: what they say, which one counts, and what they do to a container's spec. */
class CdiTest {
    private static final String SPEC = """
            {"cdiVersion": "0.8.0", "kind": "vendor.com/net", "devices": [
              {"name": "a", "containerEdits": {
                "env": ["DEV=a", "PATH=/opt"],
                "deviceNodes": [{"path": "/dev/a0", "hostPath": "/dev/host0", "permissions": "rw"}],
                "additionalGids": [44, 0]}},
              {"name": "b", "containerEdits": {"deviceNodes": [
                {"path": "/dev/b0", "type": "c", "major": 10, "minor": 3, "fileMode": 384,
                 "uid": 5, "gid": 6}]}}],
             "containerEdits": {"mounts": [{"hostPath": "/lib/v", "containerPath": "/usr",
                "options": ["ro"]}]}}
            """;
    private static final CdiInjection.Host HOST = path -> {
        if (path.equals("/dev/host0")) {
            return new CdiInjection.HostNode("b", 7, 9, 0640);
        }
        throw new DeviceException("no " + path);
    };

    private static CdiSpec spec(String file, String json) throws SpecException {
        return CdiParser.parse(file, JsonText.parseObject(json));
    }

    private static CdiRegistry registry(CdiSpec... specs) {
        return new CdiRegistry(List.of(
                new CdiRegistry.Folder("/etc/cdi", List.of(specs), List.of())));
    }

    private static List<CdiName> names(String... texts) {
        return List.of(texts).stream().map(text -> CdiName.parse(text).orElseThrow()).toList();
    }

    private static ContainerSpec container() throws SpecException {
        return SpecParser.parse("""
                {"ociVersion": "1.2.0", "root": {"path": "rootfs"},
                 "process": {"args": ["sh"], "cwd": "/", "env": ["PATH=/bin", "TERM=x"],
                   "user": {"uid": 0, "gid": 0, "additionalGids": [4]}},
                 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"},
                   {"destination": "/usr/share", "type": "tmpfs", "source": "tmpfs"}],
                 "linux": {}}
                """);
    }

    @Test
    void namesAreVendorClassAndDevice() {
        assertEquals(Optional.of(new CdiName("nvidia.com", "gpu", "all")),
                CdiName.parse("nvidia.com/gpu=all"));
        assertEquals(Optional.empty(), CdiName.parse("/dev/null"));
        assertEquals(Optional.empty(), CdiName.parse("nvidia.com/gpu="));
        assertEquals(Optional.empty(), CdiName.parse("nvidia.com/gpu=-1"));
        assertEquals(Optional.empty(), CdiName.parse("gpu=0"));
    }

    @Test
    void everyProblemIsReportedAtOnce() {
        SpecException wrong = assertThrows(SpecException.class, () -> spec("f", """
                {"cdiVersion": "9.0.0", "kind": "x", "devices": [{"name": "-",
                  "containerEdits": {"deviceNodes": [{"path": "a", "type": "z"}],
                    "hooks": [{"hookName": "later", "path": "/x", "timeout": 0}], "nods": []}}]}
                """));

        List<String> paths = wrong.problems().stream().map(Problem::path).sorted().toList();
        assertEquals(List.of("$.cdiVersion", "$.devices[0].containerEdits.deviceNodes[0].path",
                "$.devices[0].containerEdits.deviceNodes[0].type",
                "$.devices[0].containerEdits.hooks[0].hookName",
                "$.devices[0].containerEdits.hooks[0].timeout",
                "$.devices[0].containerEdits.nods", "$.devices[0].name", "$.kind"), paths);
    }

    @Test
    void aDeviceMustChangeSomething() {
        SpecException wrong = assertThrows(SpecException.class, () -> spec("f",
                "{\"cdiVersion\": \"1.0.0\", \"kind\": \"v.com/c\","
                        + " \"devices\": [{\"name\": \"a\"}, {\"name\": \"a\"}]}"));

        assertTrue(wrong.getMessage().contains("two devices of the name a"), wrong.getMessage());
        assertTrue(wrong.getMessage().contains("must change something"), wrong.getMessage());
    }

    @Test
    void editsOfTheFileComeOnceAndBeforeThoseOfItsDevices() throws Exception {
        List<ContainerEdits> edits = registry(spec("f", SPEC))
                .edits(names("vendor.com/net=a", "vendor.com/net=b", "vendor.com/net=a"));

        assertEquals(3, edits.size());
        assertEquals(1, edits.get(0).mounts().size());
        assertEquals("/dev/a0", edits.get(1).deviceNodes().getFirst().path());
        assertEquals("/dev/b0", edits.get(2).deviceNodes().getFirst().path());
    }

    @Test
    void twoFilesOfAFolderConflictAndALaterFolderWins() throws Exception {
        CdiSpec one = spec("/etc/cdi/one.json", SPEC);
        CdiSpec two = spec("/etc/cdi/two.json", SPEC);
        CdiSpec three = spec("/run/cdi/three.json", SPEC);
        DeviceException conflict = assertThrows(DeviceException.class,
                () -> registry(one, two).edits(names("vendor.com/net=a")));
        CdiRegistry later = new CdiRegistry(List.of(
                new CdiRegistry.Folder("/etc/cdi", List.of(one, two), List.of()),
                new CdiRegistry.Folder("/run/cdi", List.of(three), List.of())));

        assertEquals("device vendor.com/net=a is described by both /etc/cdi/one.json and"
                + " /etc/cdi/two.json: remove it from one of them", conflict.getMessage());
        assertEquals(List.of(), later.problems());
        assertEquals(List.of("/run/cdi/three.json", "/run/cdi/three.json"),
                later.devices().stream().map(each -> each.spec().file()).toList());
        assertEquals(2, later.edits(names("vendor.com/net=a")).size());
    }

    @Test
    void anUnknownDeviceIsToldWithTheFoldersAndFilesThatCannotBeRead() {
        CdiRegistry registry = new CdiRegistry(List.of(new CdiRegistry.Folder("/etc/cdi",
                List.of(), List.of("/etc/cdi/x.json is no CDI spec: $.kind: is missing"))));

        DeviceException unknown = assertThrows(DeviceException.class,
                () -> registry.edits(names("v.com/c=a", "v.com/c=b")));

        assertEquals("no CDI spec in /etc/cdi describes the device v.com/c=a, v.com/c=b;"
                + " `jctl device ls` shows those there are. Some files cannot be read:"
                + " /etc/cdi/x.json is no CDI spec: $.kind: is missing", unknown.getMessage());
    }

    @Test
    void editsChangeTheSpec() throws Exception {
        ContainerSpec changed = CdiInjection.apply(container(), registry(spec("f", SPEC))
                .edits(names("vendor.com/net=a", "vendor.com/net=b")), HOST);

        assertEquals(List.of("TERM=x", "DEV=a", "PATH=/opt"), changed.process().env());
        assertEquals(List.of(4L, 44L), changed.process().user().additionalGids());
        assertEquals(List.of("/proc", "/usr", "/usr/share"),
                changed.mounts().stream().map(Mount::destination).toList());
        assertEquals(List.of("ro", "rbind"), changed.mounts().get(1).options());
        assertEquals(List.of(
                new Device("/dev/a0", Device.Type.BLOCK, OptionalLong.of(7), OptionalLong.of(9),
                        OptionalInt.of(0640), OptionalLong.of(0), OptionalLong.of(0)),
                new Device("/dev/b0", Device.Type.CHARACTER, OptionalLong.of(10),
                        OptionalLong.of(3), OptionalInt.of(0600), OptionalLong.of(5),
                        OptionalLong.of(6))), changed.linux().devices());
        assertEquals(List.of(DeviceRule.allow("b", 7, 9, "rw"),
                DeviceRule.allow("c", 10, 3, "rwm")), changed.linux().resources().devices());
    }

    @Test
    void whatTheDaemonCannotDoIsRefused() throws Exception {
        for (String edit : List.of(
                "\"intelRdt\": {\"closID\": \"x\"}")) {
            CdiSpec spec = spec("f", "{\"cdiVersion\": \"1.1.0\", \"kind\": \"v.com/c\", \"devices\":"
                    + " [{\"name\": \"a\", \"containerEdits\": {" + edit + "}}]}");
            ContainerSpec before = container();

            DeviceException refused = assertThrows(DeviceException.class, () -> CdiInjection.apply(
                    before, registry(spec).edits(names("v.com/c=a")), HOST));

            assertTrue(refused.getMessage().startsWith("the device's CDI spec wants"),
                    refused.getMessage());
        }
    }

    @Test
    void hooksAndNetworkDevicesAreTheSpecs() throws Exception {
        CdiSpec spec = spec("f", "{\"cdiVersion\": \"1.1.0\", \"kind\": \"v.com/c\", \"devices\":"
                + " [{\"name\": \"a\", \"containerEdits\": {\"hooks\": [{\"hookName\":"
                + " \"createContainer\", \"path\": \"/bin/hook\", \"args\": [\"hook\", \"x\"]},"
                + " {\"hookName\": \"poststop\", \"path\": \"/bin/last\", \"timeout\": 9}],"
                + " \"netDevices\": [{\"hostInterfaceName\": \"eth7\", \"name\": \"e\"}]}}]}");
        ContainerSpec changed = CdiInjection.apply(
                container(), registry(spec).edits(names("v.com/c=a")), HOST);

        assertEquals(List.of(new runtime.spec.Hooks.Hook("/bin/hook", List.of("hook", "x"), List.of(),
                OptionalInt.empty())), changed.hooks().createContainer());
        assertEquals(List.of(new runtime.spec.Hooks.Hook("/bin/last", List.of(), List.of(),
                OptionalInt.of(9))), changed.hooks().poststop());
        assertEquals(Map.of("eth7", new runtime.spec.Linux.NetDevice(Optional.of("e"))),
                changed.linux().netDevices());
    }

    private static CdiRegistry gpus(String... devices) throws SpecException {
        return registry(spec("f", "{\"cdiVersion\": \"0.5.0\", \"kind\": \"nvidia.com/gpu\","
                + " \"devices\": [" + List.of(devices).stream().map(name -> "{\"name\": \"" + name
                        + "\", \"containerEdits\": {\"env\": [\"G=1\"]}}")
                        .collect(Collectors.joining(",")) + "]}"), spec("g", SPEC));
    }

    private static String chosen(String request, CdiRegistry registry) throws DeviceException {
        return GpuRequest.parse(request).names(registry).stream().map(CdiName::device)
                .collect(Collectors.joining(","));
    }

    @Test
    void gpusAreCdiDevicesOfTheClassGpu() throws Exception {
        CdiRegistry registry = gpus("10", "2", "all", "GPU-1");

        assertEquals("all", chosen("all", registry));
        assertEquals("2", chosen("1", registry));
        assertEquals("2,10", chosen("count=2", registry));
        assertEquals("GPU-1,2", chosen("\"device=GPU-1,2\"", registry));
        assertEquals("net", CdiName.parse("vendor.com/net=a").orElseThrow().deviceClass());
        assertEquals("x,y", chosen("all", gpus("x", "y")));
    }

    @Test
    void gpusThatCannotBeHadAreToldWhy() throws Exception {
        CdiRegistry none = registry(spec("g", SPEC));
        CdiRegistry some = gpus("0");

        String nowhere = assertThrows(DeviceException.class,
                () -> GpuRequest.parse("all").names(none)).getMessage();
        assertTrue(nowhere.contains("no CDI spec in /etc/cdi describes a GPU"), nowhere);
        assertEquals("--gpus 2: there are only 1", assertThrows(DeviceException.class,
                () -> GpuRequest.parse("2").names(some)).getMessage());
        for (String wrong : List.of("", "0", "driver=nvidia", "device=", "device=a b")) {
            assertThrows(DeviceException.class, () -> GpuRequest.parse(wrong));
        }
    }
}
