package linux.proc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import linux.abi.Capability;

/**
 * {@code /proc/PID/status} ({@code proc_pid_status(5)}), which newer kernels make longer.
 *
 * @param values the text after the colon by the file's names
 */
public record ProcessStatus(Map<String, String> values) {
    private static final String FILE = "/proc/PID/status";
    private static final long KILOBYTE = 1024;

    public ProcessStatus {
        values = Map.copyOf(values);
    }

    /** Reads the file; lines without a colon are left out. */
    public static ProcessStatus parse(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        });
        return new ProcessStatus(values);
    }

    /** Real, effective, saved and file system user id, as the reader's user namespace has them. */
    public List<Long> userIds() {
        return numbers("Uid");
    }

    /** Real, effective, saved and file system group id. */
    public List<Long> groupIds() {
        return numbers("Gid");
    }

    /** Supplementary groups. */
    public List<Long> groups() {
        return numbers("Groups");
    }

    /** Its pid in each PID namespace, the reader's first, its own last. */
    public List<Long> namespacePids() {
        return numbers("NSpid");
    }

    /**
     * One of the sets {@code CapInh}, {@code CapPrm}, {@code CapEff}, {@code CapBnd},
     * {@code CapAmb}.
     *
     * @throws ProcFormatException if it is missing or not a mask
     */
    public Set<Capability> capabilities(String name) {
        String text = values.getOrDefault(name, "");
        try {
            return Capability.ofMask(Long.parseUnsignedLong(text, 16));
        } catch (NumberFormatException e) {
            throw new ProcFormatException(FILE, name + ": " + text);
        }
    }

    /** Whether {@code PR_SET_NO_NEW_PRIVS} is on. */
    public boolean noNewPrivileges() {
        return values.getOrDefault("NoNewPrivs", "0").equals("1");
    }

    /** 0 no filter, 1 strict mode, 2 filter ({@code seccomp(2)}). */
    public int seccompMode() {
        return (int) KeyedText.number(values.getOrDefault("Seccomp", "0")).orElse(0);
    }

    /** Resident memory; absent for kernel threads and zombies. */
    public OptionalLong residentBytes() {
        return Optional.ofNullable(values.get("VmRSS"))
                .map(text -> KeyedText.number(text.replace(" kB", "")))
                .filter(OptionalLong::isPresent)
                .map(kilobytes -> OptionalLong.of(kilobytes.getAsLong() * KILOBYTE))
                .orElse(OptionalLong.empty());
    }

    private List<Long> numbers(String name) {
        List<Long> numbers = new ArrayList<>();
        String text = values.getOrDefault(name, "");
        for (String word : text.split("\\s+")) {
            if (!word.isEmpty()) {
                numbers.add(ProcFormatException.number(FILE, name + ": " + text, word));
            }
        }
        return numbers;
    }
}
