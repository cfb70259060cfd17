package runtime.node;

import api.node.EventsReply;
import api.node.EventsRequest;
import api.node.Reason;
import api.node.StatsContainersReply;
import api.node.StatsContainersRequest;
import api.node.TopContainerRequest;
import api.node.TopContainerResponse;
import api.node.Words;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import linux.proc.ProcessClock;
import linux.proc.ProcessFacts;
import linux.proc.ProcessView;
import runtime.container.ContainerException;
import runtime.container.ContainerRecord;
import runtime.container.Containers;
import runtime.event.Event;
import runtime.event.EventFilter;
import runtime.observe.EventLog;
import runtime.observe.ProcessList;
import runtime.observe.Sampler;

/** The calls that show what containers do. */
final class ObservationCalls {
    /** How often a stream with an end looks at the clock, which may jump. */
    private static final long CLOCK_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final Containers containers;
    private final Sampler sampler;
    private final ProcessList processes;
    private final EventLog events;
    private final EventLog clusterEvents;
    private final StatsTranslation translation;

    ObservationCalls(Containers containers, Sampler sampler, ProcessList processes,
            EventLog events, StatsTranslation translation) {
        this(containers, sampler, processes, events, new EventLog(InstantSource.system(), events), translation);
    }

    /** @param clusterEvents beside {@code events}: those of a cluster this node manages */
    ObservationCalls(Containers containers, Sampler sampler, ProcessList processes,
            EventLog events, EventLog clusterEvents, StatsTranslation translation) {
        this.clusterEvents = clusterEvents;
        this.containers = containers;
        this.sampler = sampler;
        this.processes = processes;
        this.events = events;
        this.translation = translation;
    }

    /** Sends readings until the client leaves, or one that has all numbers. */
    void stats(StatsContainersRequest request, ReplyStream<StatsContainersReply> replies)
            throws Exception {
        Set<String> ids = new LinkedHashSet<>();
        for (String name : request.getContainersList()) {
            ids.add(containers.get(name).id());
        }
        replies.onGone(Thread.currentThread()::interrupt);
        try (Sampler.Watch watch = sampler.watch(ids)) {
            Sampler.Tick before = watch.next(0);
            if (!request.getNoStream()
                    && !replies.send(translation.reply(shown(ids, request), before, before))) {
                return;
            }
            boolean goesOn = true;
            while (goesOn) {
                Sampler.Tick tick = watch.next(before.number());
                goesOn = replies.send(translation.reply(shown(ids, request), before, tick))
                        && !request.getNoStream();
                before = tick;
            }
        }
    }

    private List<ContainerRecord> shown(Set<String> ids, StatsContainersRequest request) {
        List<ContainerRecord> shown = new ArrayList<>();
        if (ids.isEmpty()) {
            for (ContainerRecord record : containers.list()) {
                if (request.getAll() || record.state().isAlive()) {
                    shown.add(record);
                }
            }
            return shown;
        }
        for (String id : ids) {
            try {
                shown.add(containers.get(id));
            } catch (ContainerException removed) {
                // It is not shown any more: its row goes.
                continue;
            }
        }
        return shown;
    }

    TopContainerResponse top(TopContainerRequest request) throws ContainerException, IOException {
        ProcessView view;
        try {
            view = ProcessView.parse(request.getPsOptionsList());
        } catch (IllegalArgumentException unknown) {
            throw Failures.of(Reason.INVALID_OPTION, unknown.getMessage(), OptionalInt.empty());
        }
        ContainerRecord record = containers.get(request.getContainer());
        if (!record.state().isAlive()) {
            throw new ContainerException(ContainerException.Reason.NOT_RUNNING,
                    "container " + record.name() + " is not running");
        }
        TopContainerResponse.Builder response =
                TopContainerResponse.newBuilder().addAllHeadings(view.headings());
        ProcessClock machine = ProcessList.machine();
        for (ProcessFacts process : processes.of(record)) {
            response.addProcesses(Words.newBuilder().addAllWords(view.row(process, machine)));
        }
        return response.build();
    }

    /** Sends events until the client leaves, or the time comes that it has set. */
    void events(EventsRequest request, ReplyStream<EventsReply> replies) throws Exception {
        EventFilter filter = EventTranslation.filter(request.getFiltersList());
        Optional<Instant> since = EventTranslation.time(request.getSinceUnixNanos());
        Optional<Instant> until = EventTranslation.time(request.getUntilUnixNanos());
        replies.onGone(Thread.currentThread()::interrupt);
        EventsReply.Builder begin = EventsReply.newBuilder();
        EventPlace here = new EventPlace(events, since.isPresent());
        EventPlace cluster = new EventPlace(clusterEvents, since.isPresent());
        Instant known = filter.wantsCluster() && cluster.knownSince().isAfter(here.knownSince())
                && clusterEvents.upcoming() > 1 ? cluster.knownSince() : here.knownSince();
        if (since.isPresent() && since.get().isBefore(known)) {
            begin.setNotice("events before " + known + " are not known to this daemon");
        }
        boolean goesOn = replies.send(begin.build());
        while (goesOn) {
            Optional<Event> event;
            try {
                event = filter.wantsCluster() ? here.next(cluster, CLOCK_LOOK_NANOS) : here.next(CLOCK_LOOK_NANOS);
            } catch (EventLog.EventsLostException slow) {
                throw Failures.of(Reason.EVENTS_LOST, "the event stream was cut off: "
                        + slow.getMessage(), OptionalInt.empty());
            }
            if (event.isPresent()) {
                boolean wanted = filter.accepts(event.get())
                        && (since.isEmpty() || !event.get().at().isBefore(since.get()))
                        && (until.isEmpty() || event.get().at().isBefore(until.get()));
                goesOn = wanted ? replies.send(EventTranslation.reply(event.get()))
                        : !replies.isGone();
            } else {
                goesOn = !replies.isGone()
                        && (until.isEmpty() || Instant.now().isBefore(until.get()));
            }
        }
    }
}
