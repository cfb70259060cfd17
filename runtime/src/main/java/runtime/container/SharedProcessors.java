package runtime.container;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import runtime.spec.ContainerSpec;
import runtime.spec.Linux;
import runtime.spec.Resources;
import runtime.spec.Resources.BlockIo;
import runtime.spec.Resources.Cpu;
import runtime.spec.Resources.Memory;
import runtime.topology.CpuList;

/** Keeps containers off the processors that others have for themselves alone; those that name their processors are left where they want to be. */
final class SharedProcessors {
    private final Surroundings around;
    private final ContainerIndex index;

    SharedProcessors(Surroundings around, ContainerIndex index) {
        this.around = around;
        this.index = index;
    }

    private static boolean isShared(ContainerRecord record) {
        return record.options().exclusiveCpus() == 0 && record.options().limits().cpusetCpus().isEmpty();
    }

    /** The spec of a start, on the processors that are everybody's. */
    ContainerSpec confined(ContainerRecord record, ContainerSpec spec) {
        Optional<CpuList> shared = around.plugins().sharedCpus();
        return shared.isPresent() && isShared(record) ? on(spec, shared.get(), Optional.empty()) : spec;
    }

    /** The spec on processors, and near memory if that is said. */
    static ContainerSpec on(ContainerSpec spec, CpuList cpus, Optional<String> mems) {
        Linux linux = spec.linux();
        Resources limits = linux.resources();
        Cpu cpu = limits.cpu();
        return spec.withLinux(linux.withResources(new Resources(limits.devices(), limits.memory(), new Cpu(cpu.shares(), cpu.quotaMicros(), cpu.burstMicros(),
                cpu.periodMicros(), cpu.realtimeRuntimeMicros(), cpu.realtimePeriodMicros(), Optional.of(cpus.toString()),
                mems.isPresent() ? mems : cpu.mems(), cpu.idle()), limits.pids(), limits.blockIo(), limits.hugepageLimits(), limits.unified())));
    }

    /**
     * Moves those that run to the processors that are everybody's now.
     *
     * @throws IOException if one that goes on running stays where it was
     */
    void spread() throws IOException {
        Optional<CpuList> shared = around.plugins().sharedCpus();
        if (shared.isEmpty()) {
            return;
        }
        Resources wanted = new Resources(List.of(), Memory.none(), new Cpu(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(),
                OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.of(shared.get().toString()), Optional.empty(),
                OptionalLong.empty()), OptionalLong.empty(), BlockIo.none(), List.of(), Map.of());
        for (Container each : index.all()) {
            ContainerRecord record = each.record();
            if (each.launched() == null || !isShared(record)) {
                continue;
            }
            try {
                around.cgroups().update(around.cgroups().path(record.id(), record.options().cgroupParent()), wanted, wanted);
            } catch (IOException | ContainerException refused) {
                if (each.launched() != null) {
                    throw new IOException("container " + record.name() + " cannot be moved to the processors " + shared.get() + ": "
                            + refused.getMessage() + "; one that began before the agent had --reserved-cpus is to be started again", refused);
                }
            }
        }
    }
}
