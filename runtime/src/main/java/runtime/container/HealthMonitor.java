package runtime.container;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import linux.abi.Signal;
import runtime.container.Health.Probe;
import runtime.launch.Launched;
import runtime.trace.Span;
import runtime.trace.Trail;

/** Probes the containers that have a health check, each on a thread of its own while it runs. */
final class HealthMonitor {
    private static final int MAX_OUTPUT_BYTES = 4096;
    private static final int FAILED = 1;
    private static final int NOT_MADE = -1;
    private static final long DEATH_SECONDS = 10;

    private final Surroundings around;
    private final Execs execs;
    private final Errands errands;

    HealthMonitor(Surroundings around, Execs execs, Errands errands) {
        this.around = around;
        this.execs = execs;
        this.errands = errands;
    }

    /** Looks after a run that has begun, until it ends. */
    void attend(Container container, Launched run) {
        container.record().health().ifPresent(check -> {
            container.health(noted(container));
            errands.begin("health-" + container.record().shortId(),
                    () -> attend(container, run, check));
        });
    }

    /** What an earlier daemon knew of this run. */
    private Health noted(Container container) {
        try {
            return RecordJson.read(Files.readAllBytes(noteOf(container)), Health.class);
        } catch (NoSuchFileException fresh) {
            return Health.STARTING;
        } catch (IOException damaged) {
            around.journal().say("container " + container.record().shortId()
                    + ": its health is looked at anew: " + damaged.getMessage());
            return Health.STARTING;
        }
    }

    private Path noteOf(Container container) {
        return around.files().folders(container.id()).health();
    }

    private void note(Container container, Health health) {
        try {
            DurableFile.writeTransient(noteOf(container), RecordJson.write(health));
        } catch (IOException failure) {
            if (container.launched() != null) {
                around.journal().say("container " + container.record().shortId() + ": that it is "
                        + health.status().word() + " cannot be written down: "
                        + failure.getMessage());
            }
        }
    }

    private void attend(Container container, Launched run, HealthCheck check)
            throws InterruptedException {
        long periodEndNanos = around.delays().nanos() + periodLeftNanos(container, check);
        while (container.launched() == run) {
            boolean young = container.health().status() == Health.Status.STARTING
                    && around.delays().nanos() - periodEndNanos < 0;
            around.delays().await(Duration.ofNanos(
                    young ? check.startIntervalNanos() : check.intervalNanos()));
            if (container.launched() != run) {
                return;
            }
            if (container.record().state() == ContainerState.PAUSED) {
                continue;
            }
            boolean starting = around.delays().nanos() - periodEndNanos < 0;
            Probe probe = traced(container, check);
            if (container.launched() == run) {
                Health before = container.health();
                Health now = before.after(probe, starting, check.retries());
                container.health(now);
                if (now.status() != before.status()
                        || now.failingStreak() != before.failingStreak()) {
                    note(container, now);
                }
                if (now.status() != before.status()) {
                    around.events().tell(container.record(),
                            "health_status: " + now.status().word());
                }
            }
        }
    }

    /** The time of day is asked once, for one that ran before this daemon did; a clock that jumped since is not believed. */
    private long periodLeftNanos(Container container, HealthCheck check) {
        Duration past = Duration.between(container.record().run().orElseThrow().startedAt(),
                around.clock().instant());
        Duration period = Duration.ofNanos(check.startPeriodNanos());
        return past.isNegative() ? check.startPeriodNanos()
                : past.compareTo(period) > 0 ? 0 : period.minus(past).toNanos();
    }

    private Probe traced(Container container, HealthCheck check) throws InterruptedException {
        Span span = around.tracer().work("container.health_check");
        SpanFacts.note(span, container.record());
        span.set("jctl.health.kind", check.kind().name().toLowerCase(Locale.ROOT));
        boolean done = false;
        try {
            Probe probe = Trail.within(span, () -> probe(container, check));
            if (probe.exitCode() == 0) {
                span.end();
            } else {
                // Not its output, which is the container's own.
                span.fail("exit code " + probe.exitCode());
            }
            done = true;
            return probe;
        } finally {
            if (!done) {
                span.fail("cut off");
            }
        }
    }

    private Probe probe(Container container, HealthCheck check) throws InterruptedException {
        Instant began = around.clock().instant();
        try {
            return switch (check.kind()) {
                case COMMAND -> command(container, check, began);
                case HTTP -> timed(check, began, () -> http(container.record(), check));
                case TCP -> timed(check, began, () -> tcp(container.record(), check));
            };
        } catch (ContainerException | IOException failure) {
            return probe(began, NOT_MADE, String.valueOf(failure.getMessage()));
        }
    }

    private Probe probe(Instant began, int exitCode, String output) {
        return new Probe(began, around.clock().instant(), exitCode, output);
    }

    private Probe command(Container container, HealthCheck check, Instant began)
            throws ContainerException, IOException, InterruptedException {
        try (Session session = execs.start(container, new ExecOptions(check.test(), false, false,
                List.of(), "", "", false), TerminalSize.UNKNOWN)) {
            try {
                int code = session.ended().get(check.timeoutNanos(), TimeUnit.NANOSECONDS).code();
                return probe(began, code == 0 ? 0 : FAILED, output(session));
            } catch (TimeoutException slow) {
                session.signal(Signal.SIGKILL.number());
                session.ended().get(DEATH_SECONDS, TimeUnit.SECONDS);
                return probe(began, NOT_MADE, "Health check exceeded timeout ("
                        + Duration.ofNanos(check.timeoutNanos()).toMillis() + " ms)");
            }
        } catch (ExecutionException | TimeoutException lost) {
            return probe(began, NOT_MADE, "the check's process cannot be ended: " + lost);
        }
    }

    private static String output(Session session) throws IOException, InterruptedException {
        StringBuilder text = new StringBuilder();
        session.follow(frame -> {
            text.append(new String(frame.payload(), StandardCharsets.UTF_8));
            return text.length() < MAX_OUTPUT_BYTES;
        });
        return text.substring(0, Math.min(text.length(), MAX_OUTPUT_BYTES));
    }

    private interface Attempt {
        String make() throws IOException;
    }

    /** A peer that answers a byte at a time is cut off when the time is over, too. */
    private Probe timed(HealthCheck check, Instant began, Attempt attempt)
            throws InterruptedException {
        FutureTask<Probe> task = new FutureTask<>(() -> {
            try {
                return probe(began, 0, attempt.make());
            } catch (IOException failure) {
                return probe(began, FAILED, String.valueOf(failure.getMessage()));
            }
        });
        Thread.ofVirtual().start(task);
        try {
            return task.get(check.timeoutNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException slow) {
            task.cancel(true);
            return probe(began, NOT_MADE, "Health check exceeded timeout ("
                    + Duration.ofNanos(check.timeoutNanos()).toMillis() + " ms)");
        } catch (ExecutionException wrong) {
            throw new IllegalStateException(wrong.getCause());
        }
    }

    private static String http(ContainerRecord record, HealthCheck check) throws IOException {
        String test = check.test().getFirst();
        int slash = test.indexOf('/');
        int port = Integer.parseInt(slash < 0 ? test : test.substring(0, slash));
        String host = address(record).getHostAddress();
        URI target = URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":"
                + port + (slash < 0 ? "/" : test.substring(slash)));
        HttpURLConnection connection = (HttpURLConnection) target.toURL().openConnection();
        try {
            int millis = millis(check);
            connection.setConnectTimeout(millis);
            connection.setReadTimeout(millis);
            connection.setInstanceFollowRedirects(false);
            connection.setRequestProperty("User-Agent", "jctl-health");
            int status = connection.getResponseCode();
            if (status < 200 || status > 399) {
                throw new IOException(target + " answered " + status);
            }
            return target + " answered " + status;
        } finally {
            connection.disconnect();
        }
    }

    private static String tcp(ContainerRecord record, HealthCheck check) throws IOException {
        InetSocketAddress target = new InetSocketAddress(address(record),
                Integer.parseInt(check.test().getFirst()));
        try (Socket socket = new Socket()) {
            socket.connect(target, millis(check));
            return "connected to " + target;
        } catch (IOException refused) {
            throw new IOException(target + ": " + refused.getMessage(), refused);
        }
    }

    private static int millis(HealthCheck check) {
        return Math.toIntExact(Math.clamp(
                TimeUnit.NANOSECONDS.toMillis(check.timeoutNanos()), 1, Integer.MAX_VALUE));
    }

    /** Where it listens, seen from the host. */
    private static InetAddress address(ContainerRecord record) throws IOException {
        List<String> addresses = record.run().map(ContainerRecord.Run::addresses).orElse(List.of());
        return addresses.isEmpty() ? InetAddress.getLoopbackAddress()
                : InetAddress.getByName(addresses.getFirst());
    }
}
