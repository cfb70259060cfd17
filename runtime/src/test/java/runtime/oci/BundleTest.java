package runtime.oci;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.cgroup.CgroupPlace;
import runtime.cgroup.DeviceRules;
import runtime.spec.ContainerSpec;
import runtime.spec.Process;
import runtime.spec.SpecValidator;
import runtime.spec.SpecWriter;

/** What is read from a bundle and kept of a container, without a kernel. */
class BundleTest {
    @TempDir Path folder;

    @Test
    void theExampleIsValid() {
        assertEquals(List.of(), SpecValidator.validate(ExampleSpec.spec()));
    }

    @Test
    void pathsBecomeAbsoluteAndTheCgroupAndTheDevicesAreSaid() throws Exception {
        Files.createDirectories(folder.resolve("rootfs"));
        Files.writeString(folder.resolve("config.json"), SpecWriter.write(ExampleSpec.spec()));
        ContainerSpec spec = Bundle.read(folder, "c1");
        assertEquals(folder.resolve("rootfs").toString(), spec.root().path());
        assertEquals("/jrun/c1", spec.linux().cgroupsPath().orElseThrow());
        assertEquals(DeviceRules.standard(), spec.linux().resources().devices());
    }

    @Test
    void whoNamesNoCapabilityHasNone() {
        ContainerSpec example = ExampleSpec.spec();
        ContainerSpec none = example.withProcess(Process.of(
                List.of("sh"), List.of(), "/", Process.User.root()));
        assertEquals(Optional.of(Process.Capabilities.none()),
                Bundle.complete(none, folder, "c1").process().capabilities());
    }

    @Test
    void everyProblemIsSaidAtOnce() throws Exception {
        Files.createDirectories(folder.resolve("rootfs"));
        String config = SpecWriter.write(ExampleSpec.spec())
                .replaceFirst("\"cwd\" *: *\"/\"", "\"cwd\": \"here\"")
                .replaceFirst("\"ociVersion\" *: *\"[^\"]*\"", "\"ociVersion\": \"9\"");
        Files.writeString(folder.resolve("config.json"), config);
        OciException refused = assertThrows(OciException.class, () -> Bundle.read(folder, "c1"));
        assertTrue(refused.getMessage().contains("$.ociVersion")
                && refused.getMessage().contains("$.process.cwd"), refused.getMessage());
    }

    @Test
    void aBundleWithoutAConfigIsSaidToBe() {
        OciException refused = assertThrows(OciException.class, () -> Bundle.read(folder, "c1"));
        assertTrue(refused.getMessage().contains("does not exist"), refused.getMessage());
    }

    @Test
    void aConfigThatIsNotUtf8IsSaidWithTheByteAndItsOffset() throws Exception {
        Files.write(folder.resolve("config.json"), new byte[] {'{', '"', (byte) 0xE9, '"', '}'});
        OciException refused = assertThrows(OciException.class, () -> Bundle.read(folder, "c1"));
        assertEquals(folder.resolve("config.json") + ": the byte 0xe9 at offset 2 is not UTF-8, which"
                + " the file must be (RFC 8259 section 8.1); save it as UTF-8", refused.getMessage());
    }

    @Test
    void aCharacterCutOffAtTheEndIsNotUtf8() {
        OciException refused = assertThrows(OciException.class,
                () -> JsonFile.text("input", new byte[] {'{', '}', (byte) 0xC3}));
        assertTrue(refused.getMessage().startsWith("input: the byte 0xc3 at offset 2 "),
                refused.getMessage());
    }

    @Test
    void noIdLeadsOutOfTheRoot() {
        for (String id : List.of("", ".", "..", "a/b", "../c", "a b", "a\nb")) {
            assertThrows(OciException.class, () -> StateFolder.of(folder, id), id);
        }
    }

    @Test
    void anIdIsTakenOnce() throws Exception {
        StateFolder.of(folder, "c1").make();
        OciException taken =
                assertThrows(OciException.class, () -> StateFolder.of(folder, "c1").make());
        assertTrue(taken.getMessage().contains("already exists"), taken.getMessage());
    }

    @Test
    void aRecordIsReadAsItWasWritten() throws Exception {
        ContainerRecord record = new ContainerRecord("1.2.0", "c1", 7, 99, "/b", "/b/rootfs",
                "2026-01-02T03:04:05Z", 0, Map.of("k", "v"), new CgroupPlace(
                        Map.of("memory", "/sys/fs/cgroup/memory/c1"), Optional.of("/sys/fs/u/c1"),
                        Set.of("pids")));
        StateFolder state = StateFolder.of(folder, "c1");
        state.make();
        state.write(record);
        assertEquals(record, state.record());
    }

    @Test
    void theStateIsTheSpecifications() {
        ContainerRecord record = new ContainerRecord("1.2.0", "c1", 7, 99, "/b", "/b/rootfs",
                "2026-01-02T03:04:05Z", 0, Map.of("k", "v"),
                new CgroupPlace(Map.of(), Optional.empty(), Set.of()));
        assertEquals("{\"ociVersion\":\"1.2.0\",\"id\":\"c1\",\"status\":\"created\",\"pid\":7,"
                + "\"bundle\":\"/b\",\"annotations\":{\"k\":\"v\"}}",
                record.state(ContainerStatus.CREATED).toString());
        assertEquals(0, record.state(ContainerStatus.STOPPED).path("pid").asInt());
    }
}
