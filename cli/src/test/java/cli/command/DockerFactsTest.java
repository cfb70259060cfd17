package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.ContainerState;
import api.node.ContainerSummary;
import api.node.DiskUsageRequest;
import api.node.DiskUsageResponse;
import api.node.ImageSummary;
import api.node.ImageUse;
import api.node.InfoRequest;
import api.node.InfoResponse;
import api.node.NodeGrpc;
import api.node.VersionRequest;
import api.node.VersionResponse;
import api.node.Volume;
import api.node.VolumeUse;
import cli.render.Json;
import cli.transport.NettyNode;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Templates of docker's scripts for version, info and system df, against a daemon of the tests' own. */
@Timeout(60)
class DockerFactsTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;
    private NettyNode node;

    @BeforeEach
    void start() throws IOException {
        node = new NettyNode(folder.resolve("jctl.sock"), new Service());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private static final class Service extends NodeGrpc.NodeImplBase {
        private static final VersionResponse VERSION = VersionResponse.newBuilder()
                .setVersion("0.2").setApiVersion(1).setKernelRelease("6.1.2")
                .setArchitecture("arm64").setJavaVersion("25").setPid(7).build();

        private static <T> void answer(StreamObserver<T> reply, T answer) {
            reply.onNext(answer);
            reply.onCompleted();
        }

        @Override
        public void version(VersionRequest request, StreamObserver<VersionResponse> reply) {
            answer(reply, VERSION);
        }

        @Override
        public void info(InfoRequest request, StreamObserver<InfoResponse> reply) {
            answer(reply, InfoResponse.newBuilder().setVersion(VERSION).setId("u-u").setHostname("box")
                    .setDataFolder("/var/lib/jctl").setCgroupMode("v1").setOperatingSystem("Debian 12")
                    .setOperatingSystemVersion("12").setTimeUnixNanos(1_790_000_000_000_000_001L)
                    .addCgroupControllers("cpu").addCgroupControllers("memory")
                    .addLoggingDrivers("json-file").addLoggingDrivers("none")
                    .addDeviceFolders("/etc/cdi").setSwapLimit(true).setIpv4Forwarding(true)
                    .addSecurityFeatures("seccomp").build());
        }

        @Override
        public void diskUsage(DiskUsageRequest request, StreamObserver<DiskUsageResponse> reply) {
            answer(reply, DiskUsageResponse.newBuilder()
                    .addImages(ImageUse.newBuilder().setUniqueBytes(1000).setSharedBytes(24)
                            .setImage(ImageSummary.newBuilder().setId("sha256:" + ID)
                                    .addTags("host:5000/a:1").addDigests("host:5000/a@sha256:dd")
                                    .putLabels("tier", "front").setContainers(1)))
                    .addContainers(ContainerSummary.newBuilder().setId(ID).setName("web")
                            .setState(ContainerState.EXITED).setExitCode(3).setSizeBytes(212)
                            .setImage("a").addMounts("/data").addNetworks("back")
                            .putLabels("tier", "front"))
                    .addVolumes(VolumeUse.newBuilder().setName("data").setContainers(1)
                            .setSizeBytes(5).setVolume(Volume.newBuilder().setName("data")
                                    .setMountpoint("/v/data").putLabels("kind", "db")
                                    .addContainers("web")))
                    .build());
        }
    }

    private TestConsole console() {
        return new TestConsole().with("JCTL_HOST", "unix://" + node.socket())
                .with("HOME", folder.toString());
    }

    private String shown(String... words) {
        TestConsole console = console();
        assertEquals(0, console.run(words), console::err);
        return console.out().strip();
    }

    private String refused(String... words) {
        TestConsole console = console();
        assertEquals(1, console.run(words), console::out);
        return console.err();
    }

    @Test
    void versionsOfBothSides() {
        assertEquals(Jctl.VERSION + " 1 1 linux default jctl", shown("version", "--format",
                "{{with .Client}}{{.Version}} {{.APIVersion}} {{.DefaultAPIVersion}} {{.Os}}"
                        + " {{.Context}} {{.Platform.Name}}{{end}}"));
        assertEquals("0.2 1 1 linux arm64 6.1.2 false", shown("version", "--format",
                "{{with .Server}}{{.Version}} {{.APIVersion}} {{.MinAPIVersion}} {{.Os}} {{.Arch}}"
                        + " {{.KernelVersion}} {{.Experimental}}{{end}}"));
        assertEquals("Engine 0.2 arm64", shown("version", "-f", "{{range .Server.Components}}{{.Name}}"
                + " {{.Version}} {{.Details.Arch}}{{end}}"));
        assertTrue(Json.parse(shown("version", "-f", "json")) instanceof Map<?, ?> all
                && all.get("Server") instanceof Map<?, ?> server
                && server.get("ApiVersion").equals("1"));
    }

    @Test
    void whatThereIsNoAnswerForIsSaid() {
        for (String field : List.of("GoVersion", "GitCommit", "BuildTime")) {
            String message = refused("version", "--format", "{{.Server." + field + "}}");
            assertTrue(message.contains("no field " + field + "; there are [Version"), message);
            refused("version", "--format", "{{.Client." + field + "}}");
        }
        assertTrue(refused("info", "-f", "{{.NGoroutines}}").contains("no field NGoroutines"));
        assertTrue(refused("system", "df", "--format", "{{.Nonsense}}")
                .contains("no field Nonsense"));
    }

    @Test
    void aContextThatIsChosenIsNamed() {
        TestConsole made = new TestConsole().with("HOME", folder.toString());
        assertEquals(0, made.run("context", "create", "there", "--host", "unix://" + node.socket()));
        TestConsole console = new TestConsole().with("HOME", folder.toString());
        assertEquals(0, console.run("--context", "there", "version", "-f", "{{.Client.Context}}"));
        assertEquals("there", console.out().strip());
        console = new TestConsole().with("HOME", folder.toString()).with("JCTL_CONTEXT", "there");
        assertEquals(0, console.run("info", "-f", "{{.ClientInfo.Context}} {{.ServerVersion}}"));
        assertEquals("there 0.2", console.out().strip());
    }

    @Test
    void factsOfTheHost() {
        assertEquals("u-u box 12 linux 2026-09-21T14:13:20.000000001Z", shown("info", "-f",
                "{{.ID}} {{.Name}} {{.OSVersion}} {{.OSType}} {{.SystemTime}}"));
        assertEquals("true true false true true true false false", shown("info", "-f",
                "{{.MemoryLimit}} {{.SwapLimit}} {{.OomKillDisable}} {{.CPUShares}}"
                        + " {{.CPUCfsPeriod}} {{.CPUCfsQuota}} {{.CPUSet}} {{.PidsLimit}}"));
        assertEquals("jctl jctl; missing; /etc/cdi json-file,none true", shown("info", "-f",
                "{{.DefaultRuntime}} {{range $name, $runtime := .Runtimes}}{{$name}};{{end}}"
                        + " {{if .Runtimes.nvidia}}has{{else}}missing{{end}};"
                        + " {{range .CDISpecDirs}}{{.}}{{end}} {{join .Plugins.Log \",\"}}"
                        + " {{.IPv4Forwarding}}"));
        assertEquals("inactive false name=seccomp " + Jctl.VERSION, shown("info", "-f",
                "{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}} {{join .SecurityOptions \",\"}}"
                        + " {{.ClientInfo.Version}}"));
        String plain = shown("info");
        assertTrue(!plain.contains("Swarm") && plain.contains("DataFolder"), plain);
    }

    @Test
    void diskUseInDetail() {
        assertEquals("host:5000/a 1 sha256:dd 0123456789ab 1.02kB 24B 1kB 1", shown("system", "df",
                "-v", "--format", "{{range .Images}}{{.Repository}} {{.Tag}} {{.Digest}} {{.ID}}"
                        + " {{.Size}} {{.SharedSize}} {{.UniqueSize}} {{.Containers}}{{end}}"));
        assertEquals("web exited 212B 1 back tier=front /data", shown("system", "df", "-v",
                "--format", "{{range .Containers}}{{.Names}} {{.State}} {{.Size}} {{.LocalVolumes}}"
                        + " {{.Networks}} {{.Labels}} {{.Mounts}}{{end}}"));
        assertEquals("data local local /v/data kind=db 1 5B", shown("system", "df", "-v", "--format",
                "{{range .Volumes}}{{.Name}} {{.Driver}} {{.Scope}} {{.Mountpoint}} {{.Labels}}"
                        + " {{.Links}} {{.Size}}{{end}}"));
        String json = shown("system", "df", "-v", "--format", "{{json .}}");
        assertTrue(!json.contains("\"Label\":"), json);
        assertTrue(shown("system", "df", "-v").contains("0123456789ab   a"));
    }
}
