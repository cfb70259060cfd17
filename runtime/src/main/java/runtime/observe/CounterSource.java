package runtime.observe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import runtime.cgroup.CgroupPlace;
import runtime.container.ContainerRecord;
import runtime.container.HostCgroups;

/** Where a container's counters are on this host. */
public final class CounterSource {
    private final HostCgroups cgroups;

    public CounterSource(HostCgroups cgroups) {
        this.cgroups = cgroups;
    }

    /** The cgroups of a container. */
    CgroupPlace place(ContainerRecord record) {
        return cgroups.place(cgroups.path(record.id(), record.options().cgroupParent()));
    }

    /** Opens the counters of one that runs. */
    OpenCounters open(ContainerRecord running) throws IOException {
        return OpenCounters.open(place(running), running.run().orElseThrow().pid(),
                !running.options().network().mode().equals("host"));
    }

    /** Reads everything that is counted of those that run. */
    public List<ContainerMeasures> measure(List<ContainerRecord> records) throws IOException {
        ReadBuffer buffer = new ReadBuffer();
        List<ContainerMeasures> measures = new ArrayList<>();
        for (ContainerRecord record : records) {
            if (record.state().isAlive()) {
                measures.add(ContainerMeasures.read(record, place(record), buffer));
            }
        }
        return measures;
    }
}
