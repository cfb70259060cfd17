package clusterd.control;

import api.cluster.AuditRecord;
import api.cluster.AuditVerdict;
import api.cluster.ClusterGrpc;
import api.cluster.ReadAuditRequest;
import api.cluster.ReadAuditResponse;
import clusterd.audit.AuditChain;
import clusterd.audit.AuditEntry;
import clusterd.audit.AuditFilter;
import clusterd.audit.AuditLine;
import clusterd.auditlog.AuditLog;
import clusterd.security.ClusterChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/** Answers who wants to read the audit log. */
final class AuditCalls {
    private static final int MOST_BREAKS = 100;
    private static final int FOLLOWED_LINES = 10_000;
    private static final long LOOK_MILLIS = 500;
    private static final long ASKING_SECONDS = 120;

    private final Keeping keeping;
    private long lastNumber;

    AuditCalls(Keeping keeping) {
        this.keeping = keeping;
    }

    void read(ReadAuditRequest request, Paced<ReadAuditResponse> answers) {
        answers.start(() -> {
            if (request.getAll() && (request.getFollow() || request.getVerify())) {
                throw new IllegalArgumentException("all managers' logs are neither followed nor verified in one: ask"
                        + " each manager");
            }
            if (request.getVerify()) {
                answers.say(ReadAuditResponse.newBuilder().setVerdict(verdict(keeping.audit())).build());
            } else if (request.getAll()) {
                merge(request, answers);
            } else {
                own(request, answers);
            }
        });
    }

    private static AuditVerdict verdict(AuditLog log) throws IOException {
        AuditChain chain = new AuditChain();
        List<String> breaks = log.verify(chain);
        return AuditVerdict.newBuilder().setLines(chain.lines()).setFirst(chain.first()).setNumber(chain.number())
                .setDigest(chain.digest()).addAllBreaks(breaks.stream().limit(MOST_BREAKS).toList()).build();
    }

    private void own(ReadAuditRequest request, Paced<ReadAuditResponse> answers)
            throws IOException, InterruptedException {
        AuditFilter filter = new AuditFilter(request.getSinceMillis(), request.getUntilMillis(), request.getUser(),
                request.getObject());
        BlockingQueue<String> further = new ArrayBlockingQueue<>(FOLLOWED_LINES);
        if (request.getFollow()) {
            keeping.audit().attach(further);
        }
        try {
            keeping.audit().read(line -> say(line, filter, answers));
            while (request.getFollow() && !answers.isCancelled() && !isOver(request)) {
                String line = further.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (line != null) {
                    say(line, filter, answers);
                } else if (!keeping.audit().isAttached(further)) {
                    throw Answer.of(Status.RESOURCE_EXHAUSTED, "BUSY", "calls came faster than they were read: read"
                            + " the log again with --since");
                }
            }
        } finally {
            keeping.audit().detach(further);
        }
    }

    private static boolean isOver(ReadAuditRequest request) {
        return request.getUntilMillis() != 0 && System.currentTimeMillis() >= request.getUntilMillis();
    }

    /** What is read from the file and comes through the queue as well is said once. */
    private void say(String text, AuditFilter filter, Paced<ReadAuditResponse> answers) {
        Optional<AuditLine> line = AuditLine.parse(text);
        if (line.isEmpty()) {
            answers.say(ReadAuditResponse.newBuilder().setNotice("after line " + lastNumber + " something is no line of"
                    + " an audit log: look with --verify").build());
        } else if (line.get().number() > lastNumber) {
            lastNumber = line.get().number();
            if (filter.accepts(line.get().entry())) {
                answers.say(ReadAuditResponse.newBuilder().setRecord(record(line.get(), text)).build());
            }
        }
    }

    private static AuditRecord record(AuditLine line, String text) {
        AuditEntry entry = line.entry();
        return AuditRecord.newBuilder().setNumber(line.number()).setAtMillis(entry.atMillis()).setHost(line.host())
                .setWho(entry.who().name()).setRole(entry.who().role()).setFrom(entry.who().from())
                .setCall(entry.call()).setObject(entry.subject().name()).setId(entry.subject().id())
                .setResult(entry.result()).setMessage(entry.message()).setIndex(entry.index().orElse(0))
                .setLine(text).build();
    }

    /** Each manager's lines in its order, and of those that are next always the earliest. */
    private void merge(ReadAuditRequest request, Paced<ReadAuditResponse> answers) {
        PriorityQueue<Source> sources = new PriorityQueue<>(Comparator.comparingLong(Source::atMillis));
        Map<String, ClusterChannel> channels = keeping.managers();
        try {
            ReadAuditRequest one = request.toBuilder().setAll(false).build();
            channels.forEach((address, channel) -> advance(new Source(address, ClusterGrpc
                    .newBlockingStub(channel.channel()).withDeadlineAfter(ASKING_SECONDS, TimeUnit.SECONDS)
                    .readAudit(one)), sources, answers));
            while (!sources.isEmpty()) {
                Source source = sources.poll();
                answers.say(source.next);
                advance(source, sources, answers);
            }
        } finally {
            channels.values().forEach(ClusterChannel::close);
        }
    }

    private static final class Source {
        private final String address;
        private final Iterator<ReadAuditResponse> entries;
        private ReadAuditResponse next;

        Source(String address, Iterator<ReadAuditResponse> entries) {
            this.address = address;
            this.entries = entries;
        }

        /** A notice stands where it is: before whatever comes after it. */
        long atMillis() {
            return next.getRecord().getAtMillis();
        }
    }

    private static void advance(Source source, PriorityQueue<Source> sources, Paced<ReadAuditResponse> answers) {
        try {
            if (source.entries.hasNext()) {
                source.next = source.entries.next();
                sources.add(source);
            }
        } catch (StatusRuntimeException e) {
            answers.say(ReadAuditResponse.newBuilder().setNotice("the manager at " + source.address
                    + " does not answer, its calls are missing: " + e.getStatus().getDescription()).build());
        }
    }
}
