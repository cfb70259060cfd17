package runtime.metrics;

import java.util.Map;
import runtime.observe.EventLog;
import runtime.trace.Tracer;

/**
 * What is counted of the daemon itself.
 *
 * @param version            of jctl
 * @param containersByState  how many, by docker's word for the state
 * @param images             how many are stored
 * @param eventsByAction     how often something has happened
 * @param cpuSeconds         processor time so far
 * @param residentBytes      memory
 * @param startedUnixSeconds when it began
 * @param openDescriptors    how many files it has open
 * @param spansByFate        what became of spans; empty if nothing is traced
 */
record DaemonMeasures(String version, Map<String, Integer> containersByState, int images,
        Map<EventLog.Kind, Long> eventsByAction, double cpuSeconds, long residentBytes,
        double startedUnixSeconds, int openDescriptors, Map<Tracer.Fate, Long> spansByFate) {}
