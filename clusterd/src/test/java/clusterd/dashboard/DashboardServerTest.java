package clusterd.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.ServiceLogEntry;
import api.node.LogEntry;
import api.node.OutputStream;
import clusterd.control.TaskOutput;
import clusterd.manager.ClusterAccess;
import clusterd.manager.Proposals;
import clusterd.manager.StateMachine;
import clusterd.model.ServiceId;
import clusterd.raft.Member;
import clusterd.raft.MemoryLog;
import clusterd.raft.Settings;
import clusterd.state.Command;
import clusterd.state.Sample;
import com.google.protobuf.ByteString;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DashboardServerTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final StateMachine machine = new StateMachine();
    private final AtomicReference<Situation> situation = new AtomicReference<>(new Situation.Alone());
    private MemoryLog log;
    private ClusterAccess access;
    private DashboardServer server;

    @BeforeEach
    void open() throws IOException {
        log = new MemoryLog(Member.voter("a", "localhost", 1), machine, new MemoryLog.Disk(),
                Settings.Limits.usual());
        access = new ClusterAccess(log, machine, new Proposals(log));
        server = DashboardServer.open(new InetSocketAddress("127.0.0.1", 0), situation::get, new SecureRandom(),
                line -> { });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        client.close();
        log.close();
    }

    private String base() {
        return "http://127.0.0.1:" + server.address().getPort();
    }

    private HttpRequest.Builder request(String path) {
        String token = server.link().substring(server.link().indexOf('=') + 1);
        return HttpRequest.newBuilder(URI.create(base() + path))
                .header("Cookie", "jctl_dashboard_" + server.address().getPort() + "=" + token);
    }

    private HttpResponse<String> get(HttpRequest request) throws Exception {
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** A stream's next event, as its fields' lines. */
    private static String next(BufferedReader stream) throws IOException {
        StringBuilder event = new StringBuilder();
        while (true) {
            String line = stream.readLine();
            if (line == null) {
                return "";
            }
            if (line.isEmpty() && event.indexOf("event: ") >= 0) {
                return event.toString();
            }
            event.append(line).append('\n');
        }
    }

    private BufferedReader stream(HttpRequest request) throws Exception {
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        assertEquals(200, response.statusCode());
        assertEquals("text/event-stream; charset=utf-8", response.headers().firstValue("Content-Type").orElse(""));
        return new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    private static String id(String event) {
        return event.lines().filter(each -> each.startsWith("id: ")).findFirst().orElseThrow().substring(4);
    }

    private void manage() {
        situation.set(new Situation.Managing(access, new TaskOutput((request, observer) -> {
            for (String piece : List.of("one\ntw", "o\n")) {
                observer.onNext(ServiceLogEntry.newBuilder().setTaskName(request.getName() + ".1.id")
                        .setNodeName("a").setEntry(LogEntry.newBuilder().setUnixNanos(5_000_000)
                                .setStream(OutputStream.STDERR).setData(ByteString.copyFromUtf8(piece))).build());
            }
            observer.onCompleted();
        }), "cluster-id"));
    }

    @Test
    void theLinkGivesTheCookieAndTheTokenLeavesTheAddress() throws Exception {
        HttpResponse<String> answer = get(HttpRequest.newBuilder(URI.create(server.link())).build());
        assertEquals(200, answer.statusCode());
        assertTrue(answer.headers().firstValue("Set-Cookie").orElse("").endsWith("; HttpOnly; SameSite=Strict"));
        assertTrue(answer.body().contains("url=/"), answer.body());
        assertEquals(200, get(request("/").build()).statusCode());
        assertEquals(401, get(HttpRequest.newBuilder(URI.create(base() + "/events")).build()).statusCode());
        assertEquals(405, get(request("/events").POST(HttpRequest.BodyPublishers.noBody()).build()).statusCode());
        assertEquals(404, get(request("/no-such").build()).statusCode());
        assertEquals(404, get(request("/logs?name=web").build()).statusCode());
    }

    @Test
    void aSnapshotComesFirstAndThenWhatIsNew() throws Exception {
        manage();
        access.change(List.of(new Command.AddNode(Sample.node("a", 4, 8))));
        try (BufferedReader events = stream(request("/events").build())) {
            String first = next(events);
            assertTrue(first.contains("event: snapshot\n") && first.contains("\"node/a\""), first);
            access.change(List.of(new Command.CreateService(new ServiceId("s"),
                    Sample.service("web", 2, Sample.template(1, 1)), 5)));
            String delta = next(events);
            assertTrue(delta.contains("event: delta\n") && delta.contains("\"service/s\"")
                    && !delta.contains("\"node/a\""), delta);
            try (BufferedReader again = stream(request("/events").header("Last-Event-ID", id(delta)).build())) {
                access.change(List.of(new Command.CreateService(new ServiceId("t"),
                        Sample.service("api", 2, Sample.template(1, 1)), 5)));
                // All anew, if the change came before the server had taken the stream up.
                String resumed = next(again);
                assertTrue(resumed.contains("\"service/t\"") && (resumed.contains("event: snapshot\n")
                        || resumed.contains("event: delta\n") && !resumed.contains("\"service/s\"")), resumed);
            }
            try (BufferedReader late = stream(request("/events").header("Last-Event-ID", id(first)).build())) {
                assertTrue(next(late).contains("event: snapshot\n"));
            }
        }
    }

    @Test
    void aNodeThatBecomesAManagerShowsTheCluster() throws Exception {
        try (BufferedReader events = stream(request("/events").build())) {
            assertTrue(next(events).contains("\"alone\""));
            manage();
            String delta = next(events);
            assertTrue(delta.contains("\"situation\":\"manager\"") && delta.contains("cluster-id"), delta);
        }
    }

    @Test
    void linesOfTasksAreEvents() throws Exception {
        manage();
        try (BufferedReader lines = stream(request("/logs?name=web&tail=5").build())) {
            assertTrue(next(lines).contains("\"text\":\"one\""));
            String second = next(lines);
            assertTrue(second.contains("\"text\":\"two\"") && second.contains("id: 5000000"), second);
            assertTrue(next(lines).contains("event: over"));
            assertEquals("", next(lines));
        }
    }

    @Test
    void noMoreThanSomeLookAtOnce() throws Exception {
        List<BufferedReader> open = new java.util.ArrayList<>();
        try {
            int status = 200;
            for (int i = 0; i < 40 && status == 200; i++) {
                HttpResponse<InputStream> response = client.send(request("/events").build(),
                        HttpResponse.BodyHandlers.ofInputStream());
                status = response.statusCode();
                open.add(new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8)));
            }
            assertEquals(503, status);
        } finally {
            for (BufferedReader each : open) {
                each.close();
            }
        }
    }

    @Test
    void aTakenAddressIsSaid() {
        IOException taken = assertThrows(IOException.class, () -> DashboardServer.open(server.address(),
                situation::get, new SecureRandom(), line -> { }));
        assertTrue(taken.getMessage().contains(Integer.toString(server.address().getPort())), taken.getMessage());
    }
}
