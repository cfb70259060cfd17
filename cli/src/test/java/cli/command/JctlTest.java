package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.ContainerState;
import api.node.ContainerSummary;
import api.node.CreateContainerRequest;
import api.node.CreatedContainer;
import api.node.Exit;
import api.node.ImageReply;
import api.node.ImageSummary;
import api.node.InspectContainerRequest;
import api.node.InspectContainerResponse;
import api.node.InspectImageRequest;
import api.node.InspectImageResponse;
import api.node.InspectNetworkRequest;
import api.node.InspectNetworkResponse;
import api.node.InspectVolumeRequest;
import api.node.InspectVolumeResponse;
import api.node.ListContainersRequest;
import api.node.ListContainersResponse;
import api.node.LoadImageRequest;
import api.node.LogEntry;
import api.node.LogsRequest;
import api.node.NodeGrpc;
import api.node.OutputStream;
import api.node.Progress;
import api.node.SessionReply;
import api.node.SessionRequest;
import api.node.Started;
import api.node.StopContainerRequest;
import api.node.StopContainerResponse;
import cli.transport.NettyNode;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole command lines against a daemon of the tests' own. */
@Timeout(60)
class JctlTest {
    private static final String ID = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;
    private final Service service = new Service();
    private final TestConsole console = new TestConsole();
    private NettyNode node;

    @BeforeEach
    void start() throws IOException {
        node = new NettyNode(folder.resolve("jctl.sock"), service);
        console.with("JCTL_HOST", "unix://" + node.socket()).with("HOME", folder.toString());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    /** A daemon whose containers echo their input: "image" says what happens. */
    private final class Service extends NodeGrpc.NodeImplBase {
        final ConcurrentLinkedQueue<Object> requests = new ConcurrentLinkedQueue<>();

        @Override
        public StreamObserver<SessionRequest> run(StreamObserver<SessionReply> reply) {
            return new StreamObserver<>() {
                private final SessionReply.Builder exit = SessionReply.newBuilder();

                @Override
                public void onNext(SessionRequest request) {
                    requests.add(request);
                    if (request.hasRun()) {
                        begin(request.getRun().getContainer());
                    } else if (request.hasStdin()) {
                        send(SessionReply.newBuilder().setStdout(request.getStdin()));
                    } else if (request.hasCloseStdin()) {
                        send(exit.setExit(Exit.newBuilder().setCode(3)));
                        reply.onCompleted();
                    }
                }

                private void begin(CreateContainerRequest container) {
                    if (container.getImage().equals("missing")) {
                        reply.onError(failure("no such image", "IMAGE_NOT_FOUND", ""));
                        return;
                    }
                    send(SessionReply.newBuilder().setProgress(Progress.newBuilder().setId("a1")
                            .setPhase(Progress.Phase.DOWNLOADING)));
                    send(SessionReply.newBuilder().setCreated(CreatedContainer.newBuilder()
                            .setId(ID).addWarnings("no swap")));
                    if (container.getImage().equals("notfound")) {
                        reply.onError(failure("nope: not found", "COMMAND_NOT_FOUND", "127"));
                        return;
                    }
                    send(SessionReply.newBuilder().setStarted(Started.newBuilder().setPid(7)));
                    if (container.getImage().equals("dying")) {
                        node.close();
                    } else if (container.getImage().equals("quiet")) {
                        reply.onCompleted();
                    } else if (!container.getInteractive()) {
                        send(SessionReply.newBuilder().setStdout(ByteString.copyFromUtf8("out\n")));
                        send(SessionReply.newBuilder().setStderr(ByteString.copyFromUtf8("err\n")));
                        send(exit.setExit(Exit.newBuilder().setCode(137).setOomKilled(true)));
                        reply.onCompleted();
                    }
                }

                private void send(SessionReply.Builder message) {
                    reply.onNext(message.build());
                }

                @Override
                public void onError(Throwable t) {
                    requests.add(t);
                }

                @Override
                public void onCompleted() {
                    reply.onCompleted();
                }
            };
        }

        @Override
        public void listContainers(
                ListContainersRequest request, StreamObserver<ListContainersResponse> reply) {
            requests.add(request);
            reply.onNext(ListContainersResponse.newBuilder()
                    .addContainers(ContainerSummary.newBuilder().setId(ID).setName("web")
                            .setImage("debian").addCommand("sleep").addCommand("1d")
                            .setCreatedUnixNanos(1).setState(ContainerState.EXITED)
                            .setExitCode(137).setOomKilled(true).setFinishedUnixNanos(1)
                            .putLabels("a", "b")).build());
            reply.onCompleted();
        }

        @Override
        public void inspectContainer(
                InspectContainerRequest request, StreamObserver<InspectContainerResponse> reply) {
            if (request.getContainer().equals("web")) {
                reply.onNext(InspectContainerResponse.newBuilder()
                        .setJson("{\"State\":{\"Pid\":7}}").build());
                reply.onCompleted();
            } else {
                reply.onError(failure("no such container", "CONTAINER_NOT_FOUND", ""));
            }
        }

        @Override
        public void inspectNetwork(InspectNetworkRequest request,
                StreamObserver<InspectNetworkResponse> reply) {
            reply.onError(failure("no such network", "NETWORK_NOT_FOUND", ""));
        }

        @Override
        public void inspectVolume(InspectVolumeRequest request,
                StreamObserver<InspectVolumeResponse> reply) {
            reply.onError(failure("no such volume", "VOLUME_NOT_FOUND", ""));
        }

        @Override
        public void inspectImage(
                InspectImageRequest request, StreamObserver<InspectImageResponse> reply) {
            if (request.getImage().equals("debian")) {
                reply.onNext(InspectImageResponse.newBuilder()
                        .setJson("{\"Id\":\"sha256:1\"}").build());
                reply.onCompleted();
            } else {
                reply.onError(failure("no such image", "IMAGE_NOT_FOUND", ""));
            }
        }

        @Override
        public void stopContainer(
                StopContainerRequest request, StreamObserver<StopContainerResponse> reply) {
            requests.add(request);
            if (request.getContainer().equals("gone")) {
                reply.onError(failure("no such container: gone", "CONTAINER_NOT_FOUND", ""));
            } else {
                reply.onNext(StopContainerResponse.getDefaultInstance());
                reply.onCompleted();
            }
        }

        @Override
        public void logs(LogsRequest request, StreamObserver<LogEntry> reply) {
            requests.add(request);
            reply.onNext(log(OutputStream.STDOUT, "a\nb"));
            reply.onNext(log(OutputStream.STDERR, "e\n"));
            reply.onNext(log(OutputStream.STDOUT, "c\n"));
            reply.onCompleted();
        }

        @Override
        public StreamObserver<LoadImageRequest> loadImage(StreamObserver<ImageReply> reply) {
            return new StreamObserver<>() {
                private long bytes;

                @Override
                public void onNext(LoadImageRequest request) {
                    requests.add(request.getKindCase());
                    if (request.getOptions().hasPath()) {
                        reply.onError(failure("not mine", "PATH_NOT_SHARED", ""));
                    }
                    bytes += request.getData().size();
                }

                @Override
                public void onError(Throwable t) {
                    requests.add(t);
                }

                @Override
                public void onCompleted() {
                    if (bytes > 0) {
                        reply.onNext(ImageReply.newBuilder().setImage(
                                ImageSummary.newBuilder().addTags("i:" + bytes)).build());
                        reply.onCompleted();
                    }
                }
            };
        }

        private static LogEntry log(OutputStream stream, String text) {
            return LogEntry.newBuilder().setStream(stream).setUnixNanos(1_790_000_000_000_000_000L)
                    .setData(ByteString.copyFromUtf8(text)).build();
        }

        private static StatusRuntimeException failure(String text, String reason, String exit) {
            Metadata trailers = new Metadata();
            trailers.put(Metadata.Key.of("jctl-reason", Metadata.ASCII_STRING_MARSHALLER), reason);
            if (!exit.isEmpty()) {
                trailers.put(Metadata.Key.of("jctl-exit-code", Metadata.ASCII_STRING_MARSHALLER),
                        exit);
            }
            return Status.NOT_FOUND.withDescription(text).asRuntimeException(trailers);
        }
    }

    @Test
    void runPassesOutputAndExitCodeThrough() {
        assertEquals(137, console.run("run", "--rm", "debian", "true"));
        assertEquals("out\n", console.out());
        assertEquals("{\"phase\":\"downloading\",\"id\":\"a1\"}\nWARNING: no swap\nerr\n"
                + "jctl: the container ran out of memory: the kernel killed a process in it "
                + "(see --memory)\n", console.err());
    }

    @Test
    void inputIsForwardedToItsEnd() {
        String text = "0123456789\n".repeat(50_000);
        assertEquals(3, console.withInput(text).run("run", "-i", "-q", "debian", "cat"));
        assertEquals(text, console.out());
    }

    @Test
    void runInTheBackgroundPrintsTheId() throws IOException {
        Path file = folder.resolve("cid");
        assertEquals(0, console.run("run", "-dq", "--cidfile", file.toString(), "quiet"));
        assertEquals(ID + "\n", console.out());
        assertEquals(ID, Files.readString(file));
        assertEquals(125, console.run("run", "-d", "--cidfile", file.toString(), "quiet"));
    }

    @Test
    void aSessionCutShortIsAnError() {
        assertEquals(125, console.run("run", "-q", "quiet"));
        assertTrue(console.err().contains("before the process did"), console.err());
    }

    @Test
    void failuresOfRun() {
        assertEquals(125, console.run("run", "missing"));
        assertTrue(console.err().contains("jctl: no such image"), console.err());
        assertEquals(127, console.run("run", "notfound"));
        assertEquals(125, console.run("run", "--nosuch", "x"));
        assertTrue(console.err().endsWith(
                "jctl: unknown flag: --nosuch\nSee 'jctl run --help'.\n"), console.err());
        assertEquals(125, console.run("run", "-it", "debian"));
        assertEquals(125, console.run("run", "-d", "-a", "stdout", "x"));
    }

    @Test
    void aDaemonKilledInMidRun() {
        assertEquals(125, console.run("run", "dying"));
        assertTrue(console.err().contains("daemon"), console.err());
    }

    @Test
    void noDaemon() {
        console.with("JCTL_HOST", "unix://" + folder.resolve("none.sock"));
        assertEquals(1, console.run("ps"));
        assertTrue(console.err().contains("no daemon answers at unix://"), console.err());
        assertEquals(125, console.run("run", "x"));
        console.with("JCTL_HOST", "tcp://1.2.3.4");
        assertEquals(1, console.run("ps"));
        assertTrue(console.err().contains("expected unix:///"), console.err());
    }

    @Test
    void listsContainers() {
        assertEquals(0, console.run("ps", "-a", "--filter", "name=web", "-n", "5"));
        String[] lines = console.out().split("\n");
        assertTrue(lines[0].startsWith("CONTAINER ID   IMAGE    COMMAND      CREATED"), lines[0]);
        assertTrue(lines[1].startsWith("0123456789ab   debian   \"sleep 1d\"   "), lines[1]);
        assertTrue(lines[1].contains("Exited (137) "), lines[1]);
        assertTrue(lines[1].contains("(out of memory)"), lines[1]);
        assertEquals(List.of(ListContainersRequest.newBuilder().setAll(true).setLimit(5)
                .addFilters(api.node.Filter.newBuilder().setKey("name").setValue("web")).build()),
                List.copyOf(service.requests));
    }

    @Test
    void formsOfAList() {
        console.run("ps", "-q");
        console.run("container", "ls", "-q", "--no-trunc");
        console.run("ps", "--format", "{{.Names}} {{.State}} {{.Labels}}");
        console.run("ps", "--format", "table {{.ID}}\\t{{.Names}}");
        assertEquals("0123456789ab\n" + ID + "\nweb exited a=b\n"
                + "CONTAINER ID   NAMES\n0123456789ab   web\n", console.out());
        TestConsole json = new TestConsole().with("JCTL_HOST", "unix://" + node.socket());
        assertEquals(0, json.run("ps", "-o", "json"));
        assertTrue(cli.render.Json.parse(json.out()) instanceof List<?> list
                && list.getFirst() instanceof Map<?, ?> row && row.get("Names").equals("web"));
        assertEquals(1, console.run("ps", "--format", "{{.Nonsense}}"));
        assertEquals(1, console.run("ps", "-o", "xml"));
    }

    @Test
    void severalNamesAndOneOfThemWrong() {
        assertEquals(1, console.run("stop", "-t", "3", "a", "gone", "b"));
        assertEquals("a\nb\n", console.out());
        assertEquals("jctl: no such container: gone\n", console.err());
        assertTrue(service.requests.contains(StopContainerRequest.newBuilder()
                .setContainer("a").setTimeoutSeconds(3).build()));
    }

    @Test
    void inspects() {
        assertEquals(0, console.run("inspect", "--format", "{{.State.Pid}}", "web"));
        assertEquals(0, console.run("inspect", "-f", "{{json .}}", "debian"));
        assertEquals("7\n{\"Id\":\"sha256:1\"}\n", console.out());
        assertEquals(1, console.run("inspect", "nothing"));
        assertTrue(console.err().contains("no container, image, network or volume is named nothing"));
        assertEquals(1, console.run("image", "inspect", "web"));
    }

    @Test
    void logsKeepStreamsApartAndStampLines() {
        assertEquals(0, console.run("logs", "-t", "--tail", "5", "web"));
        String stamp = "2026-09-21T14:13:20.000000000Z ";
        assertEquals(stamp + "a\n" + stamp + "bc\n", console.out());
        assertEquals(stamp + "e\n", console.err());
        assertTrue(service.requests.contains(
                LogsRequest.newBuilder().setContainer("web").setTailLines(5).build()));
        assertEquals(1, console.run("logs", "--since", "sometime", "web"));
    }

    @Test
    void aFileTheDaemonCannotOpenIsSent() throws IOException {
        Path file = folder.resolve("archive.tar");
        Files.write(file, new byte[3_000_000]);
        assertEquals(0, console.run("load", "-q", "-i", file.toString()));
        assertEquals("Loaded image: i:3000000\n", console.out());
        assertEquals(1, console.run("load", "-i", folder.resolve("none").toString()));
        assertTrue(console.err().contains("none: no such file or directory"), console.err());
    }

    @Test
    void anInputThatBreaksIsNoShorterArchive() {
        InputStream broken = new InputStream() {
            private int count;

            @Override
            public int read() throws IOException {
                if (++count > 1000) {
                    throw new IOException("the disk is on fire");
                }
                return 0;
            }
        };
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
        Console own = new Console(broken, err, err, Map.of("JCTL_HOST", "unix://" + node.socket()));
        assertEquals(1, Jctl.run(new String[] {"load", "-q"}, own));
        assertTrue(err.toString(java.nio.charset.StandardCharsets.UTF_8)
                .contains("the disk is on fire"));
    }

    @Test
    void aReaderThatGoesAwayEndsItQuietly() {
        java.io.ByteArrayOutputStream err = new java.io.ByteArrayOutputStream();
        java.io.OutputStream closed = new java.io.OutputStream() {
            @Override
            public void write(int octet) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        Console own = new Console(InputStream.nullInputStream(), closed, err,
                Map.of("JCTL_HOST", "unix://" + node.socket()));
        assertEquals(141, Jctl.run(new String[] {"logs", "web"}, own));
        assertEquals("", err.toString(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void helpForEverything() {
        for (String name : Commands.NAMES) {
            TestConsole one = new TestConsole();
            assertEquals(0, one.run(name, "--help"), name);
            assertTrue(one.out().startsWith("Usage:  jctl " + name), one.out());
        }
        for (String group : Commands.GROUPS) {
            for (String name : Commands.namesOf(group)) {
                TestConsole one = new TestConsole();
                assertEquals(0, one.run(group, name, "--help"), name);
                assertTrue(one.out().startsWith("Usage:  jctl "), one.out());
            }
        }
        assertEquals(0, console.run());
        assertEquals(0, console.run("help", "run"));
        assertEquals(0, console.run("--help"));
        assertEquals(1, console.run("conquer"));
        assertEquals(1, console.run("image", "conquer"));
        assertEquals(1, console.run("--conquer"));
        assertFalse(console.out().contains("picocli"));
    }

    @Test
    void completionIsAScript() {
        assertEquals(0, console.run("completion", "bash"));
        assertTrue(console.out().startsWith("#!"), "a script");
        assertEquals(1, console.run("completion", "tcsh"));
        assertEquals(0, console.run("completion", "fish"));
        assertTrue(console.out().contains("complete -c jctl -n '__fish_seen_subcommand_from container;"
                + " and __fish_seen_subcommand_from run' -s d -l detach"), console.out());
    }

    @Test
    void everyCommandHasAManualPage() throws IOException {
        assertEquals(0, console.run("man", "run"));
        assertTrue(console.out().contains(".TH JCTL\\-RUN 1"), console.out());
        assertTrue(console.out().contains("\\fB\\-d\\fR, \\fB\\-\\-detach\\fR"), console.out());
        assertEquals(1, console.run("man", "conquer"));
        assertEquals(0, console.run("man", "--folder", folder.resolve("man1").toString()));
        for (Syntax syntax : ManCommand.all()) {
            String page = Files.readString(folder.resolve("man1/jctl-"
                    + syntax.name().replace(' ', '-') + ".1"));
            assertTrue(page.contains(".SH SYNOPSIS"), page);
        }
        assertTrue(Files.readString(folder.resolve("man1/jctl.1")).contains(".BR jctl\\-run (1)"));
    }

    @Test
    void contextsNameDaemons() throws IOException {
        console.with("JCTL_CONFIG", folder.resolve("config").toString()).with("JCTL_HOST", "");
        assertEquals(1, console.run("context", "create", "edge"));
        assertEquals(1, console.run("context", "create", "edge", "--host", "tcp://edge:2376"));
        assertEquals(0, console.run("context", "create", "edge", "--host", "unix:///run/edge.sock",
                "--description", "the box at the gate"));
        assertEquals(1, console.run("context", "create", "edge", "--host", "unix:///other.sock"));
        assertEquals(1, console.run("context", "create", "../x", "--host", "unix:///other.sock"));
        assertEquals(1, console.run("context", "use", "nowhere"));
        assertEquals(0, console.run("context", "use", "edge"));
        assertEquals(0, console.run("context", "ls"));
        assertTrue(console.out().contains("edge *"), console.out());
        assertEquals(1, console.run("ps"));
        assertTrue(console.err().contains("/run/edge.sock"), console.err());
        assertEquals(1, console.run("-c", "nowhere", "ps"));
        assertTrue(console.err().contains("no context is named \"nowhere\""), console.err());
        assertEquals(1, console.run("context", "rm", "edge"));
        assertEquals(0, console.run("context", "rm", "-f", "edge"));
        assertEquals(1, console.run("context", "rm", "default"));
        assertFalse(Files.readString(folder.resolve("config/config.json")).contains("edge"));
    }

    @Test
    void aDamagedConfigIsSaid() throws IOException {
        console.with("JCTL_CONFIG", folder.toString()).with("JCTL_HOST", "");
        Files.writeString(folder.resolve("config.json"), "{\"currentContext\": \"edge\"");
        assertEquals(1, console.run("ps"));
        assertTrue(console.err().contains("config.json is damaged"), console.err());
    }

    @Test
    void credentialsAreStoredAndForgotten() throws IOException {
        console.with("JCTL_CONFIG", folder.resolve("config").toString());
        assertEquals(0, console.withInput("secret\n")
                .run("login", "-u", "me", "--password-stdin", "localhost:5000"));
        String file = Files.readString(folder.resolve("config/config.json"));
        assertTrue(file.contains("bWU6c2VjcmV0"), file);
        assertEquals(0, console.run("logout", "localhost:5000"));
        assertEquals("{\n    \"auths\": {}\n}\n",
                Files.readString(folder.resolve("config/config.json")));
        assertEquals(1, console.run("login", "-u", "me"));
    }
}
