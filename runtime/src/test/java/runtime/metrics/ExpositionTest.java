package runtime.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import linux.proc.NetworkDevice;
import linux.proc.PressureStall;
import org.junit.jupiter.api.Test;
import runtime.cgroup.CgroupStatistics;
import runtime.container.ContainerRecord;
import runtime.container.ContainerState;
import runtime.container.ObservedSamples;
import runtime.event.Event;
import runtime.observe.ContainerMeasures;
import runtime.observe.ContainerMeasures.Resource;
import runtime.observe.EventLog;
import runtime.trace.Tracer;

class ExpositionTest {
    private static final String ID = "ab".repeat(32);
    private static final String WHO = "id=\"" + ID + "\",image=\"i\",name=\"web\"";

    private static ContainerMeasures container() {
        ContainerRecord record = new ContainerRecord(ID, "web", "sha256:1", List.of(), List.of(),
                Map.of(), 15, OptionalLong.empty(), ObservedSamples.options(), Instant.EPOCH,
                ContainerState.RUNNING, Optional.of(new ContainerRecord.Run(7,
                        Instant.ofEpochMilli(1_500), List.of(), Optional.empty())), "", 0, false, 0,
                Optional.empty());
        CgroupStatistics statistics = new CgroupStatistics(1000, 300, OptionalLong.of(4096), 2000,
                1, 1_500_000_000L, 1_000_000_000L, 500_000_000L, 10, 2, 3_000_000_000L, 4,
                OptionalLong.empty(), Map.of("8:0", new CgroupStatistics.Disk(1, 2, 3, 4)));
        return new ContainerMeasures(record, statistics, NetworkDevice.parse("a\nb\n"
                + "    lo: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"
                + "eth\"0: 10 2 3 4 0 0 0 0 20 5 6 7 0 0 0 0\n"),
                Map.of(Resource.MEMORY, PressureStall.parse(
                        "some avg10=0.00 avg60=0.00 avg300=0.00 total=2500000\n")));
    }

    private static List<String> lines(Exposition exposition) throws Exception {
        return new String(exposition.text(), StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void containersByNamesOfCadvisor() throws Exception {
        List<String> lines = lines(new Exposition().container(container()));
        for (String line : List.of(
                "container_cpu_usage_seconds_total{cpu=\"total\"," + WHO + "} 1.5",
                "container_memory_usage_bytes{" + WHO + "} 1000.0",
                "container_memory_working_set_bytes{" + WHO + "} 700.0",
                "container_spec_memory_limit_bytes{" + WHO + "} 4096.0",
                "container_oom_events_total{" + WHO + "} 1.0",
                "container_start_time_seconds{" + WHO + "} 1.5",
                "container_cpu_cfs_throttled_seconds_total{" + WHO + "} 3.0",
                "container_fs_writes_bytes_total{device=\"8:0\"," + WHO + "} 2.0",
                "container_network_receive_bytes_total{id=\"" + ID
                        + "\",image=\"i\",interface=\"eth\\\"0\",name=\"web\"} 10.0",
                "container_network_transmit_packets_dropped_total{id=\"" + ID
                        + "\",image=\"i\",interface=\"eth\\\"0\",name=\"web\"} 7.0",
                "container_pressure_memory_waiting_seconds_total{" + WHO + "} 2.5",
                "# TYPE container_cpu_usage_seconds_total counter",
                "# TYPE container_memory_usage_bytes gauge")) {
            assertTrue(lines.contains(line), line + " is not in\n" + String.join("\n", lines));
        }
        assertTrue(lines.stream().noneMatch(line -> line.contains("\"lo\"")
                || line.startsWith("container_threads_max")), lines.toString());
    }

    @Test
    void theDaemonItself() throws Exception {
        List<String> lines = lines(new Exposition().daemon(new DaemonMeasures("1.2",
                Map.of("running", 3), 2, Map.of(
                        new EventLog.Kind(Event.Type.CONTAINER, "start"), 5L), 0.25, 4096, 1.5,
                6, Map.of(Tracer.Fate.DROPPED, 9L))));
        for (String line : List.of("jctl_build_info{version=\"1.2\"} 1.0",
                "jctl_containers{state=\"running\"} 3.0", "jctl_images 2.0",
                "jctl_events_total{action=\"start\",type=\"container\"} 5.0",
                "process_cpu_seconds_total 0.25",
                "jctl_trace_spans_total{fate=\"dropped\"} 9.0", "process_resident_memory_bytes 4096.0")) {
            assertTrue(lines.contains(line), line + " is not in\n" + String.join("\n", lines));
        }
    }

    @Test
    void nothingToShow() throws Exception {
        assertEquals(List.of(), lines(new Exposition()));
    }

    @Test
    void anotherPartsValuesAndHistograms() throws Exception {
        Exposition exposition = new Exposition();
        exposition.value("a_total", "A", Map.of("node", "x\"\n\\y"), 2);
        exposition.value("b", "B", 1);
        exposition.histogram("c_seconds", "C", new MetricsSink.Histogram(
                List.of(0.5, Double.POSITIVE_INFINITY), List.of(3L, 1L), 7.5));
        List<String> lines = lines(exposition);
        for (String line : List.of("a_total{node=\"x\\\"\\n\\\\y\"} 2.0", "b 1.0",
                "# TYPE c_seconds histogram", "c_seconds_bucket{le=\"0.5\"} 3",
                "c_seconds_bucket{le=\"+Inf\"} 4", "c_seconds_sum 7.5", "c_seconds_count 4")) {
            assertTrue(lines.contains(line), line + " in " + lines);
        }
    }
}
