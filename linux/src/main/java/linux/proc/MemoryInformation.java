package linux.proc;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * {@code /proc/meminfo} ({@code proc_meminfo(5)}).
 *
 * @param values by the file's names: bytes where the file says kB, plain counts otherwise
 */
public record MemoryInformation(Map<String, Long> values) {
    private static final long KILOBYTE = 1024;

    public MemoryInformation {
        values = Map.copyOf(values);
    }

    /** Reads the file; lines of another form are left out. */
    public static MemoryInformation parse(String text) {
        Map<String, Long> values = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon < 0) {
                return;
            }
            String value = line.substring(colon + 1).strip();
            boolean kilobytes = value.endsWith(" kB");
            OptionalLong number = KeyedText.number(
                    kilobytes ? value.substring(0, value.length() - 3) : value);
            number.ifPresent(count ->
                    values.put(line.substring(0, colon), kilobytes ? count * KILOBYTE : count));
        });
        return new MemoryInformation(values);
    }

    /** The machine's memory; 0 if the file does not tell. */
    public long totalBytes() {
        return values.getOrDefault("MemTotal", 0L);
    }

    /** What a new program could use without swapping; 0 if the file does not tell. */
    public long availableBytes() {
        return values.getOrDefault("MemAvailable", 0L);
    }

    /** The machine's swap; 0 if it has none. */
    public long swapTotalBytes() {
        return values.getOrDefault("SwapTotal", 0L);
    }
}
