package runtime.cgroup;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the writes of one container's limits, and what cannot be honoured. */
final class LimitWrites {
    private final CgroupLayout layout;
    private final CgroupPlace place;
    private final List<CgroupStep> steps = new ArrayList<>();
    private final List<String> refusals = new ArrayList<>();

    LimitWrites(CgroupLayout layout, CgroupPlace place) {
        this.layout = layout;
        this.place = place;
    }

    List<CgroupStep> steps() {
        return steps;
    }

    List<String> refusals() {
        return refusals;
    }

    CgroupLayout layout() {
        return layout;
    }

    void legacy(String controller, String file, String value, String reason) {
        write(place.legacyFile(controller, file), file, value, false, reason);
    }

    void unified(String controller, String file, String value, String reason) {
        write(place.unifiedFile(controller, file), file, value, false, reason);
    }

    void optional(Optional<String> path, String file, String value, String reason) {
        if (path.isPresent() && layout.mayHave(file)) {
            write(path, file, value, true, reason);
        }
    }

    void refuse(String what, String why) {
        refusals.add(what + " cannot be honoured: " + why);
    }

    private void write(
            Optional<String> path, String file, String value, boolean optional, String reason) {
        if (path.isEmpty()) {
            throw new IllegalStateException(file + " is written, but its controller is not joined");
        }
        if (!layout.mayHave(file)) {
            refuse(reason, "this kernel has no " + file + hint(file));
            return;
        }
        steps.add(new CgroupStep.WriteFile(path.get(), value, optional, reason));
    }

    private static String hint(String file) {
        if (file.startsWith("memory.memsw") || file.startsWith("memory.swap")) {
            return " (swap accounting is off: boot with swapaccount=1, or build with CONFIG_SWAP)";
        }
        if (file.startsWith("hugetlb.")) {
            return " (ls /sys/kernel/mm/hugepages shows the page sizes it has)";
        }
        if (file.contains("weight")) {
            return " (weights need the BFQ scheduler or the io cost controller)";
        }
        if (file.startsWith("cpu.rt_")) {
            return " (CONFIG_RT_GROUP_SCHED is off)";
        }
        return "";
    }
}
